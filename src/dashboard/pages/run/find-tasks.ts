import type { TaskState } from "../../api/shapes.ts";

/** Which tasks a filter, a search and a page leave. Pure; 10,000 tasks take about a millisecond. */
export interface TaskFilter {
	readonly state: TaskState | "all";
	readonly text: string;
	readonly page: number;
}

export interface FoundTasks {
	/** Places in the grid, of this page only. */
	readonly places: readonly number[];
	readonly total: number;
	/** The page that is shown: a page beyond the last is the last. */
	readonly page: number;
	/** The id after which the API has to go on to answer just these; null from the start, undefined when it cannot. */
	readonly after: string | null | undefined;
}

export function findTasks(
	tasks: {
		readonly taskIds: readonly string[];
		readonly names: readonly (string | null)[];
		readonly states: readonly TaskState[];
	},
	filter: TaskFilter,
	pageSize: number,
): FoundTasks {
	const text = filter.text.trim().toLowerCase();
	const matching: number[] = [];
	for (const [place, taskId] of tasks.taskIds.entries()) {
		if (filter.state !== "all" && tasks.states[place] !== filter.state) continue;
		const isThere =
			text === "" ||
			taskId.toLowerCase().includes(text) ||
			(tasks.names[place]?.toLowerCase().includes(text) ?? false);
		if (isThere) matching.push(place);
	}
	const pages = Math.max(1, Math.ceil(matching.length / pageSize));
	const page = Math.min(filter.page, pages);
	const from = (page - 1) * pageSize;
	const before = matching[from - 1];
	return {
		places: matching.slice(from, from + pageSize),
		total: matching.length,
		page,
		after:
			text !== "" ? undefined : before === undefined ? null : (tasks.taskIds[before] ?? undefined),
	};
}
