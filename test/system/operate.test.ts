import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";
import { type Deployment, deploy } from "../support/deployment.ts";

/** An operator with curl sets right what went wrong: rerun and cancel on the built Worker. */
let deployment: Deployment;
let bad: Summary;

beforeAll(async () => {
	deployment = await deploy(
		{ streamers: 40 },
		{ MAX_ATTEMPTS: "1", REQUEST_TIMEOUT_SECONDS: "60" },
	);
	for (const index of [2, 3, 4]) {
		deployment.twitch.respondWith(idOf(index), { status: 500, body: "", times: 1 });
	}
	deployment.twitch.respondWith(idOf(7), { status: 404, body: "{}" });
	bad = await deployment.sealed(await runIdOf(await post("/api/runs", { job: "collect-clips" })));
});
afterAll(() => deployment.close());

function idOf(index: number): string {
	const streamer = deployment.twitch.streamers[index];
	if (streamer === undefined) throw new Error("no such streamer");
	return streamer.id;
}

function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
	return deployment.api(path, {
		method: "POST",
		headers: { "content-type": "application/json", ...headers },
		body: body === undefined ? null : JSON.stringify(body),
	});
}

async function runIdOf(answer: Response): Promise<string> {
	expect(answer.status).toBe(202);
	return ((await answer.json()) as { runId: string }).runId;
}

async function errorOf(answer: Response) {
	const { error } = (await answer.json()) as { error: { code: string; message: string } };
	expect(error.message.length).toBeGreaterThan(10);
	return { status: answer.status, code: error.code };
}

describe("a rerun", () => {
	const rerun = (body: unknown, headers?: Record<string, string>, runId: string = bad.runId) =>
		post(`/api/runs/${runId}/rerun`, body, headers);

	it("of what failed says first what it would do, and does nothing", async () => {
		expect(bad.tasks).toMatchObject({ planned: 40, succeeded: 36, failed: 4 });
		const answer = await rerun({ scope: "failed", dryRun: true });
		expect(answer.status).toBe(200);
		expect(await answer.json()).toMatchObject({
			dryRun: true,
			rerunOf: bad.runId,
			scope: "failed",
			window: { from: expect.any(String), to: expect.any(String) },
			tasks: 4,
			aboutMs: expect.any(Number),
			aboutMeters: { twitchRequests: 4 },
			basedOnRuns: 1,
		});
		const [runs] = await deployment.rows("SELECT count(*) AS runs FROM runs");
		expect(runs).toEqual({ runs: 1 });
	});

	it("of what failed is a new linked run with the window of the old one; both stay true", async () => {
		const key = { "idempotency-key": crypto.randomUUID() };
		const ids = await Promise.all(
			[1, 2, 3].map(async () => runIdOf(await rerun({ scope: "failed" }, key))),
		);
		expect(new Set(ids)).toEqual(new Set([`${bad.runId}-r1`]));
		const again = await deployment.sealed(`${bad.runId}-r1`);
		expect(again).toMatchObject({
			trigger: "rerun",
			rerunOf: bad.runId,
			slot: null,
			verdict: "partial",
			tasks: { planned: 4, succeeded: 3, failed: 1 },
		});
		const windows = await deployment.rows(
			"SELECT DISTINCT window_from_ms, window_to_ms FROM runs WHERE run_id LIKE ?1",
			`${bad.runId}%`,
		);
		expect(windows).toHaveLength(1);
		const old = await (await deployment.api(`/api/runs/${bad.runId}`)).json();
		expect(old).toEqual({ ...bad, reruns: [`${bad.runId}-r1`] });
	});

	it("of a rerun counts on the root", async () => {
		const runId = await runIdOf(await rerun({ scope: "failed" }, {}, `${bad.runId}-r1`));
		expect(runId).toBe(`${bad.runId}-r2`);
		const second = await deployment.sealed(runId);
		expect(second).toMatchObject({ rerunOf: `${bad.runId}-r1`, tasks: { planned: 1, failed: 1 } });
	});

	it("of named tasks, and of all", async () => {
		const taskIds = [idOf(9), idOf(8), idOf(9)];
		const named = await runIdOf(await rerun({ scope: "selection", taskIds }));
		expect((await deployment.sealed(named)).tasks.planned).toBe(2);
		const all = await runIdOf(await rerun({ scope: "all" }));
		const summary = await deployment.sealed(all);
		expect(summary.tasks).toMatchObject({ planned: 40, succeeded: 39, failed: 1 });
		const { reruns } = (await (await deployment.api(`/api/runs/${bad.runId}`)).json()) as Summary;
		expect(reruns).toEqual([`${bad.runId}-r1`, named, all]);
	});

	it("of one cause is of all that ended with it, and of nothing else", async () => {
		const [most, other] = bad.errors;
		expect([most?.count, other?.count]).toEqual([3, 1]);
		for (const { fingerprint, count, taskIds } of bad.errors) {
			const body = { scope: "cause", fingerprint };
			const plan = await (await rerun({ ...body, dryRun: true })).json();
			expect(plan).toMatchObject({ scope: "cause", tasks: count });
			const runId = await runIdOf(await rerun(body));
			expect((await deployment.sealed(runId)).tasks.planned).toBe(count);
			const planned = await deployment.rows(
				"SELECT task_id AS taskId FROM run_tasks WHERE run_id = ?1 ORDER BY task_id",
				runId,
			);
			expect(planned).toEqual(taskIds.map((taskId) => ({ taskId })));
		}
		const { entries } = (await (await deployment.api("/api/audit?limit=1")).json()) as {
			entries: { detail: unknown }[];
		};
		expect(entries[0]?.detail).toEqual({ scope: "cause", fingerprint: other?.fingerprint });
		const key = { "idempotency-key": crypto.randomUUID() };
		const first = { scope: "cause", fingerprint: most?.fingerprint };
		await deployment.sealed(await runIdOf(await rerun(first, key)));
		expect(await errorOf(await rerun({ ...first, fingerprint: "another" }, key))).toEqual({
			status: 409,
			code: "idempotency_key_reused",
		});
		expect(await errorOf(await rerun({ scope: "cause", fingerprint: "nobody-s" }))).toEqual({
			status: 409,
			code: "nothing_to_rerun",
		});
	});

	it("of a run whose tasks are no longer all kept is refused, whatever is asked for", async () => {
		const taskIds = [idOf(0), idOf(1), idOf(7)];
		const old = await runIdOf(await post("/api/runs", { job: "collect-clips", taskIds }));
		await deployment.sealed(old);
		await deployment.rows(
			"DELETE FROM run_tasks WHERE run_id = ?1 AND task_id = ?2",
			...[old, idOf(0)],
		);
		for (const body of [
			{ scope: "failed" },
			{ scope: "all" },
			{ scope: "cause", fingerprint: "twitch-http-404" },
			{ scope: "selection", taskIds: [idOf(7)] },
		]) {
			expect(await errorOf(await rerun(body, {}, old))).toEqual({
				status: 409,
				code: "tasks_forgotten",
			});
		}
	});

	it("of streamers who are no longer collected is of the others, says so first, and is refused when none is left", async () => {
		const enable = (enabled: number, ...ids: string[]) =>
			deployment.rows(
				"UPDATE streamers SET enabled = ?1 WHERE broadcaster_id IN (SELECT value FROM json_each(?2))",
				...[enabled, JSON.stringify(ids)],
			);
		const gone = [idOf(2), idOf(3), idOf(7)];
		await enable(0, ...gone);
		try {
			const plan = await (await rerun({ scope: "failed", dryRun: true })).json();
			expect(plan).toMatchObject({ tasks: 1 });
			const runId = await runIdOf(await rerun({ scope: "failed" }));
			expect((await deployment.sealed(runId)).tasks.planned).toBe(1);
			for (const dryRun of [true, false]) {
				const none = { scope: "selection", taskIds: gone, dryRun };
				expect(await errorOf(await rerun(none))).toEqual({ status: 409, code: "nothing_to_rerun" });
			}
		} finally {
			await enable(1, ...gone);
		}
	});

	it("several at once without a key are several runs", async () => {
		const ids = await Promise.all(
			[1, 2, 3, 4].map(async () =>
				runIdOf(await rerun({ scope: "selection", taskIds: [idOf(1)] })),
			),
		);
		expect(new Set(ids).size).toBe(4);
		for (const id of ids) await deployment.sealed(id);
	});

	it("of a run in which nothing failed is refused", async () => {
		const good = await runIdOf(
			await post("/api/runs", { job: "collect-clips", taskIds: [idOf(0)] }),
		);
		await deployment.sealed(good);
		expect(await errorOf(await rerun({ scope: "failed" }, {}, good))).toEqual({
			status: 409,
			code: "nothing_to_rerun",
		});
	});

	it("with the key of another request is refused", async () => {
		const key = { "idempotency-key": crypto.randomUUID() };
		await deployment.sealed(
			await runIdOf(await rerun({ scope: "selection", taskIds: [idOf(1)] }, key)),
		);
		expect(await errorOf(await rerun({ scope: "all" }, key))).toEqual({
			status: 409,
			code: "idempotency_key_reused",
		});
	});

	it.each([
		["no scope", {}, 400, "invalid_scope"],
		["an unknown scope", { scope: "some" }, 400, "invalid_scope"],
		["a selection of nothing", { scope: "selection" }, 400, "invalid_task_ids"],
		["tasks beside another scope", { scope: "all", taskIds: ["1"] }, 400, "invalid_task_ids"],
		["tasks that the run has not", { scope: "selection", taskIds: ["1"] }, 400, "unknown_task_ids"],
		["a cause that is not named", { scope: "cause" }, 400, "invalid_fingerprint"],
		["a cause of two lines", { scope: "cause", fingerprint: "a\nb" }, 400, "invalid_fingerprint"],
		[
			"a cause beside another scope",
			{ scope: "all", fingerprint: "a" },
			400,
			"invalid_fingerprint",
		],
		["an unknown field", { scope: "all", force: true }, 400, "unknown_field"],
		["a dry run that is neither", { scope: "all", dryRun: "yes" }, 400, "invalid_dry_run"],
	])("with %s is refused", async (_, body, status, code) => {
		expect(await errorOf(await rerun(body))).toEqual({ status, code });
	});

	it("of a run that is not there, or still open, is refused", async () => {
		const nowhere = "collect-clips-20200101T0000Z";
		expect(await errorOf(await rerun({ scope: "all" }, {}, nowhere))).toEqual({
			status: 404,
			code: "run_not_found",
		});
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const open = await runIdOf(
			await post("/api/runs", { job: "collect-clips", taskIds: [idOf(0)] }),
		);
		expect(await errorOf(await rerun({ scope: "all" }, {}, open))).toEqual({
			status: 409,
			code: "run_open",
		});
		expect((await post(`/api/runs/${open}/cancel`)).status).toBe(200);
		deployment.twitch.respondWith(idOf(0), null);
		await deployment.sealed(open);
	});
});

describe("what a run would take", () => {
	it("of all streamers is what whole runs took, whatever was run again since", async () => {
		const small = { scope: "selection", taskIds: [idOf(1)] };
		const path = `/api/runs/${bad.runId}/rerun`;
		for (let times = 0; times < 5; times += 1) {
			await deployment.sealed(await runIdOf(await post(path, small)));
		}
		const { runs } = (await (await deployment.api("/api/runs?limit=100")).json()) as {
			runs: Summary[];
		};
		const durations = runs
			.filter(({ verdict, tasks }) => verdict !== "cancelled" && tasks.planned === 40)
			.map(({ durationMs }) => durationMs);
		const whole = {
			dryRun: true,
			tasks: 40,
			aboutMs: Math.ceil(durations.reduce((sum, ms) => sum + ms, 0) / durations.length),
			basedOnRuns: durations.length,
		};
		expect(await (await post(path, { scope: "all", dryRun: true })).json()).toMatchObject(whole);
		const start = { job: "collect-clips", dryRun: true };
		const started = await post("/api/runs", start);
		expect(started.status).toBe(200);
		expect(await started.json()).toMatchObject({ job: "collect-clips", ...whole });
		expect(await (await post(path, { ...small, dryRun: true })).json()).toMatchObject({
			tasks: 1,
			basedOnRuns: 5,
		});
		const unknown = await post("/api/runs", { ...start, taskIds: ["1"] });
		expect(await errorOf(unknown)).toEqual({ status: 400, code: "unknown_task_ids" });
		const after = await deployment.rows("SELECT count(*) AS runs FROM runs");
		expect(after).toEqual([{ runs: runs.length }]);
	});
});

describe("cancelling", () => {
	it("stops what has not started, says how many were past that point, and can be repeated", async () => {
		const ids = deployment.twitch.streamers.map(({ id }) => id);
		for (const id of ids) deployment.twitch.respondWith(id, { hang: true });
		const before = deployment.twitch.counts.clips;
		const runId = await runIdOf(await post("/api/runs", { job: "collect-clips" }));
		await expect.poll(() => deployment.twitch.counts.clips).toBeGreaterThan(before);
		const cancel = async () => (await post(`/api/runs/${runId}/cancel`)).json();
		const answer = (await cancel()) as { cancelled: number; running: number };
		// The tasks of one message are under way.
		expect(answer).toMatchObject({ runId, cancelled: 28, running: 12 });
		const again = (await cancel()) as { cancelled: number };
		expect(again.cancelled).toBe(answer.cancelled);
		for (const id of ids) deployment.twitch.respondWith(id, null);
		const summary = await deployment.sealed(runId);
		expect(summary).toMatchObject({ verdict: "cancelled", balanced: true });
		expect(summary.tasks.cancelled).toBeGreaterThanOrEqual(answer.cancelled);
		expect(summary.tasks.open).toBe(0);
	});

	it("what is over or was never there is refused", async () => {
		expect(await errorOf(await post(`/api/runs/${bad.runId}/cancel`))).toEqual({
			status: 409,
			code: "run_closed",
		});
		expect(await errorOf(await post("/api/runs/collect-clips-20200101T0000Z/cancel"))).toEqual({
			status: 404,
			code: "run_not_found",
		});
	});
});
