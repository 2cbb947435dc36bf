import type { Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBarriers } from "../support/browser.ts";
import { writeHistory } from "./history.ts";
import { phone, settle, waitUntilClosed } from "./looking.ts";
import { makeRunsWithoutTasks, type RunsWithoutTasks } from "./no-tasks.ts";
import { plainPages, setUpGround } from "./visits.ts";

/** WCAG 2.2 AA by axe: every page, dialog and state, on each kind of screen, in both languages. */
const ground = setUpGround({ streamers: 48 }, { REQUEST_TIMEOUT_SECONDS: "60" });
const { visit } = ground;
const failing = [2, 9, 17, 30];
const hourMs = 3_600_000;
let partial: string;
/** Stays open: Twitch does not answer for some of its streamers. */
let open: string;
let without: RunsWithoutTasks;

beforeAll(async () => {
	const thisHour = Math.floor(Date.now() / hourMs) * hourMs;
	await writeHistory(ground.deployment, thisHour);
	for (const index of failing) {
		ground.deployment.twitch.respondWith(ground.streamer(index), { status: 404, body: "{}" });
	}
	without = await makeRunsWithoutTasks(ground);
	partial = await ground.start();
	await ground.deployment.sealed(partial);
	for (const index of [0, 20, 40]) {
		ground.deployment.twitch.respondWith(ground.streamer(index), { hang: true });
	}
	open = await ground.start();
});

beforeEach(async () => {
	// A test that broke off may have left the schedule paused.
	await ground.deployment.api("/api/schedule/resume", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: '{"job":"collect-clips"}',
	});
});

const screens = [
	["a light desktop", { colorScheme: "light" }],
	["a dark desktop", { colorScheme: "dark" }],
	["a phone of 360 pixels", { ...phone, colorScheme: "light" }],
] as const;
const languages = [
	["English", "en-GB"],
	["Japanese", "ja-JP"],
] as const;
const views = screens.flatMap(([screen, options]) =>
	languages.map(([language, locale]) => [screen, language, { ...options, locale }] as const),
);

/** Barriers of what is shown now, with where that was. */
async function look(page: Page, where: string): Promise<string[]> {
	// From the top, where nothing is half behind the head; what fades in is looked at when it is there.
	await page.evaluate("scrollTo(0, 0)");
	await page.evaluate(
		"Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => null)))",
	);
	return (await findBarriers(page)).map((barrier) => `${where}: ${barrier}`);
}

describe.each(views)("on %s in %s", (_screen, _language, context) => {
	it("no page has a barrier, with all that unfolds", async () => {
		const run = `/runs/${partial}`;
		const { page } = await visit("/", { context });
		const barriers: string[] = [];
		for (const path of [
			...plainPages,
			"/?verdict=failed",
			"/?verdict=partial&cursor=wrong",
			"/matrix?q=nobody-at-all",
			run,
			`${run}?state=failed&order=attention&chart=missing`,
			`${run}?q=nobody-at-all`,
			`${run}/tasks/${ground.streamer(2)}`,
			`/runs/${open}`,
			`/runs/${without.unplanned}`,
			`/runs/${without.stopped}`,
			`/runs/${without.empty}`,
			"/runs/collect-clips-20200101T0000Z",
			"/nothing/here",
		]) {
			await page.goto(ground.origin + path);
			await page.locator("#content").waitFor();
			// The page of an open run never stops asking.
			if (path.includes(open)) await page.locator(".task-table tbody tr").first().waitFor();
			else await settle(page);
			await page.evaluate(
				"for (const details of document.querySelectorAll('#content details')) details.open = true",
			);
			barriers.push(...(await look(page, path)));
		}
		expect(barriers).toEqual([]);
	});

	it("no dialog has a barrier, nor the menu, nor what is selected or paused", async () => {
		const { page } = await visit(`/runs/${partial}`, { context });
		const barriers: string[] = [];
		const dialog = page.getByRole("dialog");
		const rows = page.locator(".task-table tbody tr");
		const lookAtDialog = async (where: string) => {
			await dialog.waitFor();
			await dialog.locator("[role=status]").waitFor({ state: "detached" });
			barriers.push(...(await look(page, where)));
		};
		const ask = async (where: string, key: string) => {
			// A key does something as soon as it is known that one may act, as the buttons do.
			await page.locator(".actions button").first().waitFor();
			await page.keyboard.press(key);
			await lookAtDialog(where);
			await page.keyboard.press("Escape");
			await waitUntilClosed(page);
		};
		await rows.first().waitFor();
		await ask("re-run", "r");
		await ask("keys", "?");
		await page.locator(".task-table input[type=checkbox]").first().check();
		barriers.push(...(await look(page, "a selection")));
		await page.locator(".menu summary").click();
		barriers.push(...(await look(page, "the menu")));

		// Of its own: the other one is over when its tasks have timed out often enough. Twitch does not
		// answer for this streamer either, or the run would be sealed before the key is pressed.
		const toCancel = await ground.start([0]);
		await page.goto(`${ground.origin}/runs/${toCancel}`);
		await ask("cancel", "c");
		await ground.deployment.api(`/api/runs/${toCancel}/cancel`, { method: "POST" });

		await page.goto(`${ground.origin}/`);
		await page.locator(".last").waitFor();
		await ask("start", "s");
		const pause = page.locator(".entry .actions button").nth(1);
		await pause.click();
		await dialog.locator(".button.primary").click();
		await dialog.locator("[aria-invalid=true]").waitFor();
		await lookAtDialog("pause, without a reason");
		await dialog.locator("#pause-reason").fill("moving D1");
		await dialog.locator(".button.primary").click();
		await waitUntilClosed(page);
		await page.locator(".due.paused").waitFor();
		barriers.push(...(await look(page, "paused")));
		await pause.click();
		await lookAtDialog("resume");
		await dialog.locator(".button.primary").click();
		await page.locator(".due.paused").waitFor({ state: "detached" });
		expect(barriers).toEqual([]);
	});

	it("signing in has no barrier, with an error neither", async () => {
		const { page } = await visit("/sign-in", { as: null, context });
		await page.locator("#token:focus").waitFor();
		const barriers = await look(page, "sign in");
		await page.keyboard.press("Enter");
		await page.locator("#token-problem:not(:empty)").waitFor();
		barriers.push(...(await look(page, "sign in, with nothing")));
		expect(barriers).toEqual([]);
	});

	it("nothing to show, loading, a failing API and no connection have no barrier", async () => {
		const { page, context: browser } = await visit("/", { context });
		const barriers: string[] = [];
		const api = /\/api\/(?!session)/;
		await settle(page);
		await browser.setOffline(true);
		await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
		await page.locator(".stale").waitFor();
		barriers.push(...(await look(page, "no connection, over what was known")));
		await page.getByRole("link", { name: /Audit|操作記録/ }).click();
		await page.locator("#content [role=alert]").waitFor();
		barriers.push(...(await look(page, "no connection, and nothing known")));
		await browser.setOffline(false);
		// It comes back by itself: only then is the next page asked for.
		await page.locator(".audit-table").waitFor();

		const nothing: Readonly<Record<string, unknown>> = {
			"/api/runs": { runs: [], cursor: null },
			"/api/incidents": {
				open: [],
				past: [],
				channels: { discord: false, webhook: false, heartbeat: false },
			},
			"/api/audit": { entries: [], nextCursor: null },
			"/api/matrix": { job: "collect-clips", runs: [], rows: [], total: 0, cursor: null },
			"/api/schedule": {
				now: new Date().toISOString(),
				proofOfLife: { cron: null, alarm: null, http: null },
				nextAlarm: null,
				jobs: [
					{
						job: "collect-clips",
						cron: "0 * * * *",
						nextSlot: new Date(Date.now() + hourMs).toISOString(),
						paused: null,
						slots: [],
					},
				],
			},
		};
		await page.route(api, (route) => {
			const answer = nothing[new URL(route.request().url()).pathname];
			const error = { code: "run_not_found", message: "There is none.", requestId: "r" };
			return answer === undefined
				? route.fulfill({ status: 404, json: { error } })
				: route.fulfill({ json: answer });
		});
		for (const path of plainPages) {
			await page.goto(ground.origin + path);
			await page.locator(".empty, .all-well").first().waitFor();
			barriers.push(...(await look(page, `${path}, nothing to show`)));
		}
		await page.unroute(api);

		const error = { code: "ledger_unavailable", message: "It cannot be reached.", requestId: "r1" };
		await page.route(api, (route) => route.fulfill({ status: 503, json: { error } }));
		for (const path of [...plainPages, `/runs/${partial}`]) {
			await page.goto(ground.origin + path);
			await page.locator("#content [role=alert]").waitFor();
			barriers.push(...(await look(page, `${path}, failing`)));
		}
		await page.unroute(api);

		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		await page.route(api, (route) => held.then(() => route.abort()));
		await page.goto(`${ground.origin}/incidents`);
		await page.locator(".loading").waitFor();
		barriers.push(...(await look(page, "loading")));
		letGo();
		expect(barriers).toEqual([]);
	});
});
