import type { JobName, RunId, TaskId } from "../domain/ids.ts";
import { type MatrixRow, noCell, readCells } from "../domain/matrix.ts";
import type { Verdict } from "../domain/run.ts";
import { type TaskState, taskStates } from "../domain/task.ts";
import { letterOfState } from "../domain/task-letters.ts";
import { matrixCellsMax } from "../limits.ts";
import type { Database } from "./database.ts";

/** The tasks of the newest sealed runs of a job, from `run_tasks`. */
export interface MatrixRun {
	readonly runId: RunId;
	readonly slotAtMs: number | null;
	readonly startedAtMs: number;
	readonly verdict: Verdict;
}

/**
 * Those that were sealed last and whose tasks are kept, oldest first: at most `limit`, and no more than have `matrixCellsMax`
 * tasks together. By the index that has no others: they may be few among the runs of years.
 */
export async function listMatrixRuns(
	database: Database,
	job: JobName,
	limit: number,
): Promise<MatrixRun[]> {
	const { results } = await database
		.prepare(
			`SELECT * FROM (
				SELECT run_id, slot_at_ms, started_at_ms, verdict, summary ->> '$.tasks.planned' AS tasks
				FROM runs INDEXED BY runs_with_tasks
				WHERE job = ?1 AND sealed_at_ms IS NOT NULL AND tasks_forgotten_at_ms IS NULL
				ORDER BY sealed_at_ms DESC, run_id DESC LIMIT ?2
			) ORDER BY started_at_ms DESC, run_id DESC`,
		)
		.bind(job, limit)
		.all<{
			run_id: RunId;
			slot_at_ms: number | null;
			started_at_ms: number;
			verdict: Verdict;
			tasks: number | null;
		}>();
	let cells = 0;
	const runs = results.filter((row, index) => {
		cells += row.tasks ?? 0;
		return index === 0 || cells <= matrixCellsMax;
	});
	return runs.toReversed().map((row) => ({
		runId: row.run_id,
		slotAtMs: row.slot_at_ms,
		startedAtMs: row.started_at_ms,
		verdict: row.verdict,
	}));
}

const cellOf = `CASE
	WHEN state = 'succeeded' AND json_array_length(attempts) > 1 THEN 'S'
	${taskStates.map((state: TaskState) => `WHEN state = '${state}' THEN '${letterOfState[state]}'`).join(" ")}
END`;

/** One row a task, its cells in the order of `runIds`. One query; D1 counts two rows read a cell, which is put in order, too. */
export async function readMatrixRows(
	database: Database,
	runIds: readonly RunId[],
): Promise<MatrixRow[]> {
	// CROSS: the runs are few and looked up by the key of run_tasks, never the other way round.
	const { results } = await database
		.prepare(
			`SELECT task_id, group_concat(picked.key || ${cellOf}, ' ') AS cells
			FROM json_each(?1) AS picked CROSS JOIN run_tasks ON run_tasks.run_id = picked.value
			GROUP BY task_id`,
		)
		.bind(JSON.stringify(runIds))
		.all<{ task_id: TaskId; cells: string }>();
	return results.map((row) => {
		const cells = Array<string>(runIds.length).fill(noCell);
		for (const cell of row.cells.split(" ")) cells[Number(cell.slice(0, -1))] = cell.slice(-1);
		return readCells(row.task_id, cells.join(""));
	});
}
