import { type Answer, get } from "../api/client.ts";
import type { Grid, Task } from "../api/shapes.ts";
import { encodeStates } from "./grid-states.ts";

interface TaskPage {
	readonly tasks: readonly Task[];
	readonly cursor: string | null;
}

const pageTasks = 500;

/** All tasks of a run: in one short answer where the API has one, else page by page. */
export async function loadGrid(runPath: string): Promise<Answer<Grid>> {
	const grid = await get<Grid>(`${runPath}/grid`);
	if (grid.ok || grid.refusal.code !== "not_found") return grid;
	const tasks: Task[] = [];
	let cursor: string | null = null;
	do {
		const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
		const page: Answer<TaskPage> = await get(`${runPath}/tasks?limit=${pageTasks}${after}`);
		if (!page.ok) return page;
		tasks.push(...page.value.tasks);
		cursor = page.value.cursor;
	} while (cursor !== null);
	return {
		ok: true,
		value: {
			taskIds: tasks.map((task) => task.taskId),
			names: tasks.map((task) => task.name ?? null),
			states: encodeStates(tasks.map((task) => task.state)),
		},
	};
}
