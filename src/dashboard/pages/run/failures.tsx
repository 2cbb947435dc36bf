import type { RerunScope } from "../../acting/rerun.tsx";
import type { ErrorGroup, Summary } from "../../api/shapes.ts";
import { formatCount } from "../../format/spans.ts";
import { FailureText } from "../../parts/failure-text.tsx";
import { Mark, signOfVerdict } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import type { RunView } from "../../run-live/use-run.ts";
import { taskPath } from "../../url/routes.ts";

/** Failures by cause: how many, who, and one button for each cause. */
const namesShown = 6;

export function Failures(props: {
	readonly summary: Summary;
	readonly run: RunView;
	readonly onRerun: (what: RerunScope) => void;
}) {
	const { words } = useReader();
	const { summary } = props;
	return (
		<section aria-labelledby="failures">
			<h2 id="failures">{words.run.failures}</h2>
			{summary.errors.length === 0 ? (
				<p class="soft">
					{summary.verdict === null ? words.run.noFailuresYet : words.run.noFailures}
				</p>
			) : (
				<ul class="causes">
					{summary.errors.map((group) => (
						<Cause key={group.fingerprint} group={group} {...props} />
					))}
				</ul>
			)}
		</section>
	);
}

function Cause(props: {
	readonly group: ErrorGroup;
	readonly summary: Summary;
	readonly run: RunView;
	readonly onRerun: (what: RerunScope) => void;
}) {
	const { words, language, mayAct } = useReader();
	const { group, summary, run } = props;
	const count = (value: number) => formatCount(value, language);
	const nameOf = (taskId: string) => run.names[run.taskIds.indexOf(taskId)] ?? taskId;
	// What kept a run from being planned is of no task.
	const isOfTasks = summary.tasks.planned > 0;
	const more = group.count - Math.min(namesShown, group.taskIds.length);
	return (
		<li class="cause">
			<p class="cause-count num">
				{isOfTasks ? count(group.count) : <Mark sign={signOfVerdict.failed} />}
			</p>
			<div>
				<p class="cause-message">
					<FailureText failure={group} />
				</p>
				<p class="soft small">
					<code>{group.code}</code>
					{isOfTasks && ` · ${words.run.tasksHit(group.count, count(group.count))}`}
				</p>
				{group.taskIds.length > 0 && (
					<p class="small cause-tasks">
						{group.taskIds.slice(0, namesShown).map((taskId) => (
							<a key={taskId} href={taskPath(summary.runId, taskId)}>
								{nameOf(taskId)}
							</a>
						))}
						{more > 0 && <span class="soft">{words.run.andMore(count(more))}</span>}
					</p>
				)}
			</div>
			{mayAct && summary.verdict !== null && group.taskIds.length > 0 && (
				<button
					type="button"
					class="button small"
					onClick={() => props.onRerun({ scope: "cause", fingerprint: group.fingerprint })}
				>
					{words.act.rerunThese}
				</button>
			)}
		</li>
	);
}
