import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { schedulerObjectName } from "../../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import { writeHistory } from "./history.ts";
import { measureOverflow, phone, settle } from "./looking.ts";
import { setUpGround } from "./visits.ts";

/** What each page shows, over two days of history: the promises of the page, one by one. */
const ground = setUpGround({ streamers: 200 });
const { visit } = ground;
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
const thisHour = Math.floor(Date.now() / hourMs) * hourMs;
const runOfSlot = (ago: number) => runIdForSlot(job, thisHour - ago * hourMs);
/** Out of the ordinary in the history, by slots ago. */
const failedAgo = 14;
const missedAgo = 31;
const pausedAgo = 21;

beforeAll(async () => {
	await writeHistory(ground.deployment, thisHour);
	const name = { name: schedulerObjectName };
	const schedule = await ground.deployment.worker.getDurableObjectStorage("RUN_SCHEDULER", name);
	await schedule.exec(
		`INSERT INTO incidents (incident_id, kind, job, run_id, slot_at_ms, opened_at_ms, closed_at_ms, occurrences, evidence)
		VALUES ('open-one', 'run_over_tolerance', 'collect-clips', ?, ?, ?, NULL, 1, ?)`,
		runOfSlot(1),
		thisHour - hourMs,
		thisHour - hourMs + 9_000,
		JSON.stringify({
			tasks: { planned: 200, succeeded: 188, failed: 12, lost: 0 },
			toleratedPercent: 5,
		}),
	);
	await ground.deployment.api("/api/schedule/pause", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job, reason: "moving" }),
	});
	await ground.deployment.api("/api/schedule/resume", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job }),
	});
});

/** Of each column of the first chart, the share of its height that is drawn on, and how often that is broken off. */
const readBars = `(() => {
	const canvas = document.querySelector(".bar-canvas canvas");
	const { width, height } = canvas;
	const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
	const columns = document.querySelector(".bar-marks").children.length;
	return Array.from({ length: columns }, (_, column) => {
		const x = Math.floor(((column + 0.5) / columns) * width);
		const drawn = Array.from({ length: height }, (_, y) => data[(y * width + x) * 4 + 3] > 128);
		const parts = drawn.filter((is, y) => is && !drawn[y - 1]).length;
		return { share: (height - drawn.indexOf(true)) / height, parts };
	});
})()`;

async function openHome(page: Page): Promise<void> {
	await page.locator(".bars canvas").first().waitFor();
	await settle(page);
}

/** Of a slot in the strip, whose last place is the newest slot that is known. */
async function placeOf(page: Page, ago: number): Promise<number> {
	const slots = (await page.evaluate(
		"fetch('/api/schedule').then((answer) => answer.json()).then(({ jobs }) => jobs[0].slots.map(({ slot }) => slot))",
	)) as string[];
	const slot = slots.findIndex((at) => Date.parse(at) === thisHour - ago * hourMs);
	if (slot < 0) throw new Error(`the slot ${ago} hours ago is not in the schedule`);
	return 47 - slot;
}

describe("on the ledger's first page", () => {
	it("what is wrong stands above all, in one sentence with what to do and a way there", async () => {
		const { page } = await visit("/");
		await openHome(page);
		const alarm = page.getByRole("region", { name: "Open now" });
		const sentence = "Too many tasks of collect-clips failed";
		expect(await alarm.innerText()).toContain(sentence);
		expect(await alarm.innerText()).toContain(
			"Open the run, look at its causes, and re\u2011run what failed.",
		);
		const below = page.locator("#content > section:not(.alarm)").first();
		const alarmBox = await alarm.boundingBox();
		expect((alarmBox?.y ?? 999) + (alarmBox?.height ?? 999)).toBeLessThanOrEqual(
			(await below.boundingBox())?.y ?? 0,
		);
		await alarm.getByRole("link", { name: "Open the run" }).click();
		await page.waitForURL(`${ground.origin}/runs/${runOfSlot(1)}`);
	});

	it("each of 48 slots has its bar, high as its run was long, broken where it is higher, and its mark", async () => {
		const { page } = await visit("/");
		await openHome(page);
		const marks = page.locator(".bar-marks > span");
		expect(await marks.count()).toBe(48);
		const bars = (await page.evaluate(readBars)) as { share: number; parts: number }[];
		const [failed, missed, paused] = await Promise.all(
			[failedAgo, missedAgo, pausedAgo].map((ago) => placeOf(page, ago)),
		);
		const usual = bars[await placeOf(page, 4)];
		// 61 seconds among runs of 5: cut, and told so; a slot without a run is a gap.
		expect(bars[failed ?? 0]).toMatchObject({ parts: 2 });
		expect(bars[failed ?? 0]?.share).toBeGreaterThan(2 * (usual?.share ?? 1));
		expect(usual).toMatchObject({ parts: 1 });
		expect(bars[missed ?? 0]?.parts).toBe(0);
		await page.getByText("A broken bar is higher than fits here.").waitFor();
		for (const [place, tone] of [
			[failed, "tone-bad"],
			[missed, "tone-bad"],
			[paused, "tone-still"],
		] as const) {
			expect(
				await marks
					.nth(place ?? 0)
					.locator(`.mark.${tone}`)
					.count(),
				tone,
			).toBe(1);
		}
		const shapes = await marks
			.locator(".mark path:last-child")
			.evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
		// Both are red: their shapes differ.
		expect(shapes[failed ?? 0]).not.toBe(shapes[missed ?? 0]);
	});

	it("a bar that is pointed at is told in words, and a click leads to its run", async () => {
		const { page } = await visit("/");
		await openHome(page);
		const marks = page.locator(".bar-marks > span");
		await marks.nth(await placeOf(page, missedAgo)).hover();
		await page.getByText(/ · missed: neither the cron nor the alarm came in time$/).waitFor();
		await marks.nth(await placeOf(page, pausedAgo)).hover();
		await page.getByText(/ · paused: moving D1 to another region$/).waitFor();
		const failed = marks.nth(await placeOf(page, failedAgo));
		await failed.hover();
		await page.locator(".told", { hasText: "Failed · 1 min 1 s" }).waitFor();
		await failed.click();
		await page.waitForURL(`${ground.origin}/runs/${runOfSlot(failedAgo)}`);
	});

	it("on a phone the marks are 12 pixels wide, a tap tells, and what is told is the link", async () => {
		const { page } = await visit("/", { context: phone });
		await openHome(page);
		expect(await measureOverflow(page)).toBe(0);
		const marks = page.locator(".bar-marks > span");
		expect(await marks.count()).toBe(48);
		const width = (await marks.nth(40).locator(".mark").boundingBox())?.width ?? 0;
		expect(width).toBeGreaterThanOrEqual(12);
		await marks.nth(await placeOf(page, failedAgo)).tap();
		const told = page.getByRole("link", { name: /Failed · 1 min 1 s/ });
		expect(new URL(page.url()).pathname).toBe("/");
		expect((await told.boundingBox())?.height).toBeGreaterThanOrEqual(24);
		await told.tap();
		await page.waitForURL(`${ground.origin}/runs/${runOfSlot(failedAgo)}`);
	});

	it("on a phone the verdict stands above the buttons", async () => {
		// In UTC: elsewhere a slot of another day says so, in the hours before midnight, which may take one more line.
		const { page } = await visit("/", { context: { ...phone, timezoneId: "UTC" } });
		await openHome(page);
		const verdict = await page.locator(".sentence").first().boundingBox();
		const buttons = await page.locator(".actions").first().boundingBox();
		expect(verdict?.y).toBeLessThan(buttons?.y ?? 0);
		expect((verdict?.y ?? 999) + (verdict?.height ?? 999)).toBeLessThanOrEqual(430);
	});
});

describe("the page of a run", () => {
	it("says first how it went, then what it brought, how the others went, what failed, and each task", async () => {
		const { page } = await visit(`/runs/${runOfSlot(failedAgo)}`);
		await page.locator(".task-table tbody tr").first().waitFor();
		const order = [
			"None of 200 tasks succeeded.",
			"Yield",
			"Cost",
			"The last 48 runs",
			"What went wrong, by cause",
			"Tasks",
		];
		expect(await page.locator("#content :is(h1, h2)").allInnerTexts()).toEqual(order);
		const head = await page.locator("#content .run-head").innerText();
		expect(head).toContain("The books balance.");
		const bar = await page.locator(".state-bar").boundingBox();
		expect(bar?.y).toBeLessThan((await page.getByText("Yield").boundingBox())?.y ?? 0);
		expect(await page.locator(".longer").innerText()).toMatch(/× the usual/);
	});

	it("[ leads to the run before, ] to the one after", async () => {
		const { page } = await visit(`/runs/${runOfSlot(failedAgo)}`);
		await page.getByRole("link", { name: "Previous run" }).waitFor();
		await page.keyboard.press("[");
		await page.waitForURL(`${ground.origin}/runs/${runOfSlot(failedAgo + 1)}`);
		await page.getByRole("link", { name: "Next run" }).waitFor();
		await page.keyboard.press("]");
		await page.waitForURL(`${ground.origin}/runs/${runOfSlot(failedAgo)}`);
	});

	it("shows what failed first in the table, too", async () => {
		const { page } = await visit(`/runs/${runOfSlot(9)}`);
		const states = page.locator(".task-table .badge");
		await states.first().waitFor();
		expect(await states.first().innerText()).toBe("succeeded");
		await page.getByRole("radio", { name: "Failed first" }).check();
		await page.waitForURL(/order=attention/);
		const told = await states.allInnerTexts();
		const failed = told.filter((state) => state === "failed").length;
		expect(failed).toBeGreaterThan(0);
		expect(told.slice(0, failed).every((state) => state === "failed")).toBe(true);
		// Their attempts are asked for one by one, and come.
		await page.getByRole("row").nth(1).getByText("4", { exact: true }).waitFor();
	});
});

describe("the matrix", () => {
	it("says when each run was and by what the tasks are sorted; a cell leads to its task", async () => {
		const { page } = await visit("/matrix");
		await page.locator(".matrix tbody tr").first().waitFor();
		const flips = (await page.locator("tbody .flips").allInnerTexts()).map(Number);
		expect(flips).toEqual(flips.toSorted((left, right) => right - left));
		expect(await page.locator("thead [aria-sort=descending]").innerText()).toContain("Flips");
		expect(await page.locator(".days th").count()).toBeGreaterThanOrEqual(2);
		await page.getByText("1–50 of 200").waitFor();
		await page.getByText("not in that run").first().waitFor();
		const right = await page.locator(".matrix-scroll").boundingBox();
		const column = await page.locator("#content > .page-head").boundingBox();
		expect((right?.x ?? 0) + (right?.width ?? 0)).toBeLessThanOrEqual(
			(column?.x ?? 0) + (column?.width ?? 0) + 1,
		);
		const cell = page.locator(".matrix .cell-failed").last();
		const [who = ""] = ((await cell.getAttribute("aria-label")) ?? "").split(", ");
		await cell.click();
		await page.waitForURL(/\/runs\/collect-clips-[^/]+\/tasks\/\d+$/);
		expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain(who);
	});

	it("leads on from page to page and back", async () => {
		const { page } = await visit("/matrix");
		await page.getByRole("button", { name: "Next page" }).click();
		await page.getByText("51–100 of 200").waitFor();
		await page.getByRole("button", { name: "Next page" }).click();
		await page.getByText("101–150 of 200").waitFor();
		await page.getByRole("button", { name: "Previous page" }).click();
		await page.getByText("51–100 of 200").waitFor();
		await page.getByRole("button", { name: "Previous page" }).click();
		await page.waitForURL(`${ground.origin}/matrix`);
	});

	it("by keyboard: Tab goes from task to task, arrows from cell to cell, Enter to what is told", async () => {
		const { page } = await visit("/matrix");
		const names = page.locator(".matrix tbody .who a");
		await names.first().waitFor();
		await names.first().focus();
		await page.keyboard.press("Tab");
		expect(await page.locator(".matrix a:focus").innerText()).toBe(await names.nth(1).innerText());
		await page.keyboard.press("End");
		await page.keyboard.press("ArrowLeft");
		await page.keyboard.press("ArrowUp");
		const name = await names.first().innerText();
		const told = await page.locator(".matrix-told").innerText();
		expect(told).toContain(`${name}, `);
		expect(await page.locator(".matrix a:focus").getAttribute("aria-label")).toBe(told);
		await page.keyboard.press("Enter");
		await page.waitForURL(new RegExp(`/runs/${runOfSlot(2)}/tasks/\\d+$`));
	});
});

describe("the page of a task", () => {
	it("shows each attempt with its time, waiting, at Twitch and at D1", async () => {
		const { page } = await visit(`/runs/${runOfSlot(failedAgo)}/tasks/${ground.streamer(3)}`);
		await page.locator(".attempts-table tbody tr").nth(3).waitFor();
		expect(await page.locator(".attempts-table th").allInnerTexts()).toEqual([
			"Attempt",
			"Began",
			"Outcome",
			"Waited before",
			"Took",
			"At Twitch",
			"At D1",
			"Requests",
		]);
		const rows = await page.locator(".attempts-table tbody tr").allInnerTexts();
		for (const row of rows) expect(row).toMatch(/\d\d:\d\d:\d\d[\s\S]*\d+ ms\s+1$/);
		expect(rows[2]).toContain("failed, to be tried again");
		expect(rows[3]).toContain("failed; no attempt is left");
		expect(await page.locator(".timeline-row:not(.timeline-axis)").count()).toBe(4);
		const legend = await page.locator(".timeline figcaption").innerText();
		for (const part of ["Waiting", "At Twitch", "At D1"]) expect(legend).toContain(part);
		await page.getByText("Twitch had trouble of its own.").first().waitFor();
		await page.getByText("Twitch answered 503").first().waitFor();
	});
});

describe("the audit page", () => {
	it("says who did what, when, and to what, in the viewer's time", async () => {
		const { page } = await visit("/audit");
		await page.locator(".audit-table tbody tr").first().waitFor();
		expect(await page.locator(".audit-table th").allInnerTexts()).toEqual([
			"When",
			"Who",
			"Did",
			"To what",
			"Result",
		]);
		const paused = page.getByRole("row").filter({ hasText: "paused the schedule" });
		expect(await paused.innerText()).toMatch(
			/UTC\s+admin token\s*Operator\s+paused the schedule\s*reason: moving\s+collect-clips\s+until .*UTC$/,
		);
		expect(await page.locator("#content").innerText()).not.toMatch(/\d{4}-\d\d-\d\dT/);
	});
});

describe("times", () => {
	it("have UTC beside on every page, with its day where that is another one", async () => {
		const { page } = await visit("/", { context: { timezoneId: "Asia/Tokyo" } });
		const days = (at: number, timeZone: string) =>
			new Intl.DateTimeFormat("en-GB", { month: "short", day: "numeric", timeZone }).format(at);
		let otherDays = 0;
		for (const path of [
			"/",
			"/incidents",
			"/audit",
			`/runs/${runOfSlot(failedAgo)}`,
			`/runs/${runOfSlot(3)}/tasks/${ground.streamer(41)}`,
		]) {
			await page.goto(ground.origin + path);
			await page.locator("#content time").first().waitFor();
			await settle(page);
			await page.evaluate(
				"for (const one of document.querySelectorAll('details')) one.open = true",
			);
			const times = await page.locator("#content time").evaluateAll((elements) =>
				elements.map((element) => ({
					at: element.getAttribute("datetime") ?? "",
					told: element.querySelector(".utc")?.textContent ?? "",
				})),
			);
			for (const { at, told } of times) {
				const atMs = Date.parse(at);
				const isOther = days(atMs, "Asia/Tokyo") !== days(atMs, "UTC");
				otherDays += isOther ? 1 : 0;
				const time = new Date(atMs).toISOString().slice(11, 16);
				expect(told, path).toContain(isOther ? `${days(atMs, "UTC")}, ${time}` : time);
				expect(told, path).toMatch(/ UTC$/);
			}
			expect(await page.locator("#content").innerText(), path).not.toMatch(/\d{4}-\d\d-\d\d[T ]/);
		}
		expect(otherDays).toBeGreaterThan(10);
	});
});
