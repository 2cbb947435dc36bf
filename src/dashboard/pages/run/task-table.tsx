import type { Task, TaskState } from "../../api/shapes.ts";
import { formatCount } from "../../format/spans.ts";
import { TaskBadge } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Duration } from "../../parts/time.tsx";
import { tellFailure } from "../../parts/told-failure.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { taskPath } from "../../url/routes.ts";
import type { FoundTasks } from "./find-tasks.ts";
import { useTaskDetails } from "./use-task-details.ts";

/** One page of tasks. Their names and states are known; what they did is asked for when they are shown. */
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
	const details = useTaskDetails(props);
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
