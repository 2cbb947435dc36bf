import { type Answer, get } from "../api/client.ts";
import type { ErrorGroup, Task, TaskState } from "../api/shapes.ts";

/** A summary names 20 tasks of a cause; a rerun of the cause needs all of them. */
const pageSize = 500;
/** As many as one rerun takes. */
export const causeTasksMax = 1_000;

interface TaskPage {
	readonly tasks: readonly Task[];
	readonly cursor: string | null;
}

/** The state that shows most of the tasks of a cause: what fell silent was lost and has not failed. */
export function findStateOfCause(
	{ taskIds }: ErrorGroup,
	run: { readonly taskIds: readonly string[]; readonly states: readonly TaskState[] },
): "failed" | "lost" {
	const states = taskIds.map((taskId) => run.states[run.taskIds.indexOf(taskId)]);
	const lost = states.filter((state) => state === "lost").length;
	return lost * 2 > states.length ? "lost" : "failed";
}

/** The ids of all tasks of a sealed run that ended with this cause, asked of the API page by page. */
export async function findTasksOfCause(
	runId: string,
	fingerprint: string,
): Promise<Answer<readonly string[]>> {
	const taskIds: string[] = [];
	for (const state of ["failed", "lost"]) {
		let cursor: string | null = null;
		do {
			const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
			const path = `/api/runs/${runId}/tasks?state=${state}&limit=${pageSize}${after}`;
			const page: Answer<TaskPage> = await get<TaskPage>(path);
			if (!page.ok) return page;
			for (const task of page.value.tasks) {
				if (task.error?.fingerprint === fingerprint) taskIds.push(task.taskId);
			}
			cursor = page.value.cursor;
		} while (cursor !== null);
	}
	return { ok: true, value: taskIds };
}
