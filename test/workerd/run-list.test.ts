import { applyD1Migrations } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { toRunId } from "../../src/domain/ids.ts";
import { listRuns, type RunFilter, type RunPosition } from "../../src/ledger/run-list.ts";
import { env } from "./env.ts";

/** What D1 says that it read for a list: a year of runs must not make one dearer. */
const startMs = Date.parse("2026-11-01T00:00:00Z");
const runs = 600;
const all: RunFilter = { job: null, state: null, verdict: null };

beforeEach(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	await env.DB.prepare("DELETE FROM runs").run();
	await env.DB.prepare(
		`INSERT INTO runs (run_id, job, "trigger", state, started_at_ms, sealed_at_ms, verdict, summary)
		WITH RECURSIVE hours (hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM hours WHERE hour < ${runs - 1})
		SELECT 'collect-clips-' || strftime('%Y%m%dT%H00Z', ${startMs} / 1000 + hour * 3600, 'unixepoch'), 'collect-clips',
			'cron', iif(hour = 5, 'running', 'sealed'), ${startMs} + hour * 3600000, iif(hour = 5, NULL, 1),
			CASE WHEN hour = 5 THEN NULL WHEN hour % 300 = 7 THEN 'failed' ELSE 'succeeded' END, iif(hour = 5, NULL, '{}')
		FROM hours`,
	).run();
});

/** Asks as the API does, and adds up what D1 counts for it. */
async function read(filter: RunFilter, after: RunPosition | null, limit: number) {
	let rowsRead = 0;
	const database = {
		prepare: (query: string) => ({
			bind: (...values: unknown[]) => ({
				raw: async () => {
					const statement = env.DB.prepare(query).bind(...values);
					rowsRead += (await statement.all()).meta.rows_read;
					return statement.raw();
				},
			}),
		}),
	} as unknown as D1Database;
	return { found: await listRuns(database, filter, after, limit), rowsRead };
}

describe("a list of runs", () => {
	it("has the newest first, and each page goes on where the one before ended", async () => {
		const seen: string[] = [];
		let after: RunPosition | null = null;
		for (let pages = 0; pages < runs / 100; pages += 1) {
			const { found, rowsRead } = await read(all, after, 100);
			seen.push(...found.map(({ runId }) => runId));
			after = found.at(-1) ?? null;
			expect(found).toHaveLength(100);
			// A row and the look for its reruns.
			expect(rowsRead).toBeLessThanOrEqual(300);
		}
		expect(seen).toEqual([...new Set(seen)].sort().reverse());
		expect((await read(all, after, 100)).found).toEqual([]);
	});

	it("splits runs of one time by their ids", async () => {
		await env.DB.prepare("UPDATE runs SET started_at_ms = ?1").bind(startMs).run();
		const first = await read(all, null, 3);
		const second = await read(all, first.found.at(-1) ?? null, 3);
		const ids = [...first.found, ...second.found].map(({ runId }) => runId);
		expect(ids).toEqual([...new Set(ids)].sort().reverse());
		expect(ids).toHaveLength(6);
	});

	it.each([
		["verdict", { ...all, verdict: "failed" }, 2],
		["verdict that none has", { ...all, verdict: "timed_out" }, 0],
		["state", { ...all, state: "running" }, 1],
		["state that none is in", { ...all, state: "planning" }, 0],
		["job and verdict", { ...all, job: "collect-clips", verdict: "failed" }, 2],
	] as [string, RunFilter, number][])("by %s reads no other runs", async (_, filter, length) => {
		const { found, rowsRead } = await read(filter, null, 100);
		expect(found).toHaveLength(length);
		expect(rowsRead).toBeLessThanOrEqual(10);
		const after = { startedAtMs: startMs, runId: toRunId("collect-clips-20261101T0000Z") };
		expect((await read(filter, after, 100)).found).toEqual([]);
	});
});
