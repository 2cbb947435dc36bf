import type { TaskId } from "./ids.ts";

/** Tasks × runs: which fail now and then, which always. Pure. */
export interface MatrixRow {
	readonly taskId: TaskId;
	/**
	 * One letter a run, in the order of the runs: those of task-letters.ts, `S` for a success that took more than one
	 * attempt, `-` where the run had no such task.
	 */
	readonly cells: string;
	/** Runs in which it failed or was lost. */
	readonly failures: number;
	/** Times that it went from good to bad or back. */
	readonly flips: number;
}

export const noCell = "-";
const isGood = /[sS]/;
const isBad = /[fl]/;

/** Flaky ones first: who goes back and forth most often, then who fails most often, then who needs most attempts. */
export function orderByFlakiness(rows: readonly MatrixRow[]): MatrixRow[] {
	const retried = new Map(rows.map(({ taskId, cells }) => [taskId, countOf(cells, /S/)]));
	return rows.toSorted(
		(left, right) =>
			right.flips - left.flips ||
			right.failures - left.failures ||
			(retried.get(right.taskId) ?? 0) - (retried.get(left.taskId) ?? 0) ||
			(left.taskId < right.taskId ? -1 : 1),
	);
}

/** What was cancelled, or was not in a run, is neither good nor bad. */
export function readCells(taskId: TaskId, cells: string): MatrixRow {
	let flips = 0;
	let before: boolean | undefined;
	for (const cell of cells) {
		const good = isGood.test(cell) ? true : isBad.test(cell) ? false : undefined;
		if (good === undefined) continue;
		if (before !== undefined && before !== good) flips += 1;
		before = good;
	}
	return { taskId, cells, failures: countOf(cells, isBad), flips };
}

function countOf(cells: string, kind: RegExp): number {
	return [...cells].filter((cell) => kind.test(cell)).length;
}
