import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { adminToken } from "../support/deployment.ts";
import { measureOverflow, phone, settle, waitUntilClosed } from "./looking.ts";
import { plainPages, setUpGround } from "./visits.ts";

/** The page on other screens, in another language, by keyboard alone, and when there is nothing to show. */
const ground = setUpGround({ streamers: 60 }, { MAX_ATTEMPTS: "1" });
const { visit } = ground;
const failing = [7, 19, 33];
let partial: string;

/** A run of which three tasks failed; made by the first test that needs one. */
async function havePartialRun(): Promise<string> {
	if (partial !== undefined) return partial;
	for (const index of failing) {
		const reply = { status: 404, body: '{"message":"The broadcaster was not found."}' };
		ground.deployment.twitch.respondWith(ground.streamer(index), reply);
	}
	partial = await ground.start();
	await ground.deployment.sealed(partial);
	return partial;
}

async function pagesWithRuns(): Promise<string[]> {
	const run = `/runs/${await havePartialRun()}`;
	const task = `${run}/tasks/${ground.streamer(7)}`;
	return [...plainPages, run, `${run}?state=failed&order=attention`, task, "/nothing/here"];
}

describe("before the first run", () => {
	it("the ledger says that there is none, and what to do", async () => {
		const { page } = await visit("/");
		await page.getByText("This job has not run yet.").waitFor();
		await page.getByText(/^Its first run is due in .*You can also start one now\.$/).waitFor();
		expect(await page.getByRole("button", { name: "Start a run now" }).isVisible()).toBe(true);
		await page.getByText("No run yet. The first one will be written here.").waitFor();
	});

	it.each([
		["/matrix", "No runs yet. After the first run, its tasks stand here."],
		["/incidents", "Nothing is wrong."],
	])("%s says: %s", async (path, told) => {
		const { page } = await visit(path);
		await page.getByText(told).waitFor();
	});
});

describe("on a phone of 360 pixels", () => {
	it.each(["en-GB", "ja-JP"])("no page is wider than the screen (%s)", async (locale) => {
		const { page } = await visit("/", { context: { ...phone, locale } });
		for (const path of await pagesWithRuns()) {
			await page.goto(ground.origin + path);
			await page.locator("#content").waitFor();
			await settle(page);
			expect(await measureOverflow(page), path).toBe(0);
		}
		const { page: signIn } = await visit("/sign-in", { as: null, context: { ...phone, locale } });
		await signIn.getByRole("textbox").waitFor();
		expect(await measureOverflow(signIn)).toBe(0);
	});

	it("re-running what failed is one tap away, and its question fits on the screen", async () => {
		const { page } = await visit(`/runs/${await havePartialRun()}`, { context: phone });
		const button = page.getByRole("button", { name: "Re-run 3 failed tasks" });
		await button.waitFor();
		const box = await button.boundingBox();
		expect(box?.x).toBeGreaterThanOrEqual(0);
		expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
		expect((box?.y ?? 0) + (box?.height ?? 999)).toBeLessThanOrEqual(740);
		expect(box?.height).toBeGreaterThanOrEqual(24);
		await button.tap();
		const dialog = page.getByRole("dialog");
		await dialog.getByText("Twitch points").waitFor();
		const asked = await dialog.boundingBox();
		expect((asked?.x ?? 0) + (asked?.width ?? 999)).toBeLessThanOrEqual(360);
		expect(await measureOverflow(page)).toBe(0);
		expect(await dialog.getByRole("button", { name: "Re-run now" }).isEnabled()).toBe(true);
	});
});

describe("colours", () => {
	const background = "getComputedStyle(document.documentElement).backgroundColor";

	it("are dark where the system is dark, and follow it while one looks", async () => {
		const { page } = await visit("/", { context: { colorScheme: "dark" } });
		expect(luminance(await page.evaluate(background))).toBeLessThan(0.1);
		await page.emulateMedia({ colorScheme: "light" });
		expect(luminance(await page.evaluate(background))).toBeGreaterThan(0.8);
	});

	it("are as one chose, and stay so after a reload", async () => {
		const { page } = await visit("/", { context: { colorScheme: "light" } });
		await page.locator(".menu summary").click();
		await page.getByRole("button", { name: "Theme: as the system" }).click();
		await page.getByRole("button", { name: "Theme: light" }).click();
		await page.getByRole("button", { name: "Theme: dark" }).waitFor();
		expect(luminance(await page.evaluate(background))).toBeLessThan(0.1);
		await page.reload();
		await page.getByRole("navigation", { name: "Pages" }).waitFor();
		expect(luminance(await page.evaluate(background))).toBeLessThan(0.1);
	});
});

describe("the language", () => {
	it("is the browser's, and on every page the whole page's", async () => {
		const { page } = await visit("/", { context: { locale: "ja-JP" } });
		for (const path of await pagesWithRuns()) {
			await page.goto(ground.origin + path);
			await page.getByRole("navigation", { name: "ページ" }).waitFor();
			await settle(page);
			expect(await page.locator("html").getAttribute("lang"), path).toBe("ja");
			// Nothing that a person is meant to read was forgotten: whole English sentences.
			const told = ((await page.locator("#content").innerText()) ?? "").split("\n");
			const english = told.filter((line) => /[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+/.test(line));
			const foreign = english.filter((line) => !/Twitch answered/.test(line));
			expect(foreign, path).toEqual([]);
		}
	});

	it("can be switched, before signing in, too, and stays so after a reload", async () => {
		const { page } = await visit("/sign-in", { as: null });
		await page.getByRole("button", { name: "日本語" }).click();
		await page.getByRole("button", { name: "台帳を開く" }).waitFor();
		await page.getByLabel("トークン").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "今すぐ実行" }).waitFor();
		await page.reload();
		await page.getByRole("button", { name: "今すぐ実行" }).waitFor();
		await page.getByRole("button", { name: "English" }).click();
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
		await page.reload();
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
		expect(await page.locator("html").getAttribute("lang")).toBe("en");
	});
});

describe("times", () => {
	it("are the viewer's, with UTC beside", async () => {
		const { page } = await visit(`/runs/${await havePartialRun()}`, {
			context: { timezoneId: "Asia/Kolkata" },
		});
		const shown = page.locator(".run-facts time").first();
		await shown.waitFor();
		const at = new Date((await shown.getAttribute("datetime")) ?? "");
		const utc = await shown.locator(".utc").innerText();
		const local = (await shown.innerText()).replace(utc, "");
		expect(local).toContain(new Date(at.getTime() + 19_800_000).toISOString().slice(11, 19));
		expect(utc).toMatch(new RegExp(`${at.toISOString().slice(11, 19)} UTC$`));
	});

	it("stand once where the viewer's zone is UTC", async () => {
		const { page } = await visit(`/runs/${await havePartialRun()}`, {
			context: { timezoneId: "UTC" },
		});
		const shown = page.locator(".run-facts time").first();
		await shown.waitFor();
		expect((await shown.innerText()).match(/\d\d:\d\d/g)).toHaveLength(1);
		expect(await shown.innerText()).toMatch(/UTC$/);
	});
});

describe("by keyboard alone", () => {
	it("one signs in, finds the run, and re-runs what failed", async () => {
		const runId = await havePartialRun();
		const { page } = await visit(`/`, { as: null });
		await page.locator("#token:focus").waitFor();
		await page.keyboard.type(adminToken);
		await page.keyboard.press("Enter");
		await page.getByText("3 of 60 tasks did not succeed.").first().waitFor();

		await tabTo(page, "Skip to the page's content");
		await tabTo(page, "3 of 60 tasks did not succeed.");
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/runs/${runId}`);
		await page.getByRole("heading", { name: "3 of 60 tasks did not succeed." }).waitFor();
		// What is new is where one goes on, and not the address bar or the link that is gone.
		expect(await page.evaluate("document.activeElement.id")).toBe("content");

		await tabTo(page, "Re-run 3 failed tasks");
		await page.keyboard.press("Enter");
		const dialog = page.getByRole("dialog", { name: "Re-run" });
		await dialog.getByText("Twitch points").waitFor();
		expect(await page.evaluate("document.querySelector('dialog').matches(':focus-within')")).toBe(
			true,
		);
		await page.keyboard.press("Escape");
		await waitUntilClosed(page);
		expect(await focused(page)).toContain("Re-run 3 failed tasks");

		await page.keyboard.press("r");
		await dialog.getByText("Twitch points").waitFor();
		await tabTo(page, "Re-run now");
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/runs/${runId}-r1`);
		await page.getByText("None of 3 tasks succeeded.").waitFor();
		expect(await page.evaluate("document.activeElement.id")).toBe("content");
	});

	it("a question that is asked again at once after it was closed stays open", async () => {
		const { page } = await visit(`/runs/${await havePartialRun()}`);
		await page.getByRole("button", { name: "Re-run 3 failed tasks" }).waitFor();
		const dialog = page.getByRole("dialog");
		for (let round = 0; round < 8; round += 1) {
			await page.keyboard.press("r");
			await dialog.getByText("Twitch points").waitFor();
			await dialog.getByRole("button", { name: "Not now" }).press("Enter");
		}
		await page.keyboard.press("r");
		await dialog.getByText("Twitch points").waitFor();
		// Whatever the browser had still to tell of the ones before has come by then.
		await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
		expect(await dialog.count()).toBe(1);
	});

	it("the keys are told by ?, go everywhere, and can be switched off", async () => {
		await havePartialRun();
		const { page } = await visit("/");
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
		await page.keyboard.press("?");
		const keys = page.getByRole("dialog", { name: "Keys" });
		await keys.waitFor();
		await page.keyboard.press("Escape");
		await waitUntilClosed(page);
		for (const [key, path] of [
			["m", "/matrix"],
			["i", "/incidents"],
			["a", "/audit"],
			["h", "/"],
		] as const) {
			await page.keyboard.press("g");
			await page.keyboard.press(key);
			await page.waitForURL(ground.origin + path);
		}
		await page.keyboard.press("g");
		await page.keyboard.press("m");
		await page.getByRole("searchbox").waitFor();
		await page.keyboard.press("/");
		await page.keyboard.type(ground.streamer(7));
		await page.waitForURL(`${ground.origin}/matrix?q=${ground.streamer(7)}`);
		await page.locator(".matrix tbody tr").nth(1).waitFor({ state: "detached" });

		await page.locator("#content").focus();
		await page.keyboard.press("?");
		await tabTo(page, "Single keys do something");
		await page.keyboard.press("Space");
		await page.keyboard.press("Escape");
		await waitUntilClosed(page);
		await page.keyboard.press("?");
		await page.keyboard.press("g");
		await page.keyboard.press("h");
		expect(await keys.count()).toBe(0);
		expect(new URL(page.url()).pathname).toBe("/matrix");
	});

	it("focus can be seen wherever it goes, on every page", async () => {
		const { page } = await visit("/");
		for (const path of await pagesWithRuns()) {
			await page.goto(ground.origin + path);
			await page.locator("#content").waitFor();
			await settle(page);
			const invisible: string[] = [];
			for (let tabs = 0; tabs < 30; tabs += 1) {
				await page.keyboard.press("Tab");
				const stop = (await page.evaluate(focusStop)) as { told: string; isSeen: boolean };
				if (stop.told === "BODY") break;
				if (!stop.isSeen) invisible.push(stop.told);
			}
			expect(invisible, path).toEqual([]);
		}
	});
});

describe("what one has chosen", () => {
	it("is in the address: filter, search and order of a run survive a reload and Back", async () => {
		const run = `/runs/${await havePartialRun()}`;
		const { page } = await visit(run);
		await page.getByRole("button", { name: /^failed/ }).click();
		await page.getByRole("radio", { name: "Failed first" }).check();
		await page.getByRole("searchbox").fill(ground.streamer(19));
		const chosen = `${ground.origin}${run}?state=failed&order=attention&q=${ground.streamer(19)}`;
		await page.waitForURL(chosen);
		const rows = page.locator(".task-table tbody tr");
		const look = async () => {
			await rows.first().waitFor();
			expect(await rows.count()).toBe(1);
			expect(await page.getByRole("searchbox").inputValue()).toBe(ground.streamer(19));
			const pressed = page.getByRole("button", { pressed: true });
			expect(await pressed.textContent()).toContain("failed");
			expect(await page.getByRole("radio", { name: "Failed first" }).isChecked()).toBe(true);
		};
		await look();
		await page.reload();
		await look();
		await rows.getByRole("link").first().click();
		await page.waitForURL(/\/tasks\//);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.goBack();
		await page.waitForURL(chosen);
		await look();
	});

	it("is in the address: the page of a table survives a reload and Back", async () => {
		const run = `/runs/${await havePartialRun()}`;
		const { page } = await visit(run);
		await page.getByRole("button", { name: "Next page" }).click();
		await page.waitForURL(`${ground.origin}${run}?page=2`);
		await page.getByText("26–50 of 60").waitFor();
		await page.reload();
		await page.getByText("26–50 of 60").waitFor();
		await page.locator(".task-table tbody a").first().click();
		await page.waitForURL(/\/tasks\//);
		await page.goBack();
		await page.getByText("26–50 of 60").waitFor();
	});

	it("is in the address: the verdict that the ledger is filtered by", async () => {
		await havePartialRun();
		const { page } = await visit("/?verdict=cancelled");
		await page.getByText("No run matches this filter. Choose another verdict.").waitFor();
		expect(await page.getByRole("combobox").inputValue()).toBe("cancelled");
	});
});

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
			await stale.getByText(/This is the state of \d\d:\d\d:\d\d\./).waitFor();
			await stale.getByText("The page keeps trying, and goes on by itself.").waitFor();
			expect(await page.locator("#content h1, #content .sentence").allTextContents()).toEqual(
				before,
			);
			await context.setOffline(false);
			await stale.waitFor({ state: "detached" });
		}
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

describe("the first load of the ledger", () => {
	const rounds = 5;

	it("asks for at most 70 KB of script, and shows the verdict soon", async () => {
		await havePartialRun();
		const { page } = await visit("/");
		await settle(page);
		const scripts = (await page.evaluate(
			"performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))",
		)) as string[];
		let bytes = 0;
		for (const url of scripts) {
			bytes += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), { level: 9 }).length;
		}
		const paints: number[] = [];
		const verdicts: number[] = [];
		for (let round = 0; round < rounds; round += 1) {
			const { page: fresh, context } = await visit("/audit");
			await settle(fresh);
			// The session is kept, everything else is loaded as by somebody who comes for the first time.
			const cdp = await context.newCDPSession(fresh);
			await cdp.send("Network.clearBrowserCache");
			await fresh.addInitScript(notesVerdict);
			await fresh.goto(`${ground.origin}/`);
			await fresh.waitForFunction(() => "verdictAtMs" in globalThis);
			paints.push(
				Number(
					await fresh.evaluate(
						"performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
					),
				),
			);
			verdicts.push(Number(await fresh.evaluate("globalThis.verdictAtMs")));
		}
		process.stdout.write(
			`\nfirst load: ${scripts.length} scripts, ${(bytes / 1024).toFixed(1)} KiB gzipped; ` +
				`first contentful paint ${middle(paints)} ms, verdict ${middle(verdicts)} ms ` +
				`(middle of ${rounds}: ${verdicts.map(Math.round).join(", ")})\n`,
		);
		expect(bytes).toBeLessThanOrEqual(70 * 1024);
		expect(middle(verdicts)).toBeLessThan(2_000);
	});
});

/** From the beginning of the navigation to the sentence that says how the last run was. */
const notesVerdict = `
	new MutationObserver(() => {
		if (globalThis.verdictAtMs !== undefined || !document.querySelector(".sentence")) return;
		requestAnimationFrame(() => { globalThis.verdictAtMs ??= performance.now(); });
	}).observe(document, { childList: true, subtree: true });
`;

const focusStop = `(() => {
	const element = document.activeElement;
	if (element === document.body || element === null) return { told: "BODY", isSeen: true };
	// A radio button of a group is drawn by the word beside it.
	const drawn = element.matches(".segments input") ? element.nextElementSibling : element;
	const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
	const { width, height } = drawn.getBoundingClientRect();
	const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width * height > 1;
	return { told: element.outerHTML.slice(0, 120), isSeen };
})()`;

function middle(figures: readonly number[]): number {
	return Math.round([...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0);
}

/** Of "rgb(250, 247, 240)", roughly: 0 is black and 1 is white. */
function luminance(color: unknown): number {
	const [red = 0, green = 0, blue = 0] = (String(color).match(/\d+/g) ?? []).map(Number);
	return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

async function focused(page: Page): Promise<string> {
	const told =
		"(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.closest('label')?.textContent ?? document.activeElement?.textContent ?? '')";
	return String(await page.evaluate(told));
}

const tabsMax = 60;

/** Presses Tab until the focus is on what says `text`. */
async function tabTo(page: Page, text: string): Promise<void> {
	const passed: string[] = [];
	for (let tabs = 0; tabs < tabsMax; tabs += 1) {
		await page.keyboard.press("Tab");
		const told = await focused(page);
		if (told.includes(text) && told.length < text.length + 200) return;
		passed.push(told.slice(0, 40));
	}
	throw new Error(`Tab does not reach ${JSON.stringify(text)}, but ${passed.join(" | ")}`);
}
