import { describe, expect, it } from "vitest";
import { settle } from "./looking.ts";
import { setUpPartialRun } from "./partial-run.ts";

/** With its day where that is not today, and UTC's where that is another one. */
const stateTold =
	/This is the state of (\d+ \w+, )?\d\d:\d\d:\d\d \((\d+ \w+, )?\d\d:\d\d:\d\d UTC\)\./;

/** What the page says when the API is slow, fails, cannot be reached, or knows nothing of what was asked. */
const { ground, have: havePartialRun } = setUpPartialRun();
const { visit } = ground;

describe("when the API", () => {
	it("takes long, the page says so, and later that it still tries", async () => {
		const { page, context } = await visit("/incidents");
		await settle(page);
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		await context.route("**/api/**", (route) => held.then(() => route.continue()));
		await page.clock.install();
		await page.goto(`${ground.origin}/`);
		await page.getByRole("status").getByText("Loading …").waitFor();
		await page.clock.fastForward(5_000);
		await page.getByText("This takes longer than usual. Still trying.").waitFor();
		letGo();
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
	});

	it.each(["/", "/matrix", "/incidents", "/audit", "run", "task"])(
		"answers 503, %s says what happens next, shows the request's id, and goes on when told to",
		async (which) => {
			const run = `/runs/${await havePartialRun()}`;
			const path =
				which === "run" ? run : which === "task" ? `${run}/tasks/${ground.streamer(7)}` : which;
			const { page } = await visit("/sign-in", { as: "operator" });
			await settle(page);
			await page.route(/\/api\/(?!session)/, (route) =>
				route.fulfill({
					status: 503,
					json: {
						error: {
							code: "ledger_unavailable",
							message: "The ledger cannot be reached.",
							requestId: "req-0123456789",
						},
					},
				}),
			);
			await page.goto(ground.origin + path);
			const told = page.getByRole("alert").first();
			await told.getByText("The ledger could not answer.").waitFor();
			await told.getByText("The page keeps trying.").waitFor();
			await told.getByText("req-0123456789").waitFor();
			await page.unroute(/\/api\/(?!session)/);
			await told.getByRole("button", { name: "Try now" }).click();
			await page.getByRole("alert").waitFor({ state: "detached" });
			await settle(page);
		},
	);

	it("cannot be reached any more, what was known stays with its age, and comes back by itself", async () => {
		const runId = await havePartialRun();
		for (const path of ["/", "/incidents", `/runs/${runId}`]) {
			const { page, context } = await visit(path);
			await settle(page);
			const before = await page.locator("#content h1, #content .sentence").allTextContents();
			await context.setOffline(true);
			await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
			const stale = page.locator(".stale");
			await stale.getByText("No connection to the ledger.").waitFor();
			await stale.getByText(stateTold).waitFor();
			await stale.getByText("The page keeps trying, and goes on by itself.").waitFor();
			expect(await page.locator("#content h1, #content .sentence").allTextContents()).toEqual(
				before,
			);
			await context.setOffline(false);
			await stale.waitFor({ state: "detached" });
		}
	});

	it("cannot be reached while a task is under way, its page says so with its age", async () => {
		const streamer = ground.streamer(7);
		ground.deployment.twitch.respondWith(streamer, { hang: true });
		const runId = await ground.start([7]);
		const { page, context } = await visit(`/runs/${runId}/tasks/${streamer}`);
		await page.locator(".task-head .badge, .task-head h1").first().waitFor();
		await context.setOffline(true);
		const stale = page.locator(".stale");
		await stale.getByText(stateTold).waitFor();
		await context.setOffline(false);
		await stale.waitFor({ state: "detached" });
		ground.deployment.twitch.respondWith(streamer, { status: 404, body: "{}" });
		await ground.deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
		await ground.deployment.sealed(runId);
	});

	it("answers late what was asked before, the newer answer stays", async () => {
		await havePartialRun();
		const { page } = await visit("/audit");
		await settle(page);
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		let asked = 0;
		await page.route("**/api/audit?*", async (route) => {
			asked += 1;
			if (asked > 1) return route.continue();
			await held;
			await route.fulfill({ json: { entries: [], nextCursor: null } });
		});
		const look = "document.dispatchEvent(new Event('visibilitychange'))";
		await page.evaluate(look);
		await expect.poll(() => asked).toBe(1);
		const newer = page.waitForResponse("**/api/audit?*");
		await page.evaluate(look);
		await newer;
		const older = page.waitForResponse("**/api/audit?*");
		letGo();
		await (await older).finished();
		await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))");
		expect(await page.locator(".audit-table tbody tr").count()).toBeGreaterThan(0);
	});

	it("does not say at first who is signed in, it is asked again, and the buttons and keys come by themselves", async () => {
		const { page } = await visit("/sign-in");
		await settle(page);
		let asked = 0;
		await page.route("**/api/session", (route) => {
			asked += 1;
			return asked === 1 ? route.fulfill({ status: 503, json: {} }) : route.continue();
		});
		await page.goto(`${ground.origin}/`);
		await page.locator(".entry").first().waitFor();
		expect(asked).toBe(1);
		expect(await page.getByRole("button", { name: "Start a run now" }).count()).toBe(0);
		// Four seconds, and not the five minutes after which a known session is looked at again.
		await page.getByRole("button", { name: "Start a run now" }).waitFor({ timeout: 15_000 });
		expect(await page.locator(".signed-in").textContent()).toContain("Signed in as");
		await page.keyboard.press("s");
		await page.getByRole("dialog").waitFor();
	});

	it("answers nothing of tasks that were searched for, one of them is asked for again, and then all come", async () => {
		const runId = await havePartialRun();
		const { page } = await visit("/sign-in");
		await settle(page);
		const asked: string[] = [];
		await page.route(/\/tasks\/\d+$/, (route) => {
			asked.push(route.request().url());
			return route.fulfill({ status: 503, json: {} });
		});
		await page.goto(`${ground.origin}/runs/${runId}?q=1`);
		const rows = page.locator(".task-table tbody tr");
		await rows.first().waitFor();
		const shown = await rows.count();
		expect(shown).toBeGreaterThan(3);
		await expect.poll(() => asked.length, { timeout: 15_000 }).toBeGreaterThan(shown);
		expect(asked.length).toBe(shown + 1);
		await page.unroute(/\/tasks\/\d+$/);
		const clips = page.locator(".task-table tbody td.num:not(.roomy)", { hasText: /^\d+$/ });
		await expect.poll(() => clips.count(), { timeout: 15_000 }).toBe(shown);
	});

	it("knows no such run, task or page, there is a way back", async () => {
		const runId = await havePartialRun();
		const { page } = await visit("/");
		for (const [path, told] of [
			["/runs/collect-clips-20200101T0000Z", "There is no such run."],
			[`/runs/${runId}/tasks/1`, "This run has no such task, or its tasks are no longer kept."],
			["/nothing/here", "There is nothing here."],
		] as const) {
			await page.goto(ground.origin + path);
			await page.getByText(told).waitFor();
			await page.getByRole("link", { name: "Back to the ledger" }).click();
			await page.waitForURL(`${ground.origin}/`);
		}
	});
});

describe("of which a script does not come", () => {
	it("because nothing comes, the page waits for the connection and then shows what was asked for", async () => {
		await havePartialRun();
		const { page, context } = await visit("/");
		await settle(page);
		await context.setOffline(true);
		await page.getByRole("link", { name: "Audit" }).click();
		const told = page.locator("#content [role=alert]");
		await told.getByText("No connection to the ledger.").waitFor();
		expect(await page.getByText("There may be a newer version.").count()).toBe(0);
		await context.setOffline(false);
		await page.getByRole("heading", { name: "Audit" }).waitFor();
		expect(new URL(page.url()).pathname).toBe("/audit");
	});

	it("because a newer version was deployed, the page says so and is loaded anew by a button", async () => {
		await havePartialRun();
		const { page } = await visit("/");
		await settle(page);
		const script = /\/assets\/audit-[^/]+\.js$/;
		await page.route(script, (route) => route.fulfill({ status: 404, body: "" }));
		await page.getByRole("link", { name: "Audit" }).click();
		await page.getByText("There may be a newer version.").waitFor();
		await page.unroute(script);
		await page.getByRole("button", { name: "Load it anew" }).click();
		await page.getByRole("heading", { name: "Audit" }).waitFor();
	});
});

describe("of the other runs beside one", () => {
	it("that are not known yet, or cannot be had, the chart does not say that it is the first", async () => {
		const runId = await havePartialRun();
		const { page } = await visit("/audit");
		await settle(page);
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		const error = { code: "unavailable", message: "", requestId: "r" };
		await page.route("**/api/runs?job=*", (route) =>
			held.then(() => route.fulfill({ status: 503, json: { error } })),
		);
		await page.goto(`${ground.origin}/runs/${runId}`);
		const chart = page.locator(".bar-figure");
		await chart.getByText("Loading …").waitFor();
		letGo();
		await chart.getByText("The newest runs are not known.").waitFor();
		expect(await page.getByText("This is the first run.").count()).toBe(0);
		await page.unroute("**/api/runs?job=*");
		await chart.getByText("The newest runs are not known.").waitFor({ state: "detached" });
	});
});

describe("of a task's run", () => {
	it("that cannot be had, its page does not show attempts as if there were none", async () => {
		const runId = await havePartialRun();
		const { page } = await visit("/audit");
		await settle(page);
		const error = { code: "unavailable", message: "", requestId: "r" };
		const run = `**/api/runs/${runId}`;
		await page.route(run, (route) => route.fulfill({ status: 503, json: { error } }));
		await page.goto(`${ground.origin}/runs/${runId}/tasks/${ground.streamer(7)}`);
		await page.getByRole("alert").getByText("The ledger could not answer.").waitFor();
		expect(await page.locator(".attempts-table").count()).toBe(0);
		await page.unroute(run);
		await page.locator(".attempts-table tbody tr").waitFor();
	});
});

describe("of another job", () => {
	it("without a schedule the page says that it has none, and offers no pause", async () => {
		await havePartialRun();
		const { page } = await visit("/audit");
		await settle(page);
		await page.route("**/api/schedule", async (route) => {
			const answer = await route.fetch();
			return route.fulfill({ json: { ...(await answer.json()), jobs: [] } });
		});
		await page.goto(`${ground.origin}/`);
		await page.locator(".due").getByText("no schedule of its own").waitFor();
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
		expect(await page.getByRole("button", { name: "Pause the schedule" }).count()).toBe(0);
		await page.keyboard.press("s");
		await page.getByRole("dialog").getByText("Twitch points").waitFor();
	});

	it("the page shows what it brings, and nothing of clips", async () => {
		const runId = await havePartialRun();
		const { page } = await visit("/audit");
		await settle(page);
		await page.route(`**/api/runs/${runId}`, async (route) => {
			const answer = await route.fetch();
			const summary = { ...(await answer.json()), job: "publish", yield: { pagesWritten: 12 } };
			return route.fulfill({ json: summary });
		});
		await page.goto(`${ground.origin}/runs/${runId}`);
		const account = page.locator(".figures .account").first();
		await account.getByText("pagesWritten").waitFor();
		expect(await account.locator("dt").allTextContents()).toEqual(["pagesWritten"]);
		expect(await account.locator("dd").allTextContents()).toEqual(["12"]);
	});
});

describe("of what the first page asks for", () => {
	const refuse = {
		status: 503,
		json: { error: { code: "unavailable", message: "", requestId: "r" } },
	};

	it.each([
		["incidents", "What is wrong now is not known."],
		["schedule", "What the schedule says is not known."],
	])(
		"%s alone cannot be answered, it says that it does not know, and goes on",
		async (name, told) => {
			await havePartialRun();
			const { page } = await visit("/audit");
			await settle(page);
			const asked = new RegExp(`/api/${name}(\\?|$)`);
			await page.route(asked, (route) => route.fulfill(refuse));
			await page.goto(`${ground.origin}/`);
			const notice = page.locator(".stale").filter({ hasText: told });
			await notice.getByText("The ledger could not answer.").waitFor();
			// What is known is there all the same.
			await page.locator(".last .sentence").waitFor();
			expect(await page.getByText("no schedule of its own").count()).toBe(0);
			await page.unroute(asked);
			await notice.getByRole("button", { name: "Try now" }).click();
			await notice.waitFor({ state: "detached" });
			await page.getByRole("button", { name: "Pause the schedule" }).waitFor();
		},
	);

	it("the runs alone cannot be answered, it says so and nothing else", async () => {
		const { page } = await visit("/audit");
		await settle(page);
		await page.route("**/api/runs?*", (route) => route.fulfill(refuse));
		await page.goto(`${ground.origin}/`);
		await page.getByRole("alert").getByText("The ledger could not answer.").waitFor();
		expect(await page.getByText("This job has not run yet.").count()).toBe(0);
	});

	it("the last run is not among the newest and cannot be answered, it does not say that there was none", async () => {
		const { page } = await visit("/audit");
		await settle(page);
		await page.route("**/api/runs?*", (route) =>
			route.fulfill({ json: { runs: [], cursor: null } }),
		);
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		await page.route("**/api/runs/latest?*", (route) => held.then(() => route.fulfill(refuse)));
		await page.goto(`${ground.origin}/`);
		await page.locator(".entry .loading").waitFor();
		expect(await page.getByText("This job has not run yet.").count()).toBe(0);
		letGo();
		await page.locator(".entry").getByText("The ledger could not answer.").waitFor();
		expect(await page.getByText("This job has not run yet.").count()).toBe(0);
	});
});
