import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";
import { callsOf } from "../support/api-calls.ts";
import { type Deployment, deploy } from "../support/deployment.ts";

/** The API of the built Worker, as a caller with curl meets it. */
let deployment: Deployment;
const { idOf, post, startRun, errorOf } = callsOf(() => deployment);
let sealed: Summary;

beforeAll(async () => {
	deployment = await deploy({ streamers: 30 }, { REQUEST_TIMEOUT_SECONDS: "60" });
	deployment.twitch.respondWith(idOf(3), {
		status: 404,
		body: JSON.stringify({ error: "Not Found", status: 404, message: "no such broadcaster" }),
	});
	sealed = await deployment.sealed(await startRun({ job: "collect-clips" }));
});
afterAll(() => deployment.close());

describe("who gets in", () => {
	// Of the router itself, so that a route that is new is asked, too. A session is begun and ended by who has none.
	const router = readFileSync("src/http/router.ts", "utf8");
	const routes = [...router.matchAll(/\.(get|post|delete|all)\(\s*"(\/api[^"]*)"/g)]
		.map(([, verb = "", path = ""]) => [verb === "all" ? "PUT" : verb.toUpperCase(), path] as const)
		.filter(([method, path]) => path !== "/api/session" || method === "GET");
	it("nobody without the token, of all that the API has", async () => {
		expect(routes.length).toBeGreaterThan(30);
		for (const [method, route] of routes) {
			const path = route.replace(":runId", sealed.runId).replace(":taskId", idOf(3));
			for (const authorization of ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer  "]) {
				const answer = await deployment.api(path, { method, headers: { authorization } });
				expect(answer.headers.get("www-authenticate"), path).toBe('Bearer realm="daicho"');
				const refusal = { status: 401, code: "unauthorized" };
				expect(await errorOf(answer), `${method} ${path}`).toEqual(refusal);
			}
		}
	});

	it("nobody starts a run without the token", async () => {
		const answer = await post({ job: "collect-clips" }, { authorization: "Bearer wrong" });
		expect(await errorOf(answer)).toEqual({ status: 401, code: "unauthorized" });
	});

	it("everybody sees the health, and nothing more", async () => {
		const answer = await deployment.harness.fetch("/healthz");
		expect(answer.status).toBe(200);
		expect(await answer.json()).toEqual({ status: "ok" });
		const head = await deployment.harness.fetch("/healthz", { method: "HEAD" });
		expect(head.status).toBe(200);
		expect(await head.text()).toBe("");
	});
});

describe("the summary", () => {
	it("of a sealed run says what failed, grouped by cause", () => {
		expect(sealed).toMatchObject({ verdict: "partial", balanced: true, trigger: "manual" });
		expect(sealed.tasks).toMatchObject({ planned: 30, succeeded: 29, failed: 1 });
		expect(sealed.errors).toEqual([
			{
				fingerprint: "twitch-http-404",
				code: "twitch_not_found",
				message: expect.stringContaining("no such broadcaster"),
				count: 1,
				taskIds: [idOf(3)],
			},
		]);
	});

	it("has the names and the shape of the design", () => {
		expect(Object.keys(sealed)).toEqual([
			"runId",
			"job",
			"trigger",
			"slot",
			"rerunOf",
			"reruns",
			"state",
			"verdict",
			"startedAt",
			"sealedAt",
			"durationMs",
			"tasks",
			"balanced",
			"yield",
			"attempts",
			"meters",
			"errors",
			"version",
		]);
		expect(Object.keys(sealed.yield)).toEqual([
			"clipsSeen",
			"clipsNew",
			"clipsChanged",
			"clipsUnchanged",
			"clipsRejected",
			"streamersWithClips",
		]);
		expect(Object.keys(sealed.meters)).toEqual([
			"messages",
			"messagesUnconfirmed",
			"queueOperations",
			"twitchRequests",
			"twitchThrottledMs",
			"gateRequests",
			"d1Queries",
			"d1RowsRead",
			"d1RowsWritten",
			"ledgerRowsRead",
			"ledgerRowsWritten",
			"coordinatorRequests",
			"alarms",
		]);
	});

	it("is 304 when the caller has it already", async () => {
		const first = await deployment.api(`/api/runs/${sealed.runId}`);
		const etag = first.headers.get("etag") ?? "";
		expect(await first.json()).toEqual(sealed);
		for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
			const again = await deployment.api(`/api/runs/${sealed.runId}`, {
				headers: { "if-none-match": known },
			});
			expect(again.status).toBe(304);
			expect(await again.text()).toBe("");
		}
		const other = await deployment.api(`/api/runs/${sealed.runId}`, {
			headers: { "if-none-match": '"other"' },
		});
		expect(other.status).toBe(200);
	});

	it("of an open run is a 304 as long as nothing has moved", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const runId = await startRun({ job: "collect-clips", taskIds: [idOf(0)] });
		await expect
			.poll(async () => {
				const one = await deployment.api(`/api/runs/${runId}`);
				const etag = one.headers.get("etag") ?? "";
				await one.text();
				await new Promise((resolve) => setTimeout(resolve, 20));
				const headers = { "if-none-match": etag };
				return (await deployment.api(`/api/runs/${runId}`, { headers })).status;
			})
			.toBe(304);
		expect((await deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" })).status).toBe(
			200,
		);
		deployment.twitch.respondWith(idOf(0), null);
		await deployment.sealed(runId);
	});

	it("of the newest sealed run is the latest, of a job or of any", async () => {
		for (const path of ["/api/runs/latest", "/api/runs/latest?job=collect-clips"]) {
			expect(((await (await deployment.api(path)).json()) as Summary).verdict).toBeTruthy();
		}
		expect(await errorOf(await deployment.api("/api/runs/latest?job=other"))).toEqual({
			status: 404,
			code: "run_not_found",
		});
	});
});

describe("tasks", () => {
	it("of a sealed run come page by page, each once", async () => {
		const seen: TaskView[] = [];
		let cursor: string | null = "";
		for (let pages = 0; cursor !== null; pages += 1) {
			expect(pages).toBeLessThan(6);
			const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
			const answer = await deployment.api(`/api/runs/${sealed.runId}/tasks?limit=7${query}`);
			const page = (await answer.json()) as { tasks: TaskView[]; cursor: string | null };
			seen.push(...page.tasks);
			cursor = page.cursor;
		}
		expect(seen.map((task) => task.taskId).sort()).toEqual(
			deployment.twitch.streamers.map(({ id }) => id).sort(),
		);
		const sum = seen.reduce((total, task) => total + (task.yield["clipsNew"] ?? 0), 0);
		expect(sum).toBe(sealed.yield["clipsNew"]);
	});

	it("can be asked for by state, and one by one with their attempts", async () => {
		const answer = await deployment.api(`/api/runs/${sealed.runId}/tasks?state=failed`);
		const { tasks } = (await answer.json()) as { tasks: TaskView[] };
		expect(tasks.map((task) => task.taskId)).toEqual([idOf(3)]);
		const one = await deployment.api(`/api/runs/${sealed.runId}/tasks/${idOf(3)}`);
		expect(await one.json()).toMatchObject({
			taskId: idOf(3),
			state: "failed",
			error: { code: "twitch_not_found", httpStatus: 404 },
			attempts: [{ attempt: 1, outcome: "permanent", durationMs: expect.any(Number) }],
		});
	});

	it("that are not there are a 404 that says so", async () => {
		const ask = async (path: string) => errorOf(await deployment.api(path));
		expect(await ask(`/api/runs/${sealed.runId}/tasks/999`)).toEqual({
			status: 404,
			code: "task_not_found",
		});
		for (const path of ["", "/tasks", "/tasks/1"]) {
			expect(await ask(`/api/runs/collect-clips-20200101T0000Z${path}`)).toEqual({
				status: 404,
				code: "run_not_found",
			});
			expect(await ask(`/api/runs/..%2f..%2fetc${path}`)).toMatchObject({ status: 404 });
		}
	});
});

describe("the list of runs", () => {
	it("is newest first, page by page, each run once", async () => {
		const body = { job: "collect-clips", taskIds: [idOf(0)] };
		const ids = await Promise.all(Array.from({ length: 7 }, () => startRun(body)));
		for (const id of ids) await deployment.sealed(id);
		const seen: Summary[] = [];
		let cursor: string | null = "";
		for (let pages = 0; cursor !== null; pages += 1) {
			expect(pages).toBeLessThan(20);
			const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
			const answer = await deployment.api(`/api/runs?limit=3${query}`);
			expect(answer.status).toBe(200);
			const page = (await answer.json()) as { runs: Summary[]; cursor: string | null };
			seen.push(...page.runs);
			cursor = page.cursor;
		}
		const [count] = await deployment.rows<{ runs: number }>("SELECT count(*) AS runs FROM runs");
		expect(new Set(seen.map((run) => run.runId)).size).toBe(count?.runs);
		const starts = seen.map((run) => run.startedAt);
		expect(starts).toEqual([...starts].sort().reverse());
	});

	it("can be narrowed by job, state and verdict", async () => {
		const list = async (query: string) =>
			((await (await deployment.api(`/api/runs?${query}`)).json()) as { runs: Summary[] }).runs;
		expect((await list("verdict=partial")).every((run) => run.verdict === "partial")).toBe(true);
		expect((await list("verdict=partial")).length).toBeGreaterThan(0);
		expect(await list("job=other")).toEqual([]);
		expect(await list("state=running")).toEqual([]);
	});

	it("shows a run that is still open as it stands", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const runId = await startRun({ job: "collect-clips" });
		// Its row is written by the alarm that plans it.
		const newest = async () => {
			const answer = await deployment.api("/api/runs?limit=1");
			return ((await answer.json()) as { runs: Summary[] }).runs[0];
		};
		await expect.poll(newest).toMatchObject({ runId, verdict: null, sealedAt: null });
		deployment.twitch.respondWith(idOf(0), null);
		expect((await deployment.sealed(runId)).tasks.planned).toBe(30);
	});

	it.each([
		["limit=0", "invalid_limit"],
		["limit=101", "invalid_limit"],
		["limit=ten", "invalid_limit"],
		["limit=1e1", "invalid_limit"],
		["state=done", "invalid_state"],
		["verdict=ok", "invalid_verdict"],
		["cursor=somewhere", "invalid_cursor"],
		["cursor=9_x", "invalid_cursor"],
		["job=No%20Job", "invalid_job"],
	])("asked for with %s is refused", async (query, code) => {
		expect(await errorOf(await deployment.api(`/api/runs?${query}`))).toEqual({
			status: 400,
			code,
		});
	});
});

describe("addresses and methods", () => {
	it.each([
		["DELETE", "/api/runs", 405],
		["PUT", "/api/runs/latest", 405],
		["PATCH", "/api/runs/collect-clips-20261123T1700Z", 405],
		["POST", "/api/runs/collect-clips-20261123T1700Z/tasks", 405],
		["POST", "/healthz", 405],
		["GET", "/api", 404],
		["GET", "/api/nothing", 404],
		["GET", "/api/runs/collect-clips-20261123T1700Z/nothing", 404],
	])("%s %s is a %i", async (method, path, status) => {
		const answer = await deployment.api(path, { method });
		expect(answer.headers.get("allow") === null).toBe(status === 404);
		expect(await errorOf(answer)).toMatchObject({ status });
	});
});

describe("the ledger page", () => {
	it.each(["/", "/runs/collect-clips-20261123T1700Z", "/matrix", "/sign-in", "/no/such/page"])(
		"is what %s answers, to anybody, and shows nothing by itself",
		async (path) => {
			const answer = await deployment.harness.fetch(path);
			expect(answer.status).toBe(200);
			expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
			const policy = answer.headers.get("content-security-policy");
			expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
			expect(policy).toContain("frame-ancestors 'none'");
			expect(policy).not.toContain("unsafe");
			const html = await answer.text();
			expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)|\son\w+=/);
			expect(html).toMatch(/<script type="module"[^>]* src="\/assets\/[\w.-]+\.js"/);
		},
	);
});
