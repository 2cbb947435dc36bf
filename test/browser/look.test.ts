import { describe, expect, it } from "vitest";
import { adminToken } from "../support/deployment.ts";
import { measureOverflow, phone, settle } from "./looking.ts";
import { setUpPartialRun } from "./partial-run.ts";

/** The page on other screens, in another language, in other colours, and when there is nothing to show. */
const { ground, have: havePartialRun, pages: pagesWithRuns } = setUpPartialRun();
const { visit } = ground;

describe("before the first run", () => {
	it("the ledger says that there is none, and what to do", async () => {
		const { page } = await visit("/");
		await page.getByText("This job has not run yet.").waitFor();
		await page.getByText(/^Its first run is due in .*You can also start one now\.$/).waitFor();
		await page.getByRole("button", { name: "Start a run now" }).waitFor();
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

	it("no button sticks out of where it stands, also with wider letters (WCAG 1.4.12)", async () => {
		const { page } = await visit("/", { context: phone });
		for (const path of await pagesWithRuns()) {
			await page.goto(ground.origin + path);
			await page.locator("#content").waitFor();
			await settle(page);
			expect(await page.evaluate(findsWhatSticksOut), path).toEqual([]);
		}
	});

	it("the audit page says who did what to what without being pushed to the side", async () => {
		const runId = await havePartialRun();
		const headers = { "content-type": "application/json" };
		await ground.deployment.api(`/api/runs/${runId}/rerun`, {
			method: "POST",
			headers,
			body: '{"scope":"failed"}',
		});
		const { page } = await visit("/audit", { context: { ...phone, locale: "ja-JP" } });
		await settle(page);
		const scroller = ".table-scroll";
		const hidden = await page.evaluate(
			`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("${scroller}"))`,
		);
		expect(hidden).toBe(0);
		const row = page.getByRole("row").filter({ hasText: "再実行" }).first();
		expect(await row.innerText()).toContain("管理者トークン");
		expect(await row.getByRole("link", { name: runId }).isVisible()).toBe(true);
		// No name is broken into a column of syllables.
		expect((await row.boundingBox())?.height).toBeLessThan(160);
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
		await page.locator("html[data-theme=dark]").waitFor();
		expect(luminance(await page.evaluate(background))).toBeLessThan(0.1);
		await page.reload();
		await page.getByRole("navigation", { name: "Pages" }).waitFor();
		await page.locator("html[data-theme=dark]").waitFor();
		expect(luminance(await page.evaluate(background))).toBeLessThan(0.1);
	});
});

describe("where the system chooses the colours", () => {
	it("what is chosen, and what a figure says, can be told from what is not", async () => {
		const { page } = await visit(`/runs/${await havePartialRun()}?state=failed`);
		await page.emulateMedia({ forcedColors: "active" });
		await settle(page);
		const styleOf = (selector: string, name: string) =>
			page.evaluate(
				`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue("${name}")`,
			);
		for (const [chosen, other] of [
			[".segments input:checked + span", ".segments input:not(:checked) + span"],
			[".chip[aria-pressed=true]", ".chip[aria-pressed=false]"],
		] as const) {
			expect(await styleOf(chosen, "outline-style"), chosen).toBe("solid");
			expect(await styleOf(other, "outline-style"), other).toBe("none");
		}
		const paper = await styleOf("html", "background-color");
		expect(await styleOf(".part-succeeded", "background-color")).not.toBe(paper);
		expect(await styleOf(".pages [aria-current] ", "color")).not.toBe(paper);
		// A cross on its square is no square: more than one colour is in the grid.
		const colours = Number(await page.evaluate(countsColours));
		expect(colours).toBeGreaterThanOrEqual(3);
	});
});

describe("the language", () => {
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

/** How many colours fill the grid of tasks, but for what is between them where edges are smoothed. */
const countsColours = `(() => {
	const canvas = document.querySelector(".task-grid canvas");
	const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
	const seen = new Map();
	for (let at = 0; at < data.length; at += 4) {
		if (data[at + 3] !== 255) continue;
		const colour = [...data.slice(at, at + 3)].join();
		seen.set(colour, (seen.get(colour) ?? 0) + 1);
	}
	return [...seen.values()].filter((pixels) => pixels > 5).length;
})()`;

/** Of "rgb(250, 247, 240)", roughly: 0 is black and 1 is white. */
function luminance(color: unknown): number {
	const [red = 0, green = 0, blue = 0] = (String(color).match(/\d+/g) ?? []).map(Number);
	return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/** The buttons whose right edge is behind that of what holds them, when letters stand apart as far as a reader may set them. */
const findsWhatSticksOut = `
	(() => {
		for (const { style } of document.querySelectorAll("body *")) {
			style.letterSpacing = "0.12em";
			style.wordSpacing = "0.16em";
		}
		const edgeOf = (element) => {
			const { paddingRight, borderRightWidth } = getComputedStyle(element);
			return element.getBoundingClientRect().right - parseFloat(paddingRight) - parseFloat(borderRightWidth);
		};
		return [...document.querySelectorAll("main .button")]
			.filter((button) => !button.closest(".table-scroll"))
			.filter((button) => button.getBoundingClientRect().right > edgeOf(button.closest("section, main")) + 0.5)
			.map((button) => button.textContent);
	})()
`;
