import { useEffect, useState } from "preact/hooks";
import {
	formatAge,
	formatDuration,
	formatMoment,
	formatUtcBeside,
	isUtcAt,
	type MomentShape,
	shapeAcrossYears,
} from "../format/spans.ts";
import { useReader } from "./reader.tsx";

/** Moments in the reader's zone with UTC beside, and ages that go on while one looks. */
export function Moment(props: {
	readonly at: string | number;
	readonly shape?: MomentShape;
	/** Without UTC beside, where it stands in the line already. */
	readonly alone?: boolean;
}) {
	const { language, timeZone, words } = useReader();
	const atMs = typeof props.at === "number" ? props.at : Date.parse(props.at);
	const shape = shapeAcrossYears(props.shape ?? "dayMinute", atMs, Date.now());
	const local = formatMoment(atMs, shape, language, timeZone);
	const isUtc = isUtcAt(atMs, timeZone);
	return (
		<time dateTime={new Date(atMs).toISOString()} class="moment">
			{local}
			{!props.alone && (
				<span class="utc">
					{isUtc ? "" : `${formatUtcBeside(atMs, shape, language, timeZone)} `}
					{words.utc}
				</span>
			)}
		</time>
	);
}

export function useNow(everyMs: number): number {
	const [nowMs, setNowMs] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNowMs(Date.now()), everyMs);
		return () => clearInterval(timer);
	}, [everyMs]);
	return nowMs;
}

/** @returns a function of a moment to "12 minutes ago", drawn anew every second */
export function useAge(): (at: string) => string {
	const { language } = useReader();
	const nowMs = useNow(1_000);
	return (at) => formatAge(Date.parse(at), nowMs, language);
}

export function Duration(props: { readonly ms: number | null }) {
	const { language } = useReader();
	return <span class="num">{props.ms === null ? "–" : formatDuration(props.ms, language)}</span>;
}
