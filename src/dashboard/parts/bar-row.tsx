import { useMemo } from "preact/hooks";
import { go } from "../url/location.ts";
import type { Bar } from "./bar-figure.tsx";
import { later } from "./later.tsx";
import { Mark } from "./marks.tsx";

const Bars = later(
	() => import("./bars.tsx"),
	() => null,
);

/** Bars that stand beside each other, the mark of each, and from when to when they go. */
export function BarRow(props: {
	/** Null where there is nothing yet. */
	readonly places: readonly (Bar | null)[];
	readonly heights: readonly (number | null)[];
	readonly areCut: readonly boolean[];
	readonly lineAt: number | null;
	readonly heightPx: number;
	/** The key of the bar that is told. */
	readonly pointed: string | null;
	readonly onPoint: (key: string | null) => void;
}) {
	const { places, heightPx } = props;
	const tones = useMemo(() => places.map((bar) => bar?.sign.tone ?? "none"), [places]);
	const barAt = (event: PointerEvent | MouseEvent) => {
		const area = (event.currentTarget as HTMLElement).getBoundingClientRect();
		return places[Math.floor(((event.clientX - area.left) / area.width) * places.length)] ?? null;
	};
	const first = places.find((bar) => bar !== null);
	const last = places.at(-1);
	return (
		<>
			{/* biome-ignore lint/a11y/useKeyWithClickEvents: a short cut for a pointer; the table has a link for each */}
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
			<div
				class="bar-area"
				onPointerMove={(event) => props.onPoint(barAt(event)?.key ?? null)}
				onPointerLeave={(event) => event.pointerType === "mouse" && props.onPoint(null)}
				onClick={(event) => {
					const bar = barAt(event);
					// A finger cannot point first: its tap tells, and what is told is the link.
					const isFinger = (event as unknown as PointerEvent).pointerType === "touch";
					if (bar?.href && !isFinger) go(bar.href);
					props.onPoint(bar?.key ?? null);
				}}
			>
				<div class="bar-canvas" style={{ height: `${heightPx}px` }}>
					<Bars
						heights={props.heights}
						areCut={props.areCut}
						tones={tones}
						lineAt={props.lineAt}
						heightPx={heightPx}
					/>
				</div>
				<div class="bar-marks" style={{ "--columns": places.length }}>
					{places.map((bar, index) =>
						bar === null ? (
							<span key={`empty-${index.toString()}`} />
						) : (
							<span
								key={bar.key}
								class={`${bar.isHere ? "here" : ""} ${bar.key === props.pointed ? "pointed" : ""}`}
							>
								<Mark sign={bar.sign} />
							</span>
						),
					)}
				</div>
			</div>
			{first != null && last != null && first !== last && (
				<p class="bar-ends">
					<span>{first.at}</span>
					<span>{last.at}</span>
				</p>
			)}
		</>
	);
}
