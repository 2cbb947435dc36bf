import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { go } from "../url/location.ts";
import { measureBars } from "./bar-heights.ts";
import { later } from "./later.tsx";
import { Mark, type Sign } from "./marks.tsx";

const Bars = later(
	() => import("./bars.tsx"),
	() => null,
);

export interface Bar {
	readonly key: string;
	/** Null for a gap. */
	readonly value: number | null;
	readonly sign: Sign;
	/** All of it in words, for the line under the chart. */
	readonly told: ComponentChildren;
	readonly href: string | null;
	readonly isHere?: boolean;
}

/**
 * A row of bars, oldest first, with a mark under each and the one that is pointed at told in words. Pointing and
 * clicking is for the eye; the table behind `children` says the same to everybody.
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
	const { bars, columns, heightPx } = props;
	const [pointed, setPointed] = useState<number | null>(null);
	const empty = Math.max(0, columns - bars.length);
	const { heights, tones, lineAt } = useMemo(() => {
		const padding = Array.from({ length: empty }, () => null);
		const values = [...padding, ...bars.map((bar) => bar.value)];
		const measured = measureBars(values);
		return {
			heights: measured.heights,
			tones: [...padding.map(() => "none" as const), ...bars.map((bar) => bar.sign.tone)],
			lineAt: props.usual == null ? null : Math.min(1, props.usual / measured.top),
		};
	}, [bars, empty, props.usual]);

	const indexAt = (event: PointerEvent | MouseEvent) => {
		const area = (event.currentTarget as HTMLElement).getBoundingClientRect();
		const column = Math.floor(((event.clientX - area.left) / area.width) * heights.length);
		const index = column - empty;
		return index >= 0 && index < bars.length ? index : null;
	};
	const bar = pointed === null ? undefined : bars[pointed];
	return (
		<figure class="bar-figure">
			{/* biome-ignore lint/a11y/useKeyWithClickEvents: a short cut for a pointer; the table has a link for each */}
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
			<div
				class="bar-area"
				onPointerMove={(event) => setPointed(indexAt(event))}
				onPointerLeave={(event) => event.pointerType === "mouse" && setPointed(null)}
				onClick={(event) => {
					const index = indexAt(event);
					const href = index === null ? null : bars[index]?.href;
					// A finger cannot point first: its tap tells, and the line below has the link.
					const isFinger = (event as unknown as PointerEvent).pointerType === "touch";
					if (href && !isFinger) go(href);
					setPointed(index);
				}}
			>
				<div
					class="bar-canvas"
					style={{ height: `${heightPx}px` }}
					role="img"
					aria-label={props.label}
				>
					<Bars heights={heights} tones={tones} lineAt={lineAt} heightPx={heightPx} />
				</div>
				<div class="bar-marks" style={{ "--columns": heights.length }} aria-hidden="true">
					{heights.slice(0, empty).map((_, index) => (
						<span key={`empty-${index.toString()}`} />
					))}
					{bars.map((one, index) => (
						<span
							key={one.key}
							class={`${one.isHere ? "here" : ""} ${index === pointed ? "pointed" : ""}`}
						>
							<Mark sign={one.sign} />
						</span>
					))}
				</div>
			</div>
			<figcaption class="bar-told">
				{bar === undefined ? props.legend : <span class="told">{bar.told}</span>}
			</figcaption>
			{props.children}
		</figure>
	);
}
