import { useEffect, useRef, useState } from "preact/hooks";
import { get, mayTryAgain } from "../../api/client.ts";
import { retryAfterMs } from "../../api/retry-after.ts";
import type { Task, TaskState } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { usePaced } from "../../parts/use-paced.ts";
import { useSettled } from "../../parts/use-settled.ts";
import type { RunView } from "../../run-live/use-run.ts";
import type { FoundTasks } from "./find-tasks.ts";

/**
 * What the tasks that are shown did. Their states are told by the run; what a task did changes with its state only, so
 * it is asked for when that has changed and not by the clock: a run that waits for Twitch costs nothing.
 */
const openPaceMs = 3_000;

type TasksById = ReadonlyMap<string, Task>;
/** How often each task has changed since it was first shown. */
type Versions = ReadonlyMap<string, number>;

/** One request for a page in the API's own order; for a search, one for each task that is shown. */
export function useTaskDetails(props: {
	readonly runId: string;
	readonly run: RunView;
	readonly found: FoundTasks;
	readonly state: TaskState | "all";
	readonly pageSize: number;
}): TasksById {
	const { run, found, runId } = props;
	const versions = useVersions(run, found.places);
	const ids = found.places.map((place) => run.taskIds[place] ?? "");
	// What a run brought is counted when it is sealed: then all are asked for once more, and never again.
	const told = usePaced(
		run.link === "sealed" ? "sealed" : ids.map((id) => `${id}:${versions.get(id)}`).join(" "),
		openPaceMs,
	);
	const tasksPath = `/api/runs/${encodeURIComponent(runId)}/tasks`;
	const query = new URLSearchParams({ limit: String(props.pageSize) });
	if (props.state !== "all") query.set("state", props.state);
	if (found.after != null) query.set("cursor", found.after);
	const path = found.after === undefined ? null : `${tasksPath}?${query}`;
	const page = useResource<{ readonly tasks: readonly Task[] }>(path);
	const before = useRef({ path, told });
	useEffect(() => {
		// Of another page they are new, and were asked for just now.
		if (before.current.told !== told && before.current.path === path) page.reload();
		before.current = { path, told };
	}, [told, path, page.reload]);
	const settledIds = useSettled(ids.join(" "));
	const single = useSingleTasks(tasksPath, path === null ? settledIds : "", versions, told);
	return path === null
		? single
		: new Map((page.value?.tasks ?? []).map((task) => [task.taskId, task]));
}

/** A state that comes and goes between two questions is a change, too: each is counted as it is told. */
function useVersions(run: RunView, places: readonly number[]): Versions {
	const seen = useRef(new Map<string, { readonly told: string; readonly version: number }>());
	for (const place of places) {
		const id = run.taskIds[place] ?? "";
		const told = run.link === "sealed" ? "sealed" : (run.states[place] ?? "planned");
		const before = seen.current.get(id);
		if (before?.told === told) continue;
		seen.current.set(id, { told, version: (before?.version ?? 0) + 1 });
	}
	return new Map([...seen.current].map(([id, { version }]) => [id, version]));
}

/**
 * Each asked for by itself, once for each of its versions, and again where no answer came.
 * @param ids with a blank between them
 * @param told changes when some of them have to be looked at
 */
function useSingleTasks(
	tasksPath: string,
	ids: string,
	versions: Versions,
	told: string,
): TasksById {
	const [known, setKnown] = useState<TasksById>(new Map());
	const [failures, setFailures] = useState(0);
	const asked = useRef(new Map<string, number>());
	useEffect(() => {
		const due = ids
			.split(" ")
			.filter((id) => id !== "" && asked.current.get(id) !== (versions.get(id) ?? 0));
		// Where no answers come, another one each time is asked for, and all the others when it is answered.
		const wanted = failures === 0 ? due : due.slice(failures % due.length).slice(0, 1);
		for (const id of wanted) asked.current.set(id, versions.get(id) ?? 0);
		let retry: ReturnType<typeof setTimeout> | undefined;
		const ask = async (id: string) => {
			const answer = await get<Task>(`${tasksPath}/${encodeURIComponent(id)}`);
			if (answer.ok) setKnown((before) => new Map([...before, [id, answer.value]]));
			if (answer.ok || !mayTryAgain(answer.refusal)) return setFailures(0);
			asked.current.delete(id);
			clearTimeout(retry);
			const waitMs = retryAfterMs(failures + 1, answer.refusal.retryAfter);
			retry = setTimeout(() => setFailures(failures + 1), waitMs);
		};
		for (const id of wanted) void ask(id);
		return () => clearTimeout(retry);
	}, [tasksPath, ids, told, failures]);
	return known;
}
