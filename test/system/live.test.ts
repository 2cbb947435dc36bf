import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signSession } from "../../src/auth/session-cookie.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { letterOfState } from "../../src/domain/task-letters.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { LivePage } from "../support/live-page.ts";

/** Watching a run of the built Worker through a real socket. */
const viewerToken = "a-viewer-token-of-the-tests";
const asAdmin = { authorization: `Bearer ${adminToken}` };
let deployment: Deployment;
let origin: string;

beforeAll(async () => {
	deployment = await deploy(
		{ streamers: 60 },
		{ VIEWER_TOKEN: viewerToken, MAX_ATTEMPTS: "1", REQUEST_TIMEOUT_SECONDS: "60" },
	);
	origin = new URL((await deployment.harness.listen()).url).origin;
});
afterAll(() => deployment.close());

function idOf(index: number): string {
	const streamer = deployment.twitch.streamers[index];
	if (streamer === undefined) throw new Error("no such streamer");
	return streamer.id;
}

async function start(body: object = {}): Promise<string> {
	const answer = await deployment.api("/api/runs", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job: "collect-clips", ...body }),
	});
	return ((await answer.json()) as { runId: string }).runId;
}

interface Watch {
	readonly socket: WebSocket;
	readonly page: LivePage;
	readonly opened: Promise<boolean>;
	/** The server has closed, or the connection is gone. */
	readonly ended: () => Promise<void>;
	/**
	 * The code of the close, once the connection is gone. That may take workerd ten seconds more on this machine: it
	 * holds the connection of a socket that an alarm or a timer has closed until its object sleeps.
	 */
	readonly closed: Promise<number>;
	/** When each message came, epoch milliseconds. */
	readonly heardAtMs: number[];
}

function watch(runId: string, headers: Record<string, string> = asAdmin): Watch {
	const url = `${origin.replace("http", "ws")}/api/runs/${runId}/live`;
	// Node's own socket takes headers; the type is a browser's.
	const socket = new (WebSocket as unknown as new (url: string, init: object) => WebSocket)(url, {
		headers,
	});
	const page = new LivePage();
	const heardAtMs: number[] = [];
	socket.addEventListener("message", ({ data }) => {
		heardAtMs.push(Date.now());
		if (data !== "pong") page.hear(String(data));
	});
	const opened = new Promise<boolean>((resolve) => {
		socket.addEventListener("open", () => resolve(true));
		socket.addEventListener("error", () => resolve(false));
	});
	const closed = new Promise<number>((resolve) => {
		socket.addEventListener("close", ({ code }) => resolve(code));
	});
	const ended = () =>
		expect
			.poll(() => socket.readyState, { interval: 5, timeout: 60_000 })
			.toBeGreaterThanOrEqual(WebSocket.CLOSING);
	return { socket, page, opened, ended, closed, heardAtMs };
}

/** Why an upgrade was refused, which a socket does not say. */
async function refusalOf(path: string, headers: Record<string, string>) {
	const upgrade = { connection: "upgrade", upgrade: "websocket", ...headers };
	const answer = (await deployment.harness.fetch(path, { headers: upgrade } as never)) as unknown as
		| Response
		| (Response & { webSocket: unknown });
	const { error } = (await answer.json()) as { error: { code: string } };
	return { status: answer.status, code: error.code };
}

async function cookieOf(token: string): Promise<string> {
	const answer = await deployment.api("/api/session", {
		method: "POST",
		headers: { "content-type": "application/json", authorization: "", origin },
		body: JSON.stringify({ token }),
	});
	return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("a run that is watched", () => {
	it("is seen to fill up, and its socket closes when it is sealed", async () => {
		deployment.twitch.respondWith(idOf(3), { status: 404, body: "{}" });
		const runId = await start();
		const { page, ended } = watch(runId);
		await ended();
		const summary = (await (await deployment.api(`/api/runs/${runId}`)).json()) as Summary;
		expect(page.sealed).toEqual(summary);
		expect(page.sealed?.tasks).toMatchObject({ planned: 60, succeeded: 59, failed: 1 });
		const types = page.messages.map(({ type }) => type);
		expect(types[0]).toBe("snapshot");
		expect(types.at(-1)).toBe("sealed");
		expect(types.filter((type) => type === "sealed")).toHaveLength(1);
		for (const size of page.bytes.slice(0, -1)) expect(size).toBeLessThanOrEqual(8_192);
		// At most one in about a tenth of a second, whatever goes on; by the server's clock, for they may arrive in a heap.
		expect(page.messages.length).toBeLessThanOrEqual(3 + summary.durationMs / 80);
		deployment.twitch.respondWith(idOf(3), null);
	});

	it("is told of within 300 ms of a change", async () => {
		// Two messages of the queue: the first one hangs, and the second one is behind it.
		const ids = Array.from({ length: 13 }, (_, index) => idOf(index));
		for (const id of ids) deployment.twitch.respondWith(id, { hang: true });
		const runId = await start({ taskIds: ids });
		const { page, ended, heardAtMs } = watch(runId);
		await expect.poll(() => page.states).toContain("running");
		expect((await deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" })).status).toBe(
			200,
		);
		await expect.poll(() => page.states).toContain("cancelled");
		const answer = await deployment.api(`/api/runs/${runId}/tasks?state=cancelled`);
		const { tasks } = (await answer.json()) as { tasks: TaskView[] };
		const toldBy = page.messages.findIndex(({ tasks: changed }) =>
			changed?.some(([, letter]) => letter === letterOfState.cancelled),
		);
		const lagMs = (heardAtMs[toldBy] ?? Number.NaN) - Date.parse(tasks[0]?.closedAt ?? "");
		process.stdout.write(`\na change was told ${lagMs} ms after it was made\n`);
		expect(lagMs).toBeLessThan(300);
		for (const id of ids) deployment.twitch.respondWith(id, null);
		await ended();
		expect(page.sealed?.verdict).toBe("cancelled");
	});

	it("goes on when all who watched are gone, and when somebody says something", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const runId = await start({ taskIds: [idOf(0), idOf(1), idOf(2)] });
		const gone = watch(runId);
		const talker = watch(runId);
		expect(await gone.opened).toBe(true);
		expect(await talker.opened).toBe(true);
		gone.socket.close();
		talker.socket.send("ping");
		talker.socket.send("hello");
		expect(await talker.closed).toBe(1003);
		deployment.twitch.respondWith(idOf(0), null);
		expect(await deployment.sealed(runId)).toMatchObject({ balanced: true });
	});

	it("has fifty watchers at most", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true });
		const runId = await start({ taskIds: [idOf(0)] });
		const watches = Array.from({ length: 50 }, () => watch(runId));
		expect(await Promise.all(watches.map(({ opened }) => opened))).not.toContain(false);
		const path = `/api/runs/${runId}/live`;
		expect(await refusalOf(path, asAdmin)).toEqual({ status: 503, code: "too_many_watchers" });
		watches[0]?.socket.close();
		await watches[0]?.closed;
		await expect.poll(() => watch(runId).opened).toBe(true);
		expect((await deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" })).status).toBe(
			200,
		);
		deployment.twitch.respondWith(idOf(0), null);
		const summary = await deployment.sealed(runId);
		await Promise.all(watches.slice(1).map(({ ended }) => ended()));
		for (const { page } of watches.slice(1)) expect(page.sealed).toEqual(summary);
	});

	it("that is sealed says so at once, also when its object has forgotten it", async () => {
		const runId = await start({ taskIds: [idOf(5), idOf(6)] });
		const summary = await deployment.sealed(runId);
		const { page, closed } = watch(runId);
		expect(await closed).toBe(1000);
		expect(page.messages.map(({ type }) => type)).toEqual(["snapshot", "sealed"]);
		expect(page.states).toEqual(["succeeded", "succeeded"]);
		expect(page.sealed).toEqual(summary);
	});
});

describe("who may watch", () => {
	const nowhere = "/api/runs/collect-clips-20200101T0000Z/live";

	it("is who may read, by token or by cookie from our page", async () => {
		const runId = await start({ taskIds: [idOf(7)] });
		await deployment.sealed(runId);
		const cookie = await cookieOf(viewerToken);
		for (const headers of [
			asAdmin,
			{ authorization: `Bearer ${viewerToken}` },
			{ cookie, origin },
		]) {
			expect(await watch(runId, headers).opened).toBe(true);
		}
	});

	it("is told nothing more when their session has expired, not even how the run ended", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true });
		const runId = await start({ taskIds: [idOf(0), idOf(1)] });
		const bothRun = ["running", "running"];
		const staying = watch(runId);
		await expect.poll(() => staying.page.states).toEqual(bothRun);
		// Sessions expire on the second. This one has begun to watch by then.
		const expiresAtMs = (Math.floor(Date.now() / 1_000) + 4) * 1_000;
		const session = { sessionId: crypto.randomUUID(), role: "viewer", expiresAtMs } as const;
		const credentials = { adminToken, viewerToken, access: undefined };
		const cookie = `__Host-daicho=${await signSession(session, credentials)}`;
		const expiring = watch(runId, { cookie, origin });
		await expect.poll(() => expiring.page.states).toEqual(bothRun);
		await expect.poll(() => Date.now()).toBeGreaterThanOrEqual(expiresAtMs);
		const { length } = expiring.page.messages;
		deployment.twitch.respondWith(idOf(0), null);
		await staying.ended();
		await expiring.ended();
		expect(staying.page.sealed?.verdict).toBe("partial");
		expect(expiring.page.messages).toHaveLength(length);
		expect(await expiring.closed).toBe(4000);
	});

	it("is nobody else, and no other page with somebody's cookie", async () => {
		const cookie = await cookieOf(viewerToken);
		expect(await refusalOf(nowhere, {})).toEqual({ status: 401, code: "unauthorized" });
		const wrong = { authorization: "Bearer wrong" };
		expect(await refusalOf(nowhere, wrong)).toEqual({ status: 401, code: "unauthorized" });
		for (const other of [
			{},
			{ origin: "https://evil.example" },
			{ origin, "sec-fetch-site": "cross-site" },
		]) {
			expect(await refusalOf(nowhere, { cookie, ...other } as Record<string, string>)).toEqual({
				status: 403,
				code: "cross_origin",
			});
		}
	});

	it("finds no run where there is none, and leaves nothing behind in its object", async () => {
		expect(await refusalOf(nowhere, asAdmin)).toEqual({ status: 404, code: "run_not_found" });
		const storage = await deployment.worker.getDurableObjectStorage("RUN_COORDINATOR", {
			name: "collect-clips-20200101T0000Z",
		});
		const tables = "SELECT name FROM sqlite_master WHERE substr(name, 1, 1) <> '_'";
		expect(await storage.exec(tables)).toEqual([]);
	});

	it("is told how, without a socket", async () => {
		const answer = await deployment.api(nowhere);
		expect(answer.status).toBe(426);
		expect(await answer.text()).toContain('"upgrade_required"');
	});
});
