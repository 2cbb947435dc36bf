import type { Summary, TaskState } from "../../api/shapes.ts";
import { formatCount, formatDuration, formatShare } from "../../format/spans.ts";
import { compareWithUsual, type Usual } from "../../format/usual.ts";
import { Mark, signOfTask } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import type { RunView } from "../../run-live/use-run.ts";
import { countByState } from "./count-by-state.ts";
import { Lasted } from "./lasted.tsx";

/** All tasks as one bar by state, with the duration against the usual, and what had to be mended on the way. */
const order = [
	"succeeded",
	"failed",
	"lost",
	"cancelled",
	"running",
	"waiting",
	"planned",
] as const satisfies TaskState[];

export function StateBar(props: {
	readonly summary: Summary;
	readonly run: RunView;
	readonly usual: Usual | undefined;
}) {
	const { words, language } = useReader();
	const { summary } = props;
	const mended = [
		{ word: "recovered", count: summary.tasks.recovered },
		{ word: "retried", count: summary.attempts.retried },
		{ word: "duplicates", count: summary.attempts.duplicateDeliveries },
		{ word: "late", count: summary.attempts.lateReports },
	] as const;
	const counts = countStates(summary, props.run.states);
	const shown = order.filter((state) => counts[state] > 0);
	const told = shown
		.map((state) => `${formatCount(counts[state], language)} ${words.taskState[state]}`)
		.join(words.comma);
	return (
		<section class="state" aria-label={words.tasks.state}>
			{shown.length > 0 && (
				<>
					<div class="state-bar" role="img" aria-label={told}>
						{shown.map((state) => (
							<span
								key={state}
								class={`state-part part-${state}`}
								style={{ flexGrow: counts[state] }}
							/>
						))}
					</div>
					<ul class="state-legend">
						{shown.map((state) => (
							<li key={state}>
								<Mark sign={signOfTask[state]} />
								<strong class="num">{formatCount(counts[state], language)}</strong>{" "}
								{words.taskState[state]}
								{summary.tasks.planned > 0 && (
									<span class="soft">
										{" "}
										{formatShare(counts[state], summary.tasks.planned, language)}
									</span>
								)}
							</li>
						))}
					</ul>
				</>
			)}
			<ul class="care">
				<li class={summary.sealedAt === null ? "lasting" : ""}>
					<strong class="num">
						<Lasted summary={summary} run={props.run} />
					</strong>{" "}
					<Comparison summary={summary} usual={props.usual} />
				</li>
				{mended.map(({ word, count }) => (
					<li key={word} class={count === 0 ? "none" : ""}>
						<strong class="num">{formatCount(count, language)}</strong> {words.run[word]}
					</li>
				))}
			</ul>
			<details class="unfolds">
				<summary>{words.run.careMeans}</summary>
				<dl class="care-told">
					{mended.map(({ word }) => (
						<div key={word}>
							<dt>{words.run[word]}</dt>
							<dd>{words.run[`${word}Told`]}</dd>
						</div>
					))}
				</dl>
			</details>
		</section>
	);
}

function Comparison(props: { readonly summary: Summary; readonly usual: Usual | undefined }) {
	const { words, language } = useReader();
	const { summary, usual } = props;
	if (usual === undefined) return null;
	const usually = words.run.usual(formatDuration(usual.durationMs, language));
	if (summary.verdict === null) return <span class="soft">{usually}</span>;
	const ratio = compareWithUsual(summary.durationMs, usual);
	const isLonger = ratio !== undefined && ratio > 1;
	return (
		<>
			{isLonger ? (
				<strong class="longer num">
					<Mark sign={{ tone: "warn", glyph: "clock" }} /> {words.run.longer(ratio.toFixed(1))}
				</strong>
			) : (
				<span class="soft">
					{ratio === undefined ? words.run.asUsual : words.run.longer(ratio.toFixed(1))}
				</span>
			)}{" "}
			<span class="soft">({usually})</span>
		</>
	);
}

/** The summary knows how many are open, the grid in which state: what is not known in detail is planned. */
function countStates(
	summary: Summary,
	states: readonly TaskState[],
): Readonly<Record<TaskState, number>> {
	const { tasks } = summary;
	const seen = countByState(states);
	const running = Math.min(tasks.open, seen.running);
	const waiting = Math.min(tasks.open - running, seen.waiting);
	return {
		succeeded: tasks.succeeded,
		failed: tasks.failed,
		lost: tasks.lost,
		cancelled: tasks.cancelled,
		running,
		waiting,
		planned: tasks.open - running - waiting,
	};
}
