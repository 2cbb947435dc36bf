import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";
import { callsOf } from "../support/api-calls.ts";
import { type Deployment, deploy } from "../support/deployment.ts";

/** `POST /api/runs` of the built Worker. */
let deployment: Deployment;
const { idOf, post, startRun, errorOf } = callsOf(() => deployment);

beforeAll(async () => {
	deployment = await deploy({ streamers: 30 }, { REQUEST_TIMEOUT_SECONDS: "2" });
});
afterAll(() => deployment.close());

describe("starting a run by hand", () => {
	it("with the same Idempotency-Key is one run; with another body it is refused", async () => {
		const key = { "idempotency-key": crypto.randomUUID() };
		const body = { job: "collect-clips", taskIds: [idOf(0), idOf(1)] };
		const ids = await Promise.all([startRun(body, key), startRun(body, key), startRun(body, key)]);
		expect(new Set(ids).size).toBe(1);
		const reordered = { taskIds: [idOf(1), idOf(0), idOf(1)], job: "collect-clips" };
		expect(await startRun(reordered, key)).toBe(ids[0]);
		expect(await errorOf(await post({ job: "collect-clips" }, key))).toEqual({
			status: 409,
			code: "idempotency_key_reused",
		});
		const summary = await deployment.sealed(ids[0] ?? "");
		expect(summary.tasks).toMatchObject({ planned: 2, succeeded: 2 });
	});

	it("with the same key is the same run, also when a streamer is gone since", async () => {
		const key = { "idempotency-key": crypto.randomUUID() };
		const body = { job: "collect-clips", taskIds: [idOf(9)] };
		const runId = await startRun(body, key);
		await deployment.sealed(runId);
		await deployment.rows("UPDATE streamers SET enabled = 0 WHERE broadcaster_id = ?1", idOf(9));
		expect(await startRun(body, key)).toBe(runId);
		expect(await errorOf(await post(body))).toEqual({ status: 400, code: "unknown_task_ids" });
		await deployment.rows("UPDATE streamers SET enabled = 1 WHERE broadcaster_id = ?1", idOf(9));
	});

	it("several times at once without a key is as many runs", async () => {
		const body = { job: "collect-clips", taskIds: [idOf(5)] };
		const ids = await Promise.all(Array.from({ length: 5 }, () => startRun(body)));
		expect(new Set(ids).size).toBe(5);
		for (const id of ids) expect(await deployment.sealed(id)).toMatchObject({ balanced: true });
		// Five runs at once over the same clips: each clip is new in one of them at most.
		const [row] = await deployment.rows<{ clips: number }>("SELECT count(*) AS clips FROM clips");
		const runs = await deployment.rows<{ summary: string }>("SELECT summary FROM runs");
		const clipsNew = runs
			.map((run) => (JSON.parse(run.summary) as Summary).yield["clipsNew"] ?? 0)
			.reduce((total, count) => total + count, 0);
		expect(clipsNew).toBe(row?.clips);
	});

	it("for a window of its own looks at that window", async () => {
		const to = new Date(Math.floor(Date.now() / 600_000) * 600_000 - 86_400_000);
		const from = new Date(to.getTime() - 2 * 3_600_000);
		const window = { from: from.toISOString(), to: to.toISOString() };
		const summary = await deployment.sealed(await startRun({ job: "collect-clips", window }));
		const truth = deployment.twitch.streamers.flatMap(({ id }) =>
			deployment.twitch.truth(id, from.getTime(), to.getTime()),
		);
		expect(summary.yield["clipsSeen"]).toBe(truth.length);
	});

	it.each([
		["no JSON", "{", 400, "invalid_json"],
		["a list", "[]", 400, "invalid_body"],
		["nothing", "", 400, "invalid_json"],
		["no job", "{}", 400, "unknown_job"],
		["an unknown job", '{"job":"collect-cats"}', 400, "unknown_job"],
		["an unknown field", '{"job":"collect-clips","force":true}', 400, "unknown_field"],
		[
			"an unknown streamer",
			'{"job":"collect-clips","taskIds":["nobody"]}',
			400,
			"unknown_task_ids",
		],
		["no streamers", '{"job":"collect-clips","taskIds":[]}', 400, "invalid_task_ids"],
		[
			"half a window",
			'{"job":"collect-clips","window":{"from":"2026-11-23T17:00:00Z"}}',
			400,
			"invalid_window",
		],
		[
			"a window that ends before it begins",
			'{"job":"collect-clips","window":{"from":"2026-11-23T17:00:00Z","to":"2026-11-22T17:00:00Z"}}',
			400,
			"invalid_window",
		],
		[
			"a day that does not exist",
			'{"job":"collect-clips","window":{"from":"2026-02-30T17:00:00Z","to":"2026-03-05T17:00:00Z"}}',
			400,
			"invalid_window",
		],
		["more than 256 KB", JSON.stringify({ job: "x".repeat(300_000) }), 413, "body_too_large"],
	])("with %s is refused", async (_, body, status, code) => {
		expect(await errorOf(await post(body))).toEqual({ status, code });
	});

	it("with a body that is no JSON by its type, or no text, is refused", async () => {
		const plain = await post("{}", { "content-type": "text/plain" });
		expect(await errorOf(plain)).toEqual({ status: 415, code: "unsupported_media_type" });
		const latin1 = await deployment.api("/api/runs", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: new Uint8Array([0x7b, 0xff, 0x7d]),
		});
		expect(await errorOf(latin1)).toEqual({ status: 400, code: "invalid_encoding" });
	});
});
