import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import type { Task, TaskState } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { useSettled } from "../../parts/use-settled.ts";
import type { RunView } from "../../run-live/use-run.ts";
import type { FoundTasks } from "./find-tasks.ts";

/** What the tasks that are shown did. */
const openRefreshMs = 3_000;
const openStates: readonly TaskState[] = ["planned", "running", "waiting"];

type TasksById = ReadonlyMap<string, Task>;

/** One request for a page in the API's own order; for a search, one for each task that is shown. */
export function useTaskDetails(props: {
	readonly runId: string;
	readonly run: RunView;
	readonly found: FoundTasks;
	readonly state: TaskState | "all";
	readonly pageSize: number;
}): TasksById {
	const { run, found, runId } = props;
	const isSealed = run.link === "sealed";
	const tasksPath = `/api/runs/${encodeURIComponent(runId)}/tasks`;
	const query = new URLSearchParams({ limit: String(props.pageSize) });
	if (props.state !== "all") query.set("state", props.state);
	if (found.after != null) query.set("cursor", found.after);
	const path = found.after === undefined ? null : `${tasksPath}?${query}`;
	const page = useResource<{ readonly tasks: readonly Task[] }>(
		path,
		isSealed ? null : openRefreshMs,
	);
	const ids = useSettled(found.places.map((place) => run.taskIds[place] ?? "").join(" "));
	const single = useSingleTasks(tasksPath, path === null ? ids : "", isSealed);
	return path === null
		? single
		: new Map((page.value?.tasks ?? []).map((task) => [task.taskId, task]));
}

/**
 * Each asked for by itself, again as long as it is open or has not been answered, and once more when the run is sealed.
 * @param ids with a blank between them
 */
function useSingleTasks(tasksPath: string, ids: string, isSealed: boolean): TasksById {
	const [known, setKnown] = useState<TasksById>(new Map());
	const latest = useRef(known);
	latest.current = known;
	useEffect(() => {
		const shown = ids.split(" ").filter((id) => id !== "");
		let wanted = true;
		let isAsking = false;
		const ask = async (which: readonly string[]) => {
			if (isAsking || which.length === 0) return;
			isAsking = true;
			const answers = await Promise.all(
				which.map((id) => get<Task>(`${tasksPath}/${encodeURIComponent(id)}`)),
			);
			isAsking = false;
			if (!wanted) return;
			const tasks = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
			setKnown(
				(before) => new Map([...before, ...tasks.map((task) => [task.taskId, task] as const)]),
			);
		};
		const isUnsettled = (id: string) => {
			const task = latest.current.get(id);
			return task === undefined || openStates.includes(task.state);
		};
		void ask(shown.filter(isUnsettled));
		const timer = setInterval(() => {
			if (document.visibilityState === "visible") void ask(shown.filter(isUnsettled));
		}, openRefreshMs);
		return () => {
			wanted = false;
			clearInterval(timer);
		};
	}, [tasksPath, ids, isSealed]);
	return known;
}
