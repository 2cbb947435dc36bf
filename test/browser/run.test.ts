import type { Locator, WebSocketRoute } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Task } from "../../src/dashboard/api/shapes.ts";
import { percentile } from "./looking.ts";
import { clickTwice, setUpStage } from "./stage.ts";

/** Watching a run in a real browser, and what can be seen of it when it is over. */
const tasks = 60;
const stage = setUpStage({ streamers: tasks, latencyMs: 60 }, { REQUEST_TIMEOUT_SECONDS: "2" });

/** Notes down what the heading says, and when. */
const notesHeadings = `
	globalThis.headings = [];
	new MutationObserver(() => {
		const told = document.querySelector("h1")?.textContent ?? "";
		if (headings.at(-1)?.told !== told) headings.push({ told, atMs: Date.now() });
	}).observe(document, { subtree: true, childList: true, characterData: true });
`;
/** Notes down what moves although nobody did anything. */
const notesShifts = `
	globalThis.shifts = [];
	new PerformanceObserver((list) => {
		for (const { value, sources } of list.getEntries()) {
			shifts.push(value + " " + sources.map(({ node }) => node?.parentElement?.outerHTML).join());
		}
	}).observe({ type: "layout-shift" });
`;
/** 4.8 s, 1 min 12 s. */
async function readSeconds(place: Locator): Promise<number> {
	const [, minutes = "0", seconds = "0"] =
		/^(?:(\d+) min ?)?(?:([\d.]+) s)?$/.exec((await place.textContent()) ?? "") ?? [];
	return Number(minutes) * 60 + Number(seconds);
}
type Heading = { readonly told: string; readonly atMs: number };

describe("a run that is watched from its beginning", () => {
	const tasksPerMessage = 2;
	const unhurried = setUpStage(
		{ streamers: tasks, latencyMs: 60 },
		{ REQUEST_TIMEOUT_SECONDS: "60", TASKS_PER_MESSAGE: String(tasksPerMessage) },
	);

	it("fills while it is looked at, within 300 ms, and its verdict comes by itself", async () => {
		const { page, deployment } = unhurried;
		// All messages of the queue but the first are held, and let go one by one when the one before is told.
		const inOrder = unhurried.inOrder();
		const messages = Array.from({ length: tasks / tasksPerMessage }, (_, place) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			const indexes = inOrder.slice(place * tasksPerMessage, (place + 1) * tasksPerMessage);
			if (place > 0) unhurried.answer(indexes, { after: promise });
			return { letGo: resolve, taskIds: indexes.map(unhurried.streamer) };
		});
		await page.getByRole("button", { name: "Start a run now" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Start it" }).click();
		await page.waitForURL(/\/runs\/[^/]+-m/);
		await page.evaluate(notesHeadings);
		await page.locator(".live.is-live").waitFor();
		expect(await page.locator(".live").textContent()).toBe("live");
		let done = tasksPerMessage;
		for (const { letGo } of messages.slice(1)) {
			await page.getByText(`Running: ${done} of 60 tasks are done.`, { exact: true }).waitFor();
			expect(await page.locator(".balance").textContent()).toContain("Not sealed yet");
			letGo();
			done += tasksPerMessage;
		}
		await page.getByRole("heading", { name: "All 60 tasks succeeded." }).waitFor();
		const shownAtMs = Date.now();
		expect(await page.locator(".live").count()).toBe(0);
		expect(await page.locator(".balance").textContent()).toBe(
			"60 succeeded = 60 planned The books balance.",
		);
		await page.getByRole("img", { name: "A mark for each task: 60 succeeded" }).waitFor();
		expect(await page.locator(".task-table tbody tr").count()).toBe(25);

		// Without a reload, or these notes were gone.
		const headings = (await page.evaluate("headings")) as Heading[];
		const runId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
		const answer = await deployment.api(`/api/runs/${runId}/tasks?limit=500`);
		const all = ((await answer.json()) as { tasks: Task[] }).tasks;
		const lags = messages.slice(1).map(({ taskIds }, place) => {
			const closedAtMs = all
				.filter(({ taskId }) => taskIds.includes(taskId))
				.map(({ closedAt }) => Date.parse(closedAt ?? ""));
			return findShownAtMs(headings, (place + 2) * tasksPerMessage) - Math.max(...closedAtMs);
		});
		const sealed = await deployment.sealed(runId);
		process.stdout.write(
			`\nlive lag of ${lags.length} reports: middle ${percentile(lags, 50)} ms, p95 ${percentile(lags, 95)} ms, ` +
				`most ${Math.max(...lags)} ms; verdict ${shownAtMs - Date.parse(sealed.sealedAt ?? "")} ms after the seal\n`,
		);
		expect(lags).toHaveLength(29);
		expect(percentile(lags, 95)).toBeLessThan(300);
	});
});

describe("a run that is watched", () => {
	it("says as of when while its socket is cut, goes on by asking, and is live again", async () => {
		const { page } = stage;
		const open: WebSocketRoute[] = [];
		let isCut = false;
		await page.routeWebSocket(/\/live$/, (socket) => {
			if (isCut) return void socket.close({ code: 1011 });
			open.push(socket);
			socket.connectToServer();
		});
		stage.answer([0], { hang: true });
		const runId = await stage.start([0, 1, 2, 3]);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".live.is-live").waitFor();
		await page.getByRole("heading", { name: "Running: 3 of 4 tasks are done." }).waitFor();

		isCut = true;
		for (const socket of open.splice(0)) await socket.close({ code: 1011 });
		const badge = page.locator(".live.is-polling");
		await badge.waitFor();
		expect(await badge.textContent()).toMatch(/^as of (\d+ \w+, )?\d\d:\d\d:\d\d$/);
		const before = (await badge.textContent()) ?? "";
		// It is asked for: the time of the state moves on.
		await badge.filter({ hasNotText: before }).waitFor();

		isCut = false;
		await page.locator(".live.is-live").waitFor();
		stage.answer([0], null);
		await page.getByRole("heading", { name: "All 4 tasks succeeded." }).waitFor();
	});

	it("that waits and says nothing for long lasts on while it is live, and stands still when it is not", async () => {
		const { page } = stage;
		const open: WebSocketRoute[] = [];
		let isDown = false;
		let isTold = false;
		await page.route("**/api/**", (route) =>
			isDown ? route.fulfill({ status: 503, json: {} }) : route.continue(),
		);
		await page.routeWebSocket(/\/live$/, (socket) => {
			if (isDown) return void socket.close({ code: 1011 });
			open.push(socket);
			const server = socket.connectToServer();
			server.onMessage((message) => {
				// The first word, and that the other end is there.
				if (!isTold || message === "pong") socket.send(message);
				isTold = true;
			});
		});
		stage.answer([0], { hang: true });
		const runId = await stage.start([0]);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".live.is-live").waitFor();
		const heading = page.locator(".run-facts .lasting dd");
		const places = [
			heading,
			page.locator(".care .lasting strong"),
			page.locator(".bar-figure tbody tr").filter({ hasText: "running" }).locator(".num").first(),
		];
		await places[2]?.waitFor({ state: "attached" });
		await page.evaluate(notesShifts);
		const before = await Promise.all(places.map(readSeconds));
		for (const [index, place] of places.entries()) {
			await expect
				.poll(() => readSeconds(place), { timeout: 15_000 })
				.toBeGreaterThanOrEqual((before[index] ?? 0) + 4);
			expect(await place.locator(`xpath=ancestor::*[@aria-live or @role="status"]`).count()).toBe(
				0,
			);
		}
		expect(await page.evaluate("shifts")).toEqual([]);

		isDown = true;
		for (const socket of open) await socket.close({ code: 1011 });
		await page.locator(".live.is-polling").waitFor();
		const told = await heading.textContent();
		await page.waitForTimeout(2_500);
		expect(await heading.textContent()).toBe(told);
		await stage.deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
	});

	it("says of a task that was searched for what it has done, and what came of it when it ends", async () => {
		const { page, deployment } = stage;
		stage.answer([0], { hang: true });
		const runId = await stage.start([0, 1]);
		const [slow] = deployment.twitch.streamers;
		await page.goto(`${stage.origin}/runs/${runId}?q=${slow?.id}`);
		await page.getByRole("heading", { name: "Running: 1 of 2 tasks are done." }).waitFor();
		const row = page.locator(".task-table tbody tr");
		const attempts = row.locator("td.roomy").first();
		// The first one times out, and another is made.
		await attempts.filter({ hasText: /^2$/ }).waitFor();
		stage.answer([0], null);
		await page.getByRole("heading", { name: "All 2 tasks succeeded." }).waitFor();
		await row.getByText("succeeded").waitFor();
		const answer = await deployment.api(`/api/runs/${runId}/tasks/${slow?.id}`);
		const task = (await answer.json()) as Task;
		await attempts.filter({ hasText: new RegExp(`^${task.attempts.length}$`) }).waitFor();
		await row
			.locator("td.num:not(.roomy)")
			.filter({ hasText: new RegExp(`^${task.yield["clipsNew"]}$`) })
			.waitFor();
	});

	it("gets its verdict by asking where sockets never open", async () => {
		const { page } = stage;
		await page.routeWebSocket(/\/live$/, (socket) => void socket.close({ code: 1011 }));
		stage.answer([0], { hang: true, times: 1 });
		const runId = await stage.start([0, 1, 2]);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".live.is-polling").waitFor();
		await page.getByRole("heading", { name: "All 3 tasks succeeded." }).waitFor();
		await page.getByRole("img", { name: "A mark for each task: 3 succeeded" }).waitFor();
	});
});

describe("a run in which some failed", () => {
	it("says by cause how many and who, and those of one cause run again", async () => {
		const { page, deployment } = stage;
		stage.answer([4, 5], { status: 404 });
		stage.answer([7, 8, 9], { status: 403 });
		const runId = await stage.start([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		await deployment.sealed(runId);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.getByRole("heading", { name: "5 of 9 tasks did not succeed." }).waitFor();
		const causes = page.locator(".cause");
		expect(await causes.count()).toBe(2);
		expect(await page.locator(".cause-count").allTextContents()).toEqual(["3", "2"]);
		const notFound = causes.filter({ hasText: "twitch_not_found" });
		for (const { displayName } of deployment.twitch.streamers.slice(4, 6)) {
			await notFound.getByRole("link", { name: displayName, exact: true }).waitFor();
		}

		await notFound.getByRole("button", { name: "Re-run these" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.locator(".estimate").waitFor();
		expect(await dialog.locator(".estimate div").allTextContents()).toEqual([
			"Tasks2",
			expect.stringMatching(/^About[\d.]+ (ms|s|min)/),
			expect.stringMatching(/^Twitch points[1-9]\d*of 800 a minute$/),
		]);
		stage.answer([4, 5], null);
		await dialog.getByRole("button", { name: "Re-run now" }).click();
		await page.waitForURL(`${stage.origin}/runs/${runId}-r1`);
		await page.getByRole("heading", { name: "All 2 tasks succeeded." }).waitFor();
		expect(stage.posted).toEqual([`POST /api/runs/${runId}/rerun`]);
	});

	it("runs all of one cause again, more than the summary names", async () => {
		const { page, deployment } = stage;
		const many = Array.from({ length: 24 }, (_, index) => index);
		stage.answer(many, { status: 404 });
		const runId = await stage.start(many);
		const { errors } = await deployment.sealed(runId);
		expect(errors).toMatchObject([{ count: 24 }]);
		expect(errors[0]?.taskIds.length).toBeLessThan(24);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".cause").getByRole("button", { name: "Re-run these" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.locator(".estimate").waitFor();
		expect(await dialog.locator(".estimate dd").first().textContent()).toBe("24");
	});

	it("runs those again that failed, once for two clicks, and each run leads to the other", async () => {
		const { page, deployment } = stage;
		stage.answer([4, 5], { status: 404 });
		stage.answer([6], { status: 403 });
		const runId = await stage.start([4, 5, 6, 7]);
		await deployment.sealed(runId);
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.getByRole("button", { name: "Re-run 3 failed tasks" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.locator(".estimate").waitFor();
		expect(await dialog.locator(".estimate dd").first().textContent()).toBe("3");
		await clickTwice(page, dialog.getByRole("button", { name: "Re-run now" }));
		await page.waitForURL(`${stage.origin}/runs/${runId}-r1`);
		// They still fail.
		await page.getByRole("heading", { name: "None of 3 tasks succeeded." }).waitFor();
		expect(stage.posted).toEqual([`POST /api/runs/${runId}/rerun`]);

		const facts = page.locator(".run-facts");
		await facts.getByRole("link", { name: runId, exact: true }).click();
		await page.waitForURL(`${stage.origin}/runs/${runId}`);
		await facts.getByRole("link", { name: `${runId}-r1` }).click();
		await page.waitForURL(`${stage.origin}/runs/${runId}-r1`);
		await page.getByRole("heading", { name: "None of 3 tasks succeeded." }).waitFor();
		await deployment.sealed(`${runId}-r1`);
		expect((await deployment.sealed(runId)).reruns).toEqual([`${runId}-r1`]);
	});

	it("runs a selection of its tasks again", async () => {
		const { page, deployment } = stage;
		stage.answer([4], { status: 404 });
		const runId = await stage.start([3, 4, 5]);
		await deployment.sealed(runId);
		await page.goto(`${stage.origin}/runs/${runId}`);
		const [, , , , failing, fine] = deployment.twitch.streamers;
		for (const streamer of [failing, fine]) {
			await page.getByLabel(`Select ${streamer?.displayName}`, { exact: true }).check();
		}
		await page.getByRole("button", { name: "Re-run 2 tasks" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Not now" }).click();
		await page.getByRole("dialog").waitFor({ state: "detached" });
		expect(stage.posted).toEqual([]);
		await page.getByRole("button", { name: "Re-run 2 tasks" }).click();
		await page.getByRole("button", { name: "Re-run now" }).click();
		await page.waitForURL(`${stage.origin}/runs/${runId}-r1`);
		await page.getByRole("heading", { name: "1 of 2 tasks did not succeed." }).waitFor();
	});
});

/** When the heading first counted so many tasks as done, epoch milliseconds. */
function findShownAtMs(headings: readonly Heading[], done: number): number {
	const first = headings.findIndex(({ told }) => told.startsWith("Running:"));
	const shown = headings.slice(first).find(({ told }) => {
		const counted = /^Running: (\d+) of/.exec(told)?.[1];
		return (counted === undefined ? tasks : Number(counted)) >= done;
	});
	return shown?.atMs ?? Number.NaN;
}
