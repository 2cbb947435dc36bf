import { useEffect, useState } from "preact/hooks";
import type { Summary, Task } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount } from "../../format/spans.ts";
import { useTitle } from "../../parts/document-title.ts";
import { FailureText } from "../../parts/failure-text.tsx";
import { TaskBadge } from "../../parts/marks.tsx";
import { Empty, Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Moment, useNow } from "../../parts/time.tsx";
import { isLively, slowTurns } from "../../run-live/lively.ts";
import { matrixPath, runPath } from "../../url/routes.ts";
import { readAttemptTimes } from "./attempt-times.ts";
import { Attempts } from "./attempts.tsx";
import { Timeline } from "./timeline.tsx";

/** One task of one run: what became of it, and each attempt with its times. */
const openRefreshMs = 2_000;
const openStates = ["planned", "running", "waiting"];

export default function TaskPage(props: { readonly runId: string; readonly taskId: string }) {
	const { words, language } = useReader();
	const runAddress = `/api/runs/${encodeURIComponent(props.runId)}`;
	const path = `${runAddress}/tasks/${encodeURIComponent(props.taskId)}`;
	const [refreshMs, setRefreshMs] = useState<number | null>(null);
	const answer = useResource<Task>(path, refreshMs);
	const task = answer.value;
	const isOpen = task !== undefined && openStates.includes(task.state);
	const run = useResource<Summary>(runAddress);
	const nowMs = useNow(1_000);
	const isSlow = run.value !== undefined && !isLively(run.value, run.atMs ?? nowMs, nowMs);
	const wantedMs = isSlow ? openRefreshMs * slowTurns : openRefreshMs;
	useEffect(() => setRefreshMs(isOpen ? wantedMs : null), [isOpen, wantedMs]);
	useTitle(task?.name ?? props.taskId);
	if (task === undefined) {
		return answer.refusal === undefined ? (
			<Loading />
		) : (
			<Refused refusal={answer.refusal} retry={answer.reload} />
		);
	}
	const times = run.value === undefined ? [] : readAttemptTimes(task, run.value, nowMs);
	const count = (counts: Readonly<Record<string, number>>, name: string) =>
		formatCount(counts[name] ?? 0, language);
	return (
		<>
			<Stale refusal={answer.refusal} atMs={answer.atMs} retry={answer.reload} />
			<header class="task-head">
				<p class="eyebrow">
					<a href={runPath(props.runId)}>
						← {words.task.of} {props.runId}
					</a>
				</p>
				<h1>
					{task.name ?? task.taskId} <TaskBadge state={task.state} />
				</h1>
				<p class="soft">
					{task.name != null && (
						<>
							<code>{task.taskId}</code> ·{" "}
						</>
					)}
					{words.taskStateTold[task.state]}
				</p>
				{task.error !== null && task.state !== "succeeded" && (
					<p class="problem-box">
						<FailureText failure={task.error} /> <code>{task.error.code}</code>
					</p>
				)}
			</header>
			<dl class="run-facts">
				<div>
					<dt>{words.task.attempts}</dt>
					<dd>{formatCount(task.attempts.length, language)}</dd>
				</div>
				<div>
					<dt>{words.run.clipsNew}</dt>
					<dd>{count(task.yield, "clipsNew")}</dd>
				</div>
				<div>
					<dt>{words.run.clipsSeen}</dt>
					<dd>{count(task.yield, "clipsSeen")}</dd>
				</div>
				<div>
					<dt>{words.run.twitchRequests}</dt>
					<dd>{count(task.meters, "twitchRequests")}</dd>
				</div>
				{task.closedAt !== null && (
					<div>
						<dt>{words.task.closed}</dt>
						<dd>
							<Moment at={task.closedAt} shape="daySecond" />
						</dd>
					</div>
				)}
			</dl>
			<div class="part">
				<h2>{words.task.attempts}</h2>
				{task.attempts.length === 0 ? (
					<Empty title={isOpen ? words.task.noAttempts : words.task.noAttemptsClosed} />
				) : run.value === undefined ? (
					// Their times count from its start.
					run.refusal === undefined ? (
						<Loading />
					) : (
						<Refused refusal={run.refusal} retry={run.reload} />
					)
				) : (
					<>
						<Timeline times={times} />
						<Attempts times={times} />
					</>
				)}
			</div>
			{task.warnings.length > 0 && (
				<section aria-labelledby="warnings">
					<h2 id="warnings">{words.task.warnings}</h2>
					<ul class="causes">
						{task.warnings.map((warning) => (
							<li key={warning.code} class="cause">
								<p class="cause-count num">{formatCount(warning.count, language)}</p>
								<div>
									<p class="cause-message">
										<FailureText failure={warning} />
									</p>
									<code class="small">{warning.code}</code>
								</div>
							</li>
						))}
					</ul>
				</section>
			)}
			<p>
				<a href={matrixPath(run.value?.job, task.taskId)}>{words.task.history} →</a>
			</p>
		</>
	);
}
