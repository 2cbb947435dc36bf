import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { colourOf, watchTheme } from "./colour-of.ts";
import type { Tone } from "./marks.tsx";

/** The bars of a chart on a canvas, by uPlot. What they say stands in the figure around it. */
export interface BarsProps {
	/** 0 to 1, null for a gap. */
	readonly heights: readonly (number | null)[];
	/** Those that go on above the edge. */
	readonly areCut: readonly boolean[];
	readonly tones: readonly Tone[];
	/** A dashed line at this height. */
	readonly lineAt: number | null;
	readonly heightPx: number;
}

/** A bar's share of its column, and the most that it takes, CSS pixels. */
const barShare = 0.72;
const barMaxPx = 22;
/** The slanted gap of a broken bar: how far below the top, how steep, how wide, CSS pixels. */
const gap = { belowPx: 11, risePx: 5, widePx: 3 };

const tonesDrawn: readonly Tone[] = ["good", "warn", "bad", "late", "still", "busy", "none"];

export default function Bars({ heights, areCut, tones, lineAt, heightPx }: BarsProps) {
	const holder = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const element = holder.current;
		if (element === null) return;
		const columns = heights.length;
		const plot = new uPlot(
			{
				width: element.clientWidth,
				height: heightPx,
				padding: [2, 0, 0, 0],
				hooks: { draw: [(drawn) => breakBars(drawn, areCut)] },
				legend: { show: false },
				cursor: { show: false },
				axes: [{ show: false }, { show: false }],
				scales: {
					x: { time: false, range: [-0.5, columns - 0.5] },
					y: { range: [0, 1.02] },
				},
				series: [
					{},
					...tonesDrawn.map((tone) => ({
						fill: () => colourOf(element, tone),
						stroke: () => colourOf(element, tone),
						width: 0,
						points: { show: false },
						// A bar's width, its most and its least in pixels.
						paths: uPlot.paths.bars?.({
							size: [barShare, barMaxPx, 2],
							radius: 0.12,
						}) as uPlot.Series.PathBuilder,
					})),
					{
						stroke: () => colourOf(element, "still"),
						width: 1,
						dash: [4, 4],
						points: { show: false },
					},
				],
			},
			[
				heights.map((_, index) => index),
				...tonesDrawn.map((tone) =>
					heights.map((height, index) => (tones[index] === tone ? height : null)),
				),
				heights.map(() => lineAt),
			] as uPlot.AlignedData,
			element,
		);
		const fit = new ResizeObserver(() =>
			plot.setSize({ width: element.clientWidth, height: heightPx }),
		);
		fit.observe(element);
		// Colours are read when they are drawn.
		const unwatch = watchTheme(() => plot.redraw(false));
		return () => {
			fit.disconnect();
			unwatch();
			plot.destroy();
		};
	}, [heights, areCut, tones, lineAt, heightPx]);
	return <div ref={holder} class="bars" aria-hidden="true" />;
}

/** Takes a slanted piece out of each bar that is cut, whatever is behind it. */
function breakBars({ ctx, bbox }: uPlot, areCut: readonly boolean[]): void {
	const ratio = window.devicePixelRatio || 1;
	const column = bbox.width / areCut.length;
	const half = Math.min(column * barShare, barMaxPx * ratio) / 2 + ratio;
	ctx.save();
	ctx.globalCompositeOperation = "destination-out";
	ctx.setLineDash([]);
	ctx.lineWidth = gap.widePx * ratio;
	ctx.strokeStyle = "#000";
	ctx.beginPath();
	for (const [index, isCut] of areCut.entries()) {
		if (!isCut) continue;
		const x = bbox.left + column * (index + 0.5);
		const y = bbox.top + gap.belowPx * ratio;
		ctx.moveTo(x - half, y + (gap.risePx * ratio) / 2);
		ctx.lineTo(x + half, y - (gap.risePx * ratio) / 2);
	}
	ctx.stroke();
	ctx.restore();
}
