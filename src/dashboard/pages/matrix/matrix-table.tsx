import { useEffect, useRef, useState } from "preact/hooks";
import type { Matrix, MatrixRow, MatrixRun } from "../../api/shapes.ts";
import { formatCount, formatMoment } from "../../format/spans.ts";
import { Mark, signOfVerdict } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { runPath, taskPath } from "../../url/routes.ts";
import { readCell } from "./cell.ts";

/** Rows are tasks, columns are runs, oldest first; on a narrow screen the newest are in sight. */
export function MatrixTable({ matrix }: { readonly matrix: Matrix }) {
	const { words, language, timeZone } = useReader();
	const scroller = useRef<HTMLDivElement>(null);
	const [told, setTold] = useState<string | null>(null);
	useEffect(() => {
		const element = scroller.current;
		if (element !== null) element.scrollLeft = element.scrollWidth;
	}, []);
	const moments = matrix.runs.map((run) =>
		formatMoment(Date.parse(run.slot ?? run.startedAt), "dayMinute", language, timeZone),
	);
	return (
		<>
			<section
				class="matrix-scroll"
				ref={scroller}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
				tabIndex={0}
				aria-label={words.matrixPage.title}
			>
				{/* biome-ignore lint/a11y/useKeyWithMouseEvents: focus tells the same by the link's own name */}
				<table
					class="matrix"
					onMouseOver={(event) => {
						const cell = (event.target as Element).closest("[data-told]");
						setTold(cell?.getAttribute("data-told") ?? null);
					}}
				>
					<thead>
						<tr>
							<th scope="col" class="who">
								{words.matrixPage.task}
							</th>
							<th scope="col" class="right fails">
								{words.matrixPage.failures}
							</th>
							{matrix.runs.map((run, index) => (
								<RunHead key={run.runId} run={run} at={moments[index] ?? ""} />
							))}
						</tr>
					</thead>
					<tbody>
						{matrix.rows.map((row) => (
							<Row key={row.taskId} row={row} runs={matrix.runs} moments={moments} />
						))}
					</tbody>
				</table>
			</section>
			<p class="bar-told matrix-told">{told ?? words.matrixPage.scroll}</p>
		</>
	);
}

function RunHead({ run, at }: { readonly run: MatrixRun; readonly at: string }) {
	const { words } = useReader();
	const verdict = run.verdict === null ? words.runState.running : words.verdict[run.verdict];
	return (
		<th scope="col" data-told={`${at} · ${verdict}`}>
			<a class="cell" href={runPath(run.runId)} aria-label={`${at}: ${verdict}`}>
				{run.verdict !== null && <Mark sign={signOfVerdict[run.verdict]} />}
			</a>
		</th>
	);
}

function Row(props: {
	readonly row: MatrixRow;
	readonly runs: readonly MatrixRun[];
	readonly moments: readonly string[];
}) {
	const { words, language } = useReader();
	const { row, runs, moments } = props;
	const name = row.name ?? row.taskId;
	return (
		<tr>
			<th scope="row" class="who">
				<span>{name}</span>
			</th>
			<td class={`right num fails ${row.failures === 0 ? "soft" : ""}`}>
				{formatCount(row.failures, language)}
			</td>
			{runs.map((run, index) => {
				const cell = readCell(row.cells[index] ?? "-", words);
				if (cell === null) return <td key={run.runId} class="absent" />;
				const at = moments[index] ?? "";
				const told = words.matrixPage.cell(name, at, cell.told);
				return (
					<td key={run.runId} data-told={told}>
						<a
							class={`cell cell-${cell.kind}`}
							href={taskPath(run.runId, row.taskId)}
							aria-label={told}
							tabIndex={cell.kind === "succeeded" ? -1 : 0}
						>
							<Mark sign={cell.sign} />
						</a>
					</td>
				);
			})}
		</tr>
	);
}
