import { useEffect, useRef, useState } from "preact/hooks";
import type { Matrix, MatrixRow, MatrixRun } from "../../api/shapes.ts";
import { formatCount, formatMoment } from "../../format/spans.ts";
import { Mark } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { taskPath } from "../../url/routes.ts";
import { readCell } from "./cell.ts";
import { MatrixHead } from "./matrix-head.tsx";
import { moveByArrow } from "./move-by-arrow.ts";

/** More than these do not fit into the page's column. */
const columnsOfPage = 33;

/** A run as a column: its moment in words, and whether a day begins with it. */
export interface Column {
	readonly run: MatrixRun;
	readonly at: string;
	readonly isNewDay: boolean;
}

/** Rows are tasks, columns are runs, oldest first; on a narrow screen the newest are in sight. */
export function MatrixTable({ matrix }: { readonly matrix: Matrix }) {
	const { words, language, timeZone } = useReader();
	const scroller = useRef<HTMLDivElement>(null);
	const [told, setTold] = useState<string | null>(null);
	useEffect(() => {
		const element = scroller.current;
		if (element !== null) element.scrollLeft = element.scrollWidth;
	}, []);
	const atMs = matrix.runs.map((run) => Date.parse(run.slot ?? run.startedAt));
	const dayOf = (ms: number) => formatMoment(ms, "day", language, timeZone);
	const columns = matrix.runs.map((run, index) => {
		const [before, own] = [atMs[index - 1], atMs[index] ?? 0];
		return {
			run,
			at: formatMoment(own, "dayMinute", language, timeZone),
			isNewDay: before !== undefined && dayOf(before) !== dayOf(own),
		};
	});
	const tell = (event: Event) => {
		const cell = (event.target as Element).closest("[data-told]");
		setTold(cell?.getAttribute("data-told") ?? null);
	};
	return (
		<div class={`matrix-place ${columns.length > columnsOfPage ? "is-wide" : ""}`}>
			<section
				class="matrix-scroll"
				ref={scroller}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
				tabIndex={0}
				aria-label={words.matrixPage.title}
			>
				{/* biome-ignore lint/a11y/useKeyWithMouseEvents: onFocusIn tells the same */}
				<table class="matrix" onMouseOver={tell} onFocusIn={tell} onKeyDown={moveByArrow}>
					<MatrixHead columns={columns} atMs={atMs} />
					<tbody>
						{matrix.rows.map((row) => (
							<Row key={row.taskId} row={row} columns={columns} />
						))}
					</tbody>
				</table>
			</section>
			<p class="bar-told matrix-told">{told ?? words.matrixPage.scroll}</p>
		</div>
	);
}

function Row({ row, columns }: { readonly row: MatrixRow; readonly columns: readonly Column[] }) {
	const { words, language } = useReader();
	const name = row.name ?? row.taskId;
	const newest = columns.findLast((_, index) => readCell(row.cells[index] ?? "", words) !== null);
	return (
		<tr>
			<th scope="row" class="who">
				{newest === undefined ? (
					<span>{name}</span>
				) : (
					<a class="row-link" href={taskPath(newest.run.runId, row.taskId)}>
						{name}
					</a>
				)}
			</th>
			<td class={`num flips ${row.flips === 0 ? "soft" : ""}`}>
				{formatCount(row.flips, language)}
			</td>
			<td class={`num fails ${row.failures === 0 ? "soft" : ""}`}>
				{formatCount(row.failures, language)}
			</td>
			{columns.map(({ run, at, isNewDay }, index) => {
				const cell = readCell(row.cells[index] ?? "", words);
				const told = words.matrixPage.cell(name, at, cell?.told ?? words.matrixPage.absent);
				return (
					<td key={run.runId} class={isNewDay ? "new-day" : ""} data-told={told}>
						{cell === null ? (
							<span class="cell absent">
								<span class="unseen">{words.matrixPage.absent}</span>
							</span>
						) : (
							<a
								class={`cell cell-${cell.kind}`}
								href={taskPath(run.runId, row.taskId)}
								aria-label={told}
								// By arrow: thousands of them are no way for Tab.
								tabIndex={-1}
							>
								<Mark sign={cell.sign} />
							</a>
						)}
					</td>
				);
			})}
		</tr>
	);
}
