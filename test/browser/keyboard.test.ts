import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { adminToken } from "../support/deployment.ts";
import { settle, waitUntilClosed } from "./looking.ts";
import { setUpPartialRun } from "./partial-run.ts";

/** Everything that can be done, by keyboard alone. */
const { ground, have: havePartialRun, pages: pagesWithRuns } = setUpPartialRun();
const { visit } = ground;

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

		await tabTo(page, "What these are");
		await page.keyboard.press("Enter");
		await page.getByText("messages that came twice and did nothing").waitFor();

		await page.locator("#content").focus();
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

		// Back leads away from the page behind them: they do not stay over another one.
		await page.locator("#content").focus();
		await page.keyboard.press("?");
		await keys.waitFor();
		await page.goBack();
		await keys.waitFor({ state: "detached" });
		await page.goForward();

		await page.locator("#content").focus();
		await page.keyboard.press("?");
		await tabTo(page, "Use single keys");
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
