import type { TaskState } from "../../api/shapes.ts";

/** How many tasks are in each state. Pure. */
export function countByState(states: readonly TaskState[]): Readonly<Record<TaskState, number>> {
	const counts: Record<TaskState, number> = {
		succeeded: 0,
		failed: 0,
		lost: 0,
		cancelled: 0,
		running: 0,
		waiting: 0,
		planned: 0,
	};
	for (const state of states) counts[state] += 1;
	return counts;
}
