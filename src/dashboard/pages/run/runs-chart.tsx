import { useMemo } from "preact/hooks";
import type { RunList, Summary } from "../../api/shapes.ts";
import type { Resource } from "../../api/use-resource.ts";
import { formatCount, formatDuration, formatMoment, tellMoment } from "../../format/spans.ts";
import type { Usual } from "../../format/usual.ts";
import { type Bar, BarFigure } from "../../parts/bar-figure.tsx";
import { runningSign, signOfVerdict, VerdictBadge } from "../../parts/marks.tsx";
import { useRefusalText } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Duration, Moment } from "../../parts/time.tsx";
import { useLasted } from "../../run-live/use-lasted.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { setQuery } from "../../url/location.ts";
import { readChoice } from "../../url/query.ts";
import { runPath } from "../../url/routes.ts";

/** This run among the last 48 of its job. */
const charts = ["duration", "clips", "missing"] as const;
const heightPx = 96;
const runsShown = 48;
/** A bar that grows is drawn anew with all the others. */
const growsEveryMs = 5_000;

export function RunsChart(props: {
	readonly summary: Summary;
	readonly run: RunView;
	readonly runs: readonly Summary[];
	/** How the others were asked for: what is not known yet is not the first run. */
	readonly others: Pick<Resource<RunList>, "value" | "refusal">;
	readonly usual: Usual | undefined;
	readonly search: string;
}) {
	const { words, language, timeZone } = useReader();
	const tell = useRefusalText();
	const { runs, usual, others } = props;
	const chart = readChoice(props.search, "chart", charts);
	const told = words.runsChart;
	const { runId } = props.summary;
	const lastedMs = useLasted(props.summary, props.run, growsEveryMs);
	const durationOf = (run: Summary) => (run.runId === runId ? lastedMs : run.durationMs);
	const bars = useMemo<Bar[]>(
		() =>
			[...runs].reverse().map((run) => {
				const atMs = Date.parse(run.startedAt);
				const at = tellMoment(atMs, "dayMinute", language, timeZone);
				const values = {
					duration: durationOf(run),
					clips: run.yield["clipsNew"] ?? 0,
					missing: run.tasks.planned - run.tasks.succeeded,
				};
				const shown =
					chart === "duration"
						? formatDuration(values.duration, language)
						: `${told[chart]}: ${formatCount(values[chart], language)}`;
				const verdict = run.verdict === null ? words.running : words.verdict[run.verdict];
				const here = run.runId === runId ? ` · ${told.here}` : "";
				return {
					key: run.runId,
					value: values[chart],
					sign: run.verdict === null ? runningSign : signOfVerdict[run.verdict],
					at: formatMoment(atMs, "dayMinute", language, timeZone),
					told: `${at} · ${verdict} · ${shown}${here}`,
					href: runPath(run.runId),
					isHere: run.runId === runId,
				};
			}),
		[runs, chart, runId, lastedMs, words, told, language, timeZone],
	);
	return (
		<section aria-labelledby="runs-chart">
			<header class="section-head">
				<h2 id="runs-chart">{told.title}</h2>
				<fieldset class="segments">
					<legend class="unseen">{told.choose}</legend>
					{charts.map((one) => (
						<label key={one}>
							<input
								type="radio"
								name="chart"
								checked={one === chart}
								onChange={() => setQuery({ chart: one === "duration" ? null : one })}
							/>
							<span>{told[one]}</span>
						</label>
					))}
				</fieldset>
			</header>
			<BarFigure
				label={told.title}
				bars={bars}
				columns={runsShown}
				heightPx={heightPx}
				usual={chart === "duration" ? (usual?.durationMs ?? null) : null}
				legend={
					others.value === undefined
						? others.refusal === undefined
							? words.states.loading
							: tell(others.refusal) + words.blank + words.states.missing.runs
						: runs.length <= 1
							? told.empty
							: usual === undefined || chart !== "duration"
								? told[chart] + words.stop.trim()
								: told.usual(
										formatDuration(usual.durationMs, language),
										usual.runs,
										formatCount(usual.runs, language),
									)
				}
			>
				<details class="unfolds">
					<summary>{words.strip.asTable}</summary>
					<RunsTable runs={runs} durationOf={durationOf} />
				</details>
			</BarFigure>
		</section>
	);
}

function RunsTable(props: {
	readonly runs: readonly Summary[];
	readonly durationOf: (run: Summary) => number;
}) {
	const { words, language } = useReader();
	return (
		<div class="table-scroll">
			<table class="ledger-table">
				<thead>
					<tr>
						<th scope="col">{words.recent.started}</th>
						<th scope="col">{words.recent.verdict}</th>
						<th scope="col" class="right">
							{words.runsChart.duration}
						</th>
						<th scope="col" class="right">
							{words.runsChart.clips}
						</th>
						<th scope="col" class="right">
							{words.runsChart.missing}
						</th>
					</tr>
				</thead>
				<tbody>
					{props.runs.map((run) => (
						<tr key={run.runId}>
							<td>
								<a href={runPath(run.runId)}>
									<Moment at={run.startedAt} />
								</a>
							</td>
							<td>
								<VerdictBadge verdict={run.verdict} />
							</td>
							<td class="right">
								<Duration ms={props.durationOf(run)} />
							</td>
							<td class="right num">{formatCount(run.yield["clipsNew"] ?? 0, language)}</td>
							<td class="right num">
								{formatCount(run.tasks.planned - run.tasks.succeeded, language)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
