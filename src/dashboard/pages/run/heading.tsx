import { useState } from "preact/hooks";
import { CancelDialog } from "../../acting/cancel.tsx";
import type { RerunScope } from "../../acting/rerun.tsx";
import type { Summary } from "../../api/shapes.ts";
import { formatCount, formatMoment, shapeSince } from "../../format/spans.ts";
import { useKey } from "../../layout/key-names.ts";
import { Seal } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Moment, useAge } from "../../parts/time.tsx";
import { tellRun } from "../../parts/told-run.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { runPath } from "../../url/routes.ts";
import { Lasted } from "./lasted.tsx";

/** The verdict in words, whether the books balance, and what can be done about it. */
export function Heading(props: {
	readonly run: RunView;
	readonly summary: Summary;
	readonly older: Summary | undefined;
	readonly newer: Summary | undefined;
	readonly onRerun: (what: RerunScope) => void;
}) {
	const { words, language } = useReader();
	const { summary, older, newer } = props;
	const age = useAge();
	return (
		<header class="run-head">
			<div class="run-top">
				<p class="eyebrow">
					{summary.job} · {words.trigger[summary.trigger]}
					{summary.slot !== null && (
						<>
							{" "}
							·{" "}
							<span class="together">
								{words.run.slotTime} <Moment at={summary.slot} />
							</span>
						</>
					)}
				</p>
				<LiveBadge run={props.run} />
				<nav class="neighbours" aria-label={words.recent.title}>
					{older !== undefined && (
						<a class="button small" href={runPath(older.runId)} title={words.run.previous}>
							← <span class="unseen">{words.run.previous}</span>
						</a>
					)}
					{newer !== undefined && (
						<a class="button small" href={runPath(newer.runId)} title={words.run.next}>
							<span class="unseen">{words.run.next}</span> →
						</a>
					)}
				</nav>
			</div>
			<div class="run-verdict">
				<Seal verdict={summary.verdict} open={summary.verdict === null} />
				<div>
					{summary.verdict !== null && (
						<p class={`verdict-word verdict-${summary.verdict}`}>
							{words.verdict[summary.verdict]}
						</p>
					)}
					<h1>{tellRun(summary, words, language)}</h1>
					<Balance summary={summary} />
				</div>
			</div>
			<dl class="run-facts">
				<div>
					<dt>{words.run.startedAt}</dt>
					<dd>
						<Moment at={summary.startedAt} shape="daySecond" />
					</dd>
				</div>
				{summary.sealedAt !== null && (
					<div>
						<dt>{words.run.sealedAt}</dt>
						<dd>
							<Moment at={summary.sealedAt} shape="second" />
							<span class="soft"> {age(summary.sealedAt)}</span>
						</dd>
					</div>
				)}
				<div class={summary.sealedAt === null ? "lasting" : ""}>
					<dt>{summary.sealedAt === null ? words.run.durationNow : words.task.duration}</dt>
					<dd>
						<Lasted summary={summary} run={props.run} />
					</dd>
				</div>
				<Related summary={summary} />
				<div>
					<dt>{words.run.id}</dt>
					<dd>
						<code>{summary.runId}</code>
					</dd>
				</div>
			</dl>
			<Actions run={props.run} summary={summary} onRerun={props.onRerun} />
		</header>
	);
}

function Related({ summary }: { readonly summary: Summary }) {
	const { words } = useReader();
	return (
		<>
			{summary.rerunOf !== null && (
				<div>
					<dt>{words.run.rerunOf}</dt>
					<dd>
						<a href={runPath(summary.rerunOf)}>{summary.rerunOf}</a>
					</dd>
				</div>
			)}
			{summary.reruns.length > 0 && (
				<div>
					<dt>{words.run.reruns}</dt>
					<dd>
						{summary.reruns.map((runId) => (
							<a key={runId} class="related" href={runPath(runId)}>
								{runId}
							</a>
						))}
					</dd>
				</div>
			)}
		</>
	);
}

/** The sum as it would stand under a column of an account book. */
function Balance({ summary }: { readonly summary: Summary }) {
	const { words, language } = useReader();
	const { tasks } = summary;
	if (summary.verdict === null) return <p class="balance soft">{words.run.stillOpen}</p>;
	const parts = (["succeeded", "failed", "lost", "cancelled"] as const)
		.filter((state) => tasks[state] > 0 || state === "succeeded")
		.map((state) => `${formatCount(tasks[state], language)} ${words.taskState[state]}`);
	const planned = `${formatCount(tasks.planned, language)} ${words.run.planned}`;
	return (
		<p class={`balance ${summary.balanced ? "" : "unbalanced"}`}>
			<span class="num">{parts.join(" + ")}</span>{" "}
			<span class="sum num">
				{summary.balanced ? "=" : "≠"} {planned}
			</span>{" "}
			{summary.balanced ? words.run.balanced : words.run.unbalanced}
			{!summary.balanced && ` ${words.run.unbalancedToDo}`}
		</p>
	);
}

function LiveBadge({ run }: { readonly run: RunView }) {
	const { words, language, timeZone } = useReader();
	if (run.link === "sealed") return null;
	if (run.link === "live") {
		return (
			<span class="live is-live" title={words.live.liveTold}>
				{words.live.live}
			</span>
		);
	}
	if (run.link === "connecting" || run.asOfMs === undefined) {
		return <span class="live">{words.live.connecting}</span>;
	}
	const shape = shapeSince(run.asOfMs, Date.now(), timeZone);
	const at = formatMoment(run.asOfMs, shape, language, timeZone);
	return (
		<span class="live is-polling" title={words.live.asOfTold}>
			{words.live.asOf(at)}
		</span>
	);
}

function Actions(props: {
	readonly run: RunView;
	readonly summary: Summary;
	readonly onRerun: (what: RerunScope) => void;
}) {
	const { words, language, mayAct, session } = useReader();
	const [isCancelling, setCancelling] = useState(false);
	const { summary, run } = props;
	const isOpen = summary.verdict === null;
	const { failed, lost } = summary.tasks;
	const mayRerunFailed = mayAct && !isOpen && failed + lost > 0;
	useKey("r", mayRerunFailed ? () => props.onRerun({ scope: "failed" }) : null);
	useKey("c", mayAct && isOpen ? () => setCancelling(true) : null);
	if (!mayAct)
		return session === undefined ? null : <p class="soft small">{words.act.viewer[session.via]}</p>;
	return (
		<div class="actions">
			{mayRerunFailed && (
				<button
					type="button"
					class="button primary"
					onClick={() => props.onRerun({ scope: "failed" })}
				>
					{words.act.rerunFailed(failed, lost, formatCount(failed + lost, language))}
				</button>
			)}
			{!isOpen && (
				<button type="button" class="button" onClick={() => props.onRerun({ scope: "all" })}>
					{words.act.rerunAll}
				</button>
			)}
			{(isOpen || isCancelling) && (
				<button
					type="button"
					class="button danger-quiet"
					disabled={!isOpen}
					onClick={() => setCancelling(true)}
				>
					{words.act.cancel}
				</button>
			)}
			{isCancelling && (
				<CancelDialog
					runId={summary.runId}
					open={summary.tasks.open}
					states={run.states}
					onDone={run.reload}
					onClose={() => setCancelling(false)}
				/>
			)}
		</div>
	);
}
