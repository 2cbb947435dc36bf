import { useEffect, useState } from "preact/hooks";
import { type Answer, get } from "../../api/client.ts";
import type { Task, TaskState } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount } from "../../format/spans.ts";
import { TaskBadge } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Duration } from "../../parts/time.tsx";
import { tellFailure } from "../../parts/told-failure.ts";
import { useSettled } from "../../parts/use-settled.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { taskPath } from "../../url/routes.ts";
import type { FoundTasks } from "./find-tasks.ts";

/** One page of tasks. Their names and states are known; what they did is asked for when they are shown. */
const openRefreshMs = 3_000;

export function TaskTable(props: {
	readonly runId: string;
	readonly run: RunView;
	readonly found: FoundTasks;
	readonly state: TaskState | "all";
	readonly pageSize: number;
	/** Null where nothing can be selected. */
	readonly selected: ReadonlySet<string> | null;
	readonly onSelect: (selected: ReadonlySet<string>) => void;
}) {
	const { words, language } = useReader();
	const { run, found, selected } = props;
	const details = useDetails(props);
	return (
		<div class="table-scroll">
			<table class="ledger-table task-table">
				<thead>
					<tr>
						{selected !== null && (
							<th scope="col" class="tick">
								<span class="unseen">{words.tasks.select}</span>
							</th>
						)}
						<th scope="col">{words.tasks.task}</th>
						<th scope="col">{words.tasks.state}</th>
						<th scope="col" class="right roomy">
							{words.tasks.attempts}
						</th>
						<th scope="col" class="right roomy">
							{words.tasks.took}
						</th>
						<th scope="col" class="right">
							{words.tasks.clips}
						</th>
						<th scope="col" class="roomy">
							{words.tasks.error}
						</th>
					</tr>
				</thead>
				<tbody>
					{found.places.map((place) => {
						const taskId = run.taskIds[place] ?? "";
						const task = details.get(taskId);
						const name = run.names[place] ?? task?.name ?? null;
						return (
							<tr key={taskId}>
								{selected !== null && (
									<td class="tick">
										<input
											type="checkbox"
											aria-label={words.tasks.selectTask(name ?? taskId)}
											checked={selected.has(taskId)}
											onChange={(event) => {
												const next = new Set(selected);
												if (event.currentTarget.checked) next.add(taskId);
												else next.delete(taskId);
												props.onSelect(next);
											}}
										/>
									</td>
								)}
								<td>
									<a class="row-link" href={taskPath(props.runId, taskId)}>
										{name ?? taskId}
									</a>
									{name !== null && <span class="id soft">{taskId}</span>}
								</td>
								<td>
									<TaskBadge state={run.states[place] ?? "planned"} />
									{task?.recovered && <span class="soft small"> {words.tasks.recovered}</span>}
								</td>
								<td class="right num roomy">
									{task === undefined ? "·" : formatCount(task.attempts.length, language)}
								</td>
								<td class="right roomy">
									{task === undefined ? "·" : <Duration ms={tookMs(task)} />}
								</td>
								<td class="right num">
									{task === undefined ? "·" : formatCount(task.yield["clipsNew"] ?? 0, language)}
								</td>
								<td class="soft small roomy error-cell">
									{task?.error && tellFailure(task.error, words).told}
								</td>
							</tr>
						);
					})}
				</tbody>
			</table>
		</div>
	);
}

function tookMs(task: Task): number | null {
	const ended = task.attempts.filter((attempt) => attempt.durationMs !== null);
	if (ended.length === 0) return null;
	return ended.reduce((sum, attempt) => sum + (attempt.durationMs ?? 0), 0);
}

/** One request for a page in the API's own order; for a search, one for each task that is shown. */
function useDetails(props: {
	readonly runId: string;
	readonly run: RunView;
	readonly found: FoundTasks;
	readonly state: TaskState | "all";
	readonly pageSize: number;
}): ReadonlyMap<string, Task> {
	const { run, found, runId } = props;
	const tasksPath = `/api/runs/${encodeURIComponent(runId)}/tasks`;
	const refreshMs = run.link === "sealed" ? null : openRefreshMs;
	const query = new URLSearchParams({ limit: String(props.pageSize) });
	if (props.state !== "all") query.set("state", props.state);
	if (found.after != null) query.set("cursor", found.after);
	const path = found.after === undefined ? null : `${tasksPath}?${query}`;
	const page = useResource<{ readonly tasks: readonly Task[] }>(path, refreshMs);
	const ids = useSettled(found.places.map((place) => run.taskIds[place] ?? "").join(" "));
	const [single, setSingle] = useState<readonly Task[]>([]);

	const { reload } = page;
	useEffect(() => {
		if (run.link === "sealed") reload();
	}, [run.link, reload]);
	useEffect(() => {
		if (path !== null) return;
		let wanted = true;
		const asked = ids
			.split(" ")
			.filter((id) => id !== "")
			.map((id) => get<Task>(`${tasksPath}/${encodeURIComponent(id)}`));
		Promise.all(asked).then((answers: Answer<Task>[]) => {
			if (wanted) setSingle(answers.flatMap((answer) => (answer.ok ? [answer.value] : [])));
		});
		return () => {
			wanted = false;
		};
	}, [path, ids, tasksPath]);

	const tasks = path === null ? single : (page.value?.tasks ?? []);
	return new Map(tasks.map((task) => [task.taskId as string, task]));
}
