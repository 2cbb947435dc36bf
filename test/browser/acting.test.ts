import type { Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Schedule, ScheduledJob } from "../../src/dashboard/api/shapes.ts";
import { clickTwice, setUpStage } from "./stage.ts";

/** What an operator does by the page's buttons, each through its one question. */
const stage = setUpStage(
	{ streamers: 40 },
	{ REQUEST_TIMEOUT_SECONDS: "60", TASKS_PER_MESSAGE: "2" },
);

async function readSchedule(): Promise<ScheduledJob | undefined> {
	const answer = await stage.deployment.api("/api/schedule");
	return ((await answer.json()) as Schedule).jobs[0];
}

/** What only asks what would happen is none. */
const isAct = (request: Request) =>
	request.method() === "POST" && !request.postData()?.includes("dryRun");

interface Act {
	readonly action: string;
	readonly subject: string;
	readonly result: string | null;
}

async function readActs(): Promise<string[]> {
	const answer = await stage.deployment.api("/api/audit?limit=100");
	const { entries } = (await answer.json()) as { entries: Act[] };
	return entries.map(({ action, subject, result }) => `${action} ${subject} ${result}`);
}

describe("an operator who starts a run", () => {
	it("is told what it takes, and starts one for two clicks", async () => {
		const { page, deployment } = stage;
		// What it takes is known from what it took.
		await deployment.sealed(await stage.start());
		await page.goto(stage.origin);
		await page.locator(".last .sentence").waitFor();
		// The key does something as soon as it is known that one may act, as the button does.
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
		await page.keyboard.press("s");
		const dialog = page.getByRole("dialog");
		await dialog.locator(".estimate").waitFor();
		expect(await dialog.locator(".estimate div").allTextContents()).toEqual([
			"Tasks40",
			expect.stringMatching(/^About[\d.]+ (ms|s|min)/),
			"Twitch points40of 800 a minute",
		]);
		await dialog
			.getByText("Estimated from 1 earlier run. Retries take longer, and more points.")
			.waitFor();
		await clickTwice(page, dialog.getByRole("button", { name: "Start it" }));
		await page.waitForURL(/\/runs\/[^/]+-m/);
		await page.getByRole("heading", { name: "All 40 tasks succeeded." }).waitFor();
		expect(stage.posted).toEqual(["POST /api/runs"]);
		const runId = new URL(page.url()).pathname.split("/").at(-1);
		expect(
			(await readActs()).filter((act) => act === `run.start collect-clips ${runId}`),
		).toHaveLength(1);
		const { runs } = (await (await deployment.api("/api/runs?limit=100")).json()) as {
			runs: unknown[];
		};
		expect(runs).toHaveLength(2);
	});

	it("leaves it, by Escape, and nothing is sent", async () => {
		const { page } = stage;
		await page.getByRole("button", { name: "Start a run now" }).click();
		await page.getByRole("dialog").waitFor();
		// What the focus is on first does nothing.
		expect(await page.evaluate("document.activeElement.textContent")).toBe("Not now");
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "detached" });
		expect(stage.posted).toEqual([]);
		expect(await page.evaluate("document.activeElement.textContent")).toBe("Start a run now");
	});

	it("sees why it did not work, and the same again starts one run", async () => {
		const { page } = stage;
		const keys: (string | undefined)[] = [];
		let isAnswerLost = true;
		await page.route("**/api/runs", async (route) => {
			if (!isAct(route.request())) return route.continue();
			keys.push(route.request().headers()["idempotency-key"]);
			if (!isAnswerLost) return route.continue();
			// It arrived, and its answer did not.
			isAnswerLost = false;
			await route.fetch();
			await route.abort("connectionreset");
		});
		await page.getByRole("button", { name: "Start a run now" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("button", { name: "Start it" }).click();
		await dialog.getByRole("alert").waitFor();
		expect(await dialog.getByRole("alert").textContent()).toContain("No connection to the ledger.");
		await dialog.getByRole("button", { name: "Try again" }).click();
		await page.waitForURL(/\/runs\/[^/]+-m/);
		expect(keys).toHaveLength(2);
		expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
		expect(keys[1]).toBe(keys[0]);
		await page.getByRole("heading", { name: "All 40 tasks succeeded." }).waitFor();
	});

	it("cannot close the question while it is sent, and leaving the page with Back is not undone by the answer", async () => {
		const { page, deployment } = stage;
		const keys: (string | undefined)[] = [];
		const before = await readActs();
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		await page.route("**/api/runs", async (route) => {
			if (!isAct(route.request())) return route.continue();
			keys.push(route.request().headers()["idempotency-key"]);
			await held;
			await route.continue();
		});
		await page.getByRole("link", { name: "Audit" }).click();
		await page.getByRole("heading", { name: "Audit" }).waitFor();
		await page.getByRole("link", { name: "Ledger", exact: true }).click();
		await page.getByRole("button", { name: "Start a run now" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("button", { name: "Start it" }).click();
		await dialog.getByText("Sending …").waitFor();
		for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Escape");
		await dialog.getByRole("button", { name: "Close" }).click({ force: true });
		await dialog.getByRole("button", { name: "Not now" }).click({ force: true });
		await dialog.getByText("Sending …").waitFor();

		// Back takes the page away with it; asked again it is the same act.
		await page.goBack();
		await page.getByRole("heading", { name: "Audit" }).waitFor();
		await page.getByRole("link", { name: "Ledger", exact: true }).click();
		await page.getByRole("button", { name: "Start a run now" }).click();
		await dialog.getByRole("button", { name: "Start it" }).click();
		await expect.poll(() => keys.length).toBe(2);
		await page.goBack();
		letGo();
		const newActs = async () => (await readActs()).filter((act) => !before.includes(act));
		await expect.poll(newActs).toEqual([expect.stringMatching(/^run\.start collect-clips \S+-m/)]);
		await page.waitForLoadState("networkidle");
		expect(new URL(page.url()).pathname).toBe("/audit");
		expect(keys[1]).toBe(keys[0]);
		// Or the next test's run would stand behind this one.
		const [act] = await newActs();
		await deployment.sealed(act?.split(" ").at(-1) ?? "");
	});
});

describe("an operator who stops a run", () => {
	it("is told what stops and what goes on, and sees it sealed as cancelled", async () => {
		const { page, deployment } = stage;
		// Three messages of the queue are done, one is under way, and the others are behind it.
		const held = stage.inOrder().slice(6);
		stage.answer(held, { hang: true });
		const runId = await stage.start();
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".live.is-live").waitFor();
		await page.getByRole("heading", { name: "Running: 6 of 40 tasks are done." }).waitFor();
		await page
			.getByRole("img", { name: "6 succeeded, 2 running, 32 planned", exact: true })
			.waitFor();
		await page.getByRole("button", { name: "Cancel this run" }).click();
		const dialog = page.getByRole("dialog");
		await dialog
			.getByText("Stops 32 tasks that are not under way. 2 under way may still finish.")
			.waitFor();
		await clickTwice(page, dialog.getByRole("button", { name: "Stop it" }));
		await dialog.getByText("32 tasks were stopped. 2 under way finish.").waitFor();
		expect(stage.posted).toEqual([`POST /api/runs/${runId}/cancel`]);
		await dialog.locator("footer").getByRole("button", { name: "Close" }).click();
		await dialog.waitFor({ state: "detached" });
		stage.answer(held, null);
		const heading = page.getByRole("heading", { name: /^Stopped by an operator: \d+ of 40 tasks/ });
		await heading.waitFor();
		const { tasks } = await deployment.sealed(runId);
		expect(tasks.cancelled).toBe(32);
		await page.locator(".state-legend").getByText(`${tasks.cancelled} cancelled`).waitFor();
		expect(await page.getByRole("button", { name: "Cancel this run" }).count()).toBe(0);
		// The button that asked is gone: one goes on at the content, and not at the beginning of the page.
		await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("content");
		expect(await readActs()).toContainEqual(
			expect.stringContaining(`run.cancel ${runId} ${tasks.cancelled} cancelled`),
		);
	});

	it("is not told figures that nobody knows yet", async () => {
		const { page, deployment } = stage;
		stage.answer([0], { hang: true });
		const { requestsOf } = deployment.twitch;
		const before = requestsOf(stage.streamer(0));
		const runId = await stage.start([0, 1]);
		// Both are under way.
		await expect.poll(() => requestsOf(stage.streamer(0))).toBeGreaterThan(before);
		await page.routeWebSocket(/\/live$/, (socket) => void socket.close({ code: 1011 }));
		await page.route("**/grid", (route) => route.abort());
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.getByRole("heading", { name: /^Running/ }).waitFor();
		await page.getByRole("button", { name: "Cancel this run" }).waitFor();
		await page.keyboard.press("c");
		const dialog = page.getByRole("dialog");
		await dialog.getByText(/^Stops all tasks that are not under way/).waitFor();
		await dialog.getByRole("button", { name: "Stop it" }).click();
		await dialog.getByText(/2 under way finish\.$/).waitFor();
		stage.answer([0], null);
		await deployment.sealed(runId);
	});

	it("sees a run sealed at once where nothing was under way", async () => {
		const { page } = stage;
		// Each time that it is tried it fails, and then it waits.
		stage.answer([0], { status: 503 });
		const runId = await stage.start([0]);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.getByRole("img", { name: "1 waiting", exact: true }).waitFor();
		await page.getByRole("button", { name: "Cancel this run" }).waitFor();
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByRole("button", { name: "Stop it" }).click();
		await page.getByRole("heading", { name: /^Stopped by an operator: 0 of 1/ }).waitFor();
		await page.getByRole("img", { name: "A mark for each task: 1 cancelled" }).waitFor();
	});
});

describe("an operator who pauses the schedule", () => {
	it("says why and for how long, sees it on the first page, and sets it going again", async () => {
		const { page } = stage;
		await page.getByRole("button", { name: "Pause the schedule" }).click();
		const dialog = page.getByRole("dialog");
		const pause = dialog.getByRole("button", { name: "Pause", exact: true });
		await dialog.waitFor();
		expect(await page.evaluate("document.activeElement.id")).toBe("pause-hours");
		await pause.click();
		// Nothing is sent before it says why.
		await dialog.getByText("Say why, in a few words.").waitFor();
		expect(stage.posted).toEqual([]);
		await dialog.getByLabel("Reason").fill("<script>alert(1)</script> moves D1");
		await dialog.getByText(/^2[34] slots will have no run\.$/).waitFor();
		await dialog.getByLabel("For how long").selectOption("6 hours");
		await dialog.getByText("6 slots will have no run.").waitFor();
		await clickTwice(page, pause);
		await dialog.waitFor({ state: "detached" });
		const due = page.locator(".due.paused");
		await due.waitFor();
		expect(await due.textContent()).toContain("<script>alert(1)</script> moves D1");
		expect(await due.textContent()).toMatch(/No slot runs until .* UTC\. Reason: /);
		const { paused } = (await readSchedule()) ?? {};
		const hours = (Date.parse(paused?.until ?? "") - Date.now()) / 3_600_000;
		expect(hours).toBeGreaterThan(5.9);
		expect(hours).toBeLessThanOrEqual(6);

		await page.getByRole("button", { name: "Resume the schedule" }).click();
		await dialog.getByText(/^The next slot runs again: /).waitFor();
		await dialog.getByRole("button", { name: "Resume", exact: true }).click();
		await page.getByRole("button", { name: "Pause the schedule" }).waitFor();
		await due.waitFor({ state: "detached" });
		expect((await readSchedule())?.paused).toBeNull();
		expect(stage.posted).toEqual(["POST /api/schedule/pause", "POST /api/schedule/resume"]);
		const acts = await readActs();
		expect(acts).toContainEqual(expect.stringContaining("schedule.pause collect-clips"));
		expect(acts).toContainEqual(expect.stringContaining("schedule.resume collect-clips"));
	});
});
