import { formatMoment, tellMoment } from "../../format/spans.ts";
import { Mark, signOfVerdict } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { runPath } from "../../url/routes.ts";
import type { Column } from "./matrix-table.tsx";

/** The days, and below them each run with its hour and its verdict. */
export function MatrixHead(props: {
	readonly columns: readonly Column[];
	readonly atMs: readonly number[];
}) {
	const { words, language, timeZone } = useReader();
	const page = words.matrixPage;
	const { columns, atMs } = props;
	const starts = columns.flatMap(({ isNewDay }, index) => (isNewDay || index === 0 ? [index] : []));
	return (
		<thead>
			<tr class="days">
				<td class="who" />
				<td class="flips" />
				<td class="fails" />
				{starts.map((start, place) => {
					const day = formatMoment(atMs[start] ?? 0, "day", language, timeZone);
					return (
						<th
							key={start}
							scope="colgroup"
							colSpan={(starts[place + 1] ?? columns.length) - start}
							class={place === 0 ? "" : "new-day"}
						>
							<span>{day}</span>
						</th>
					);
				})}
			</tr>
			<tr>
				<th scope="col" class="who">
					{page.task}
				</th>
				<th scope="col" class="flips" aria-sort="descending" data-told={page.flipsTold}>
					{page.flips} ↓
				</th>
				<th scope="col" class="fails">
					{page.failures}
				</th>
				{columns.map(({ run, at, isNewDay }, index) => {
					const verdict = run.verdict === null ? words.running : words.verdict[run.verdict];
					const hour = formatMoment(atMs[index] ?? 0, "minute", language, timeZone).slice(0, 2);
					return (
						<th
							key={run.runId}
							scope="col"
							class={isNewDay ? "new-day" : ""}
							data-told={`${tellMoment(atMs[index] ?? 0, "dayMinute", language, timeZone)} · ${verdict}`}
						>
							<a class="cell run-cell" href={runPath(run.runId)} aria-label={`${at}: ${verdict}`}>
								<span class="num">{hour}</span>
								{run.verdict !== null && <Mark sign={signOfVerdict[run.verdict]} />}
							</a>
						</th>
					);
				})}
			</tr>
		</thead>
	);
}
