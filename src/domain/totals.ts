import { openTaskStates, type TaskState, taskStates } from "./task.ts";

/**
 * Tasks by state, folded from the task rows and never counted up: what the rows say is what the summary says.
 */
export interface TaskTotals {
	/** As the plan said; the states must add up to it. */
	readonly planned: number;
	readonly succeeded: number;
	readonly failed: number;
	readonly lost: number;
	readonly cancelled: number;
	readonly open: number;
	/** Tasks that the sweep sent again and that were not lost after all; each counts once. */
	readonly recovered: number;
}

/** What the rows of one state add up to. */
export interface StateFold {
	readonly state: TaskState;
	readonly tasks: number;
	readonly recovered: number;
	readonly attempts: number;
	readonly retries: number;
	readonly leasesExpired: number;
}

export function foldTotals(planned: number, folds: readonly StateFold[]): TaskTotals {
	const tasks = Object.fromEntries(taskStates.map((state) => [state, 0])) as Record<
		TaskState,
		number
	>;
	let recovered = 0;
	for (const fold of folds) {
		tasks[fold.state] += fold.tasks;
		if (fold.state !== "lost") recovered += fold.recovered;
	}
	return {
		planned,
		succeeded: tasks.succeeded,
		failed: tasks.failed,
		lost: tasks.lost,
		cancelled: tasks.cancelled,
		open: openTaskStates.reduce((sum, state) => sum + tasks[state], 0),
		recovered,
	};
}

/** Conservation (P2): every planned task is in exactly one state, and in a sealed run none is open. */
export function isBalanced(totals: TaskTotals, sealed: boolean): boolean {
	const closed = totals.succeeded + totals.failed + totals.lost + totals.cancelled;
	return totals.planned === closed + totals.open && (!sealed || totals.open === 0);
}
