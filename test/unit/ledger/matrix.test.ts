import { describe, expect, it } from "vitest";
import { runIdForSlot, toJobName } from "../../../src/domain/ids.ts";
import { listMatrixRuns, readMatrixRows } from "../../../src/ledger/matrix.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** Reading tasks × runs out of D1. */
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
const firstMs = Date.parse("2026-11-20T00:00:00Z");

function insertRun(database: SqliteDatabase, hour: number, planned: number, forgotten = false) {
	const startedAtMs = firstMs + hour * hourMs;
	const runId = runIdForSlot(job, startedAtMs);
	database.rows(
		`INSERT INTO runs (run_id, job, "trigger", slot_at_ms, state, verdict, started_at_ms, sealed_at_ms, summary, tasks_forgotten_at_ms)
		VALUES (?, 'collect-clips', 'cron', ?, 'sealed', 'succeeded', ?, ?, ?, ?)`,
		...[runId, startedAtMs, startedAtMs, startedAtMs + 5_000],
		...[JSON.stringify({ tasks: { planned } }), forgotten ? 1 : null],
	);
	return runId;
}

function insertTask(
	database: SqliteDatabase,
	runId: string,
	taskId: string,
	state: string,
	attempts = 1,
) {
	database.rows(
		`INSERT INTO run_tasks (run_id, task_id, state, recovered, yield, meters, warnings, attempts)
		VALUES (?, ?, ?, 0, '{}', '{}', '[]', ?)`,
		...[runId, taskId, state, JSON.stringify(Array(attempts).fill({}))],
	);
}

describe("the matrix", () => {
	it("has the newest runs whose tasks are kept, oldest first", async () => {
		const database = SqliteDatabase.migrated();
		const runs = Array.from({ length: 60 }, (_, hour) => insertRun(database, hour, 200, hour < 5));
		const found = await listMatrixRuns(database, job, 48);
		expect(found.map(({ runId }) => runId)).toEqual(runs.slice(12));
		const all = await listMatrixRuns(database, job, 100);
		expect(all.map(({ runId }) => runId)).toEqual(runs.slice(5));
		expect(await listMatrixRuns(database, toJobName("other"), 48)).toEqual([]);
	});

	it("has fewer runs when they have many tasks, and always the newest", async () => {
		const database = SqliteDatabase.migrated();
		for (let hour = 0; hour < 20; hour += 1) insertRun(database, hour, 10_000);
		expect(await listMatrixRuns(database, job, 48)).toHaveLength(10);
		insertRun(database, 20, 500_000);
		expect(await listMatrixRuns(database, job, 48)).toHaveLength(1);
	});

	it("has a letter a run for each task, and none where it was not", async () => {
		const database = SqliteDatabase.migrated();
		const runs = Array.from({ length: 12 }, (_, hour) => insertRun(database, hour, 3));
		for (const [index, runId] of runs.entries()) {
			insertTask(database, runId, "good", "succeeded", index === 10 ? 2 : 1);
			insertTask(database, runId, "bad", index % 2 === 0 ? "failed" : "lost");
			if (index > 9) insertTask(database, runId, "new", index === 10 ? "cancelled" : "succeeded");
		}
		const rows = await readMatrixRows(database, runs);
		expect(Object.fromEntries(rows.map(({ taskId, cells }) => [taskId, cells]))).toEqual({
			bad: "flflflflflfl",
			good: "ssssssssssSs",
			new: "----------cs",
		});
		expect(await readMatrixRows(database, [])).toEqual([]);
	});

	it("reads no run whose tasks are gone, and there are years of them", async () => {
		const database = SqliteDatabase.migrated();
		await listMatrixRuns(database, job, 48);
		const plan = database.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${database.queries[0]}`);
		expect(plan.map(({ detail }) => detail)).toContain(
			"SEARCH runs USING INDEX runs_with_tasks (sealed_at_ms>?)",
		);
	});

	it("looks its runs up by their key", () => {
		const database = SqliteDatabase.migrated();
		const plan = database.rows<{ detail: string }>(
			`EXPLAIN QUERY PLAN SELECT task_id FROM json_each('[]') AS picked
			CROSS JOIN run_tasks ON run_tasks.run_id = picked.value GROUP BY task_id`,
		);
		expect(plan.map(({ detail }) => detail).join("\n")).toContain(
			"SEARCH run_tasks USING PRIMARY KEY (run_id=?)",
		);
	});
});
