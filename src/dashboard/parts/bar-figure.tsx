import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { measureBars } from "./bar-heights.ts";
import { BarRow } from "./bar-row.tsx";
import type { Sign } from "./marks.tsx";
import { useReader } from "./reader.tsx";
import { useNarrow } from "./use-narrow.ts";

export interface Bar {
	readonly key: string;
	/** Null for a gap. */
	readonly value: number | null;
	readonly sign: Sign;
	/** Its moment, for the ends of the axis. */
	readonly at: string;
	/** All of it in words, for the line under the chart. */
	readonly told: string;
	readonly href: string | null;
	readonly isHere?: boolean;
}

/** A mark needs 12 pixels to be told from another, so a narrow screen has the bars in rows of this many. */
const narrowColumns = 24;

/**
 * A row of bars, oldest first, with a mark under each and the one that is pointed at told in words. Pointing and
 * clicking is for the eye and the finger; the table behind `children` says the same to everybody.
 */
export function BarFigure(props: {
	readonly label: string;
	readonly bars: readonly Bar[];
	/** Places, filled from the right. */
	readonly columns: number;
	readonly usual?: number | null;
	readonly heightPx: number;
	readonly legend: ComponentChildren;
	readonly children?: ComponentChildren;
}) {
	const { words } = useReader();
	const { bars, columns, usual = null } = props;
	const isNarrow = useNarrow();
	const [pointed, setPointed] = useState<string | null>(null);
	const rows = useMemo(() => {
		const empty = Math.max(0, columns - bars.length);
		const places = [...Array.from({ length: empty }, () => null), ...bars];
		const { heights, areCut, top } = measureBars(places.map((bar) => bar?.value ?? null));
		const lineAt = usual === null ? null : Math.min(1, usual / top);
		const perRow = isNarrow ? narrowColumns : places.length;
		const starts = Array.from(
			{ length: Math.ceil(places.length / perRow) },
			(_, row) => row * perRow,
		);
		return starts.map((start) => ({
			start,
			places: places.slice(start, start + perRow),
			heights: heights.slice(start, start + perRow),
			areCut: areCut.slice(start, start + perRow),
			lineAt,
		}));
	}, [bars, columns, usual, isNarrow]);
	const bar = pointed === null ? undefined : bars.find(({ key }) => key === pointed);
	const isAnyCut = rows.some((row) => row.areCut.includes(true));
	return (
		<figure class="bar-figure">
			<div class="bar-rows" role="img" aria-label={props.label}>
				{rows.map(({ start, ...row }) => (
					<BarRow
						key={start}
						{...row}
						heightPx={rows.length > 1 ? props.heightPx * 0.75 : props.heightPx}
						pointed={pointed}
						onPoint={setPointed}
					/>
				))}
			</div>
			<figcaption class="bar-told">
				{bar === undefined ? (
					<>
						{props.legend}
						{isAnyCut && words.blank + words.chart.cut}
					</>
				) : bar.href === null ? (
					<span class="told">{bar.told}</span>
				) : (
					<a class="told" href={bar.href}>
						{bar.told}
					</a>
				)}
			</figcaption>
			{props.children}
		</figure>
	);
}
