import type { RunId, TaskId } from "../domain/ids.ts";
import type { TaskState } from "../domain/task.ts";
import { bulkParameters } from "./bulk.ts";
import type { Database, Statement } from "./database.ts";
import type { TaskView } from "./task-view.ts";

/** The tasks of sealed runs in D1: written with the seal, kept for TASK_RETENTION_DAYS. */
const tasksForgottenAtOnce = 5_000;
const forgettingStepsMax = 4;

/** Statements that write `tasks`; repeated, they change nothing. */
export function writeTasksStatements(
	database: Database,
	runId: RunId,
	tasks: readonly TaskView[],
): Statement[] {
	const statement = database.prepare(`
		INSERT INTO run_tasks (run_id, task_id, state, recovered, closed_at, yield, meters, error, warnings, attempts)
		SELECT ?1, value ->> 'taskId', value ->> 'state', value ->> 'recovered', value ->> 'closedAt',
			value ->> 'yield', value ->> 'meters', value ->> 'error', value ->> 'warnings', value ->> 'attempts'
		FROM json_each(?2) WHERE true
		ON CONFLICT (run_id, task_id) DO NOTHING`);
	return bulkParameters(tasks).map((parameter) => statement.bind(runId, parameter));
}

export interface TaskRow {
	task_id: string;
	state: string;
	recovered: number;
	closed_at: string | null;
	yield: string;
	meters: string;
	error: string | null;
	warnings: string;
	attempts: string;
}

/** @returns up to `limit` tasks in the order of ids, after `after` */
export async function listRunTasks(
	database: Database,
	page: { runId: RunId; after: TaskId | null; limit: number; state: TaskState | null },
): Promise<TaskView[]> {
	const { results } = await database
		.prepare(
			`SELECT * FROM run_tasks
			WHERE run_id = ?1 AND task_id > ?2 AND (?3 IS NULL OR state = ?3)
			ORDER BY task_id LIMIT ?4`,
		)
		.bind(page.runId, page.after ?? "", page.state, page.limit)
		.all<TaskRow>();
	return results.map(readTaskRow);
}

/**
 * @param states only those in them; null for any
 * @param fingerprint only those that ended with this cause; null for any
 * @returns the ids of a sealed run's tasks, in their order
 */
export async function listRunTaskIds(
	database: Database,
	runId: RunId,
	states: readonly TaskState[] | null,
	fingerprint: string | null = null,
): Promise<TaskId[]> {
	const { results } = await database
		.prepare(
			`SELECT task_id FROM run_tasks
			WHERE run_id = ?1 AND (?2 IS NULL OR state IN (SELECT value FROM json_each(?2)))
				AND (?3 IS NULL OR error ->> 'fingerprint' = ?3)
			ORDER BY task_id`,
		)
		.bind(runId, states === null ? null : JSON.stringify(states), fingerprint)
		.all<{ task_id: TaskId }>();
	return results.map((row) => row.task_id);
}

/** @returns how many tasks of a sealed run are still kept: all that it planned, until they are forgotten */
export async function countRunTasks(database: Database, runId: RunId): Promise<number> {
	const { results } = await database
		.prepare("SELECT count(*) AS kept FROM run_tasks WHERE run_id = ?1")
		.bind(runId)
		.all<{ kept: number }>();
	return results[0]?.kept ?? 0;
}

/** @returns every task of a sealed run with its state, in the order of ids */
export async function listRunTaskStates(
	database: Database,
	runId: RunId,
): Promise<{ taskId: TaskId; state: TaskState }[]> {
	const { results } = await database
		.prepare("SELECT task_id, state FROM run_tasks WHERE run_id = ?1 ORDER BY task_id")
		.bind(runId)
		.all<{ task_id: TaskId; state: TaskState }>();
	return results.map(({ task_id: taskId, state }) => ({ taskId, state }));
}

export async function findRunTask(
	database: Database,
	runId: RunId,
	taskId: TaskId,
): Promise<TaskView | undefined> {
	const { results } = await database
		.prepare("SELECT * FROM run_tasks WHERE run_id = ?1 AND task_id = ?2")
		.bind(runId, taskId)
		.all<TaskRow>();
	return results[0] === undefined ? undefined : readTaskRow(results[0]);
}

/**
 * Deletes tasks of the runs that were sealed before `sealedBeforeMs`, the oldest first. Called with every seal, and each
 * time at most four steps, so that a run an hour of up to 20,000 tasks keeps up, and runs that have piled up, because
 * they are to be kept for less time than before, become fewer.
 */
export async function forgetOldTasks(
	database: Database,
	sealedBeforeMs: number,
	nowMs: number,
): Promise<void> {
	for (let steps = 0; steps < forgettingStepsMax; steps += 1) {
		if (!(await forgetOldestTasks(database, sealedBeforeMs, nowMs))) return;
	}
}

/**
 * Of one run, and at most 5,000 tasks: a statement of D1 has 30 seconds.
 * @returns whether there were any, or a run without any
 */
async function forgetOldestTasks(
	database: Database,
	sealedBeforeMs: number,
	nowMs: number,
): Promise<boolean> {
	const oldest = `
		SELECT run_id FROM runs
		WHERE sealed_at_ms IS NOT NULL AND tasks_forgotten_at_ms IS NULL AND sealed_at_ms < ?1
		ORDER BY sealed_at_ms LIMIT 1`;
	const results = await database.batch([
		database
			.prepare(
				`DELETE FROM run_tasks WHERE run_id = (${oldest}) AND task_id IN (
					SELECT task_id FROM run_tasks WHERE run_id = (${oldest}) LIMIT ${tasksForgottenAtOnce}
				)`,
			)
			.bind(sealedBeforeMs),
		database
			.prepare(
				`UPDATE runs SET tasks_forgotten_at_ms = ?2 WHERE run_id = (${oldest})
				AND NOT EXISTS (SELECT 1 FROM run_tasks WHERE run_tasks.run_id = runs.run_id)`,
			)
			.bind(sealedBeforeMs, nowMs),
	]);
	return results.some(({ meta }) => (meta.rows_written ?? 0) > 0);
}

function readTaskRow(row: TaskRow): TaskView {
	return {
		taskId: row.task_id as TaskId,
		state: row.state as TaskState,
		recovered: row.recovered === 1,
		closedAt: row.closed_at,
		yield: JSON.parse(row.yield),
		meters: JSON.parse(row.meters),
		error: row.error === null ? null : JSON.parse(row.error),
		warnings: JSON.parse(row.warnings),
		attempts: JSON.parse(row.attempts),
	};
}
