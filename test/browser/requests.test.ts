import type { Page, WebSocketRoute } from "playwright-core";
import { describe, expect, it } from "vitest";
import { settle } from "./looking.ts";
import { setUpStage } from "./stage.ts";

/**
 * How often a page that is left open asks: the Free plan has 100,000 requests a day, and somebody leaves the ledger open
 * on a screen at the wall. The page's clock is turned by hand; its requests are real.
 */
const stage = setUpStage({ streamers: 40 }, { REQUEST_TIMEOUT_SECONDS: "60" });
const freeRequestsPerDay = 100_000;
const minutesPerDay = 1_440;
/** What an open tab may take of a day that is not its own. */
const shareMax = 0.1;
const secondsWatched = 8;
/** Requests a minute, in an outage that has lasted some minutes. */
const outageMax = 7;

/** Requests, and sockets that are opened, in a minute of the page's clock. */
async function countMinute(page: Page): Promise<string[]> {
	const asked: string[] = [];
	const note = (url: string) => {
		const { pathname, search } = new URL(url);
		if (pathname.startsWith("/api/")) asked.push(pathname + search);
	};
	page.on("request", (request) => note(request.url()));
	page.on("websocket", (socket) => note(socket.url()));
	for (let seconds = 0; seconds < 60; seconds += 1) {
		const before = asked.length;
		await page.clock.runFor(1_000);
		// Answers come in real time.
		if (asked.length > before) await page.waitForTimeout(60);
	}
	page.removeAllListeners("request");
	page.removeAllListeners("websocket");
	return asked;
}

async function open(path: string, prepare = async (_page: Page) => {}): Promise<Page> {
	const { page } = await stage.visit("/sign-in");
	await prepare(page);
	await page.clock.install();
	await page.goto(stage.origin + path);
	await turn(page, 4);
	return page;
}

/** So many seconds of the page's clock, with time for answers. */
async function turn(page: Page, seconds: number): Promise<void> {
	for (let halves = 0; halves < seconds * 2; halves += 1) {
		await page.clock.runFor(500);
		await page.waitForTimeout(40);
	}
}

function tell(where: string, asked: readonly string[]): void {
	const share = (asked.length * minutesPerDay) / freeRequestsPerDay;
	process.stdout.write(
		`\n${where}: ${asked.length} requests a minute, ${Math.round(share * 100)} % of a day's on the Free plan`,
	);
}

describe("a page that is left open", () => {
	it("at rest takes less than a tenth of the day's requests, and none while nobody sees it", async () => {
		const runId = await stage.start([0, 1, 2]);
		await stage.deployment.sealed(runId);
		for (const path of [
			"/",
			"/matrix",
			"/incidents",
			"/audit",
			`/runs/${runId}`,
			`/runs/${runId}?q=${stage.streamer(1)}`,
			`/runs/${runId}/tasks/${stage.streamer(1)}`,
		]) {
			const page = await open(path);
			await settle(page);
			const asked = await countMinute(page);
			tell(path, asked);
			expect((asked.length * minutesPerDay) / freeRequestsPerDay, path).toBeLessThan(shareMax);
			await page.evaluate(
				"Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })",
			);
			expect(await countMinute(page), `${path}, hidden`).toEqual([]);
			await page.close();
		}
	});

	it("on a run that waits asks for nothing that its socket says, whatever is shown of its tasks", async () => {
		const waiting = Array.from({ length: 30 }, (_, index) => index);
		stage.answer(waiting, { hang: true });
		const runId = await stage.start(waiting);
		for (const search of ["", "?order=attention", "?state=running"]) {
			// By the true clock: the other end of a socket does not know the page's own.
			const { page } = await stage.visit(`/runs/${runId}${search}`);
			await page.locator(".live.is-live").waitFor();
			await page.locator(".task-table tbody td.roomy", { hasText: "1" }).first().waitFor();
			await settle(page);
			const asked: string[] = [];
			page.on("request", (request) => void asked.push(request.url()));
			await page.waitForTimeout(secondsWatched * 1_000);
			const perMinute = (asked.length * 60) / secondsWatched;
			process.stdout.write(
				`\na run that waits, ${search || "all"}: ${perMinute} requests a minute`,
			);
			expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(1);
			await page.close();
		}
		await stage.deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
	});
});

describe("a page that is left open on a run that goes on", () => {
	it("asks for less and less in an outage, and goes on within a minute after it", async () => {
		stage.answer([0], { hang: true });
		const runId = await stage.start([0, 1]);
		for (const path of [
			"/",
			`/runs/${runId}`,
			`/runs/${runId}?q=${stage.streamer(0)}`,
			`/runs/${runId}/tasks/${stage.streamer(0)}`,
		]) {
			let isDown = false;
			let turnedAway = 0;
			const sockets = new Set<WebSocketRoute>();
			const page = await open(path, async (page) => {
				await page.route("**/api/**", (route) =>
					isDown ? route.fulfill({ status: 503, json: {} }) : route.continue(),
				);
				await page.routeWebSocket(/\/live$/, (socket) => {
					if (!isDown) {
						sockets.add(socket);
						return void socket.connectToServer();
					}
					turnedAway += 1;
					void socket.close({ code: 1011 });
				});
			});
			const isThere = path === "/" ? ".open-run" : ".live.is-live, .task-head";
			await page.locator(isThere).first().waitFor();
			isDown = true;
			for (const socket of sockets) await socket.close({ code: 1011 });
			for (let minutes = 0; minutes < 3; minutes += 1) await countMinute(page);
			turnedAway = 0;
			const asked = await countMinute(page);
			for (let index = 0; index < turnedAway; index += 1) asked.push("a socket");
			tell(`${path}, in an outage`, asked);
			expect(asked.length, `${path}:\n${asked.join("\n")}`).toBeLessThanOrEqual(outageMax);
			expect(asked.length, path).toBeGreaterThan(0);

			const stale = page.locator(".stale").first();
			await stale.waitFor();
			isDown = false;
			if (path.includes("?q=")) {
				await stale.getByRole("button", { name: "Try now" }).click();
				await turn(page, 1);
			} else {
				await turn(page, 61);
			}
			await stale.waitFor({ state: "detached" });
			if (path.startsWith("/runs/") && !path.includes("/tasks/")) {
				await page.locator(".live.is-live").waitFor();
			}
			await page.close();
		}
		await stage.deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
	}, 120_000);

	it("asks for a task less often after the run has lasted long", async () => {
		stage.answer([2], { hang: true });
		const runId = await stage.start([2]);
		const page = await open(`/runs/${runId}/tasks/${stage.streamer(2)}`);
		await page.locator(".task-head").waitFor();
		await page.clock.fastForward(600_000);
		const asked = await countMinute(page);
		tell("a task of a run that goes on for long", asked);
		expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(10);
		expect(asked.length).toBeGreaterThan(0);
		await stage.deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
	});
});

describe("a list of the ledger that is filtered", () => {
	it("shows a run that is sealed while it is looked at", async () => {
		const page = await open("/?verdict=failed");
		await page.getByText("No run matches this filter.").waitFor();
		stage.answer([3], { status: 404 });
		const runId = await stage.start([3]);
		await stage.deployment.sealed(runId);
		await page.clock.runFor(31_000);
		await page.waitForTimeout(300);
		await page.clock.runFor(1_000);
		await page.locator(".run-table tbody tr").waitFor();
		expect(await page.locator(".run-table tbody a").getAttribute("href")).toBe(`/runs/${runId}`);
	});
});
