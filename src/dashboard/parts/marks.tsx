import type { SlotAccount, TaskState, Verdict } from "../api/shapes.ts";
import { useReader } from "./reader.tsx";

/**
 * Marks: what a colour says, said by a shape as well. A tone is a colour, a glyph a shape; no two states share both.
 */
export type Tone = "good" | "warn" | "bad" | "late" | "still" | "busy" | "none";
export type Glyph =
	| "check"
	| "part"
	| "cross"
	| "clock"
	| "stop"
	| "gap"
	| "pause"
	| "skip"
	| "play"
	| "wait"
	| "lost"
	| "ring"
	| "bell"
	| "again";

export interface Sign {
	readonly tone: Tone;
	readonly glyph: Glyph;
}

export const signOfVerdict: Readonly<Record<Verdict, Sign>> = {
	succeeded: { tone: "good", glyph: "check" },
	partial: { tone: "warn", glyph: "part" },
	failed: { tone: "bad", glyph: "cross" },
	timed_out: { tone: "late", glyph: "clock" },
	cancelled: { tone: "still", glyph: "stop" },
};

export const runningSign: Sign = { tone: "busy", glyph: "play" };

export const signOfAccount: Readonly<Record<SlotAccount, Sign>> = {
	run: runningSign,
	late: runningSign,
	overlap: { tone: "still", glyph: "skip" },
	paused: { tone: "still", glyph: "pause" },
	missed: { tone: "bad", glyph: "gap" },
	due: { tone: "busy", glyph: "wait" },
};

export const signOfTask: Readonly<Record<TaskState, Sign>> = {
	succeeded: { tone: "good", glyph: "check" },
	failed: { tone: "bad", glyph: "cross" },
	lost: { tone: "late", glyph: "lost" },
	cancelled: { tone: "still", glyph: "stop" },
	running: { tone: "busy", glyph: "play" },
	waiting: { tone: "warn", glyph: "wait" },
	planned: { tone: "none", glyph: "ring" },
};

const strokes: Readonly<Record<Glyph, string>> = {
	check: "M3.2 8.6 6.6 12 12.8 4.6",
	part: "M7.4 3.2a5.2 5.2 0 1 0 5.4 5.4H7.4ZM10 1.9V6h4.100A4.100 4.100 0 0 0 10 1.900Z",
	cross: "m4 4 8 8m0-8-8 8",
	clock: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8ZM8 5v3.2l2.2 1.4",
	stop: "M4 4h8v8H4Z",
	gap: "M2.5 8h2.2m2.2 0h2.2m2.2 0h2.2",
	pause: "M5.5 4v8m5-8v8",
	skip: "m3.5 4 4 4-4 4m5-8 4 4-4 4",
	play: "M5.2 3.6v8.8L12 8Z",
	wait: "M4.5 3h7m-7 10h7M5.2 3c0 3 5.6 4 5.6 10M10.8 3c0 3-5.6 4-5.6 10",
	lost: "M5.4 6a2.7 2.7 0 1 1 4 2.4C8.4 8.9 8 9.4 8 10.3m0 2.3v.200",
	ring: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
	again: "M12.6 6.2A5 5 0 1 0 13 8.6M13 3.2v3.2H9.8",
	bell: "M8 2.6 14.2 13H1.8ZM8 6.6v3m0 1.8v.200",
};
const fills: Partial<Record<Glyph, string>> = {
	part: "M7.4 3.2a5.2 5.2 0 1 0 5.4 5.4H7.4Z",
	play: "M5.2 3.6v8.8L12 8Z",
};

export function Mark({ sign, class: more = "" }: { readonly sign: Sign; readonly class?: string }) {
	const fill = fills[sign.glyph];
	return (
		<svg class={`mark tone-${sign.tone} ${more}`} viewBox="0 0 16 16" aria-hidden="true">
			{fill !== undefined && <path d={fill} fill="currentColor" />}
			<path d={strokes[sign.glyph]} class="stroke" />
		</svg>
	);
}

/** A mark and its word. */
export function Badge(props: { readonly sign: Sign; readonly text: string }) {
	return (
		<span class={`badge tone-${props.sign.tone}`}>
			<Mark sign={props.sign} />
			{props.text}
		</span>
	);
}

const stamp: Readonly<Record<Verdict | "open" | "none", string>> = {
	succeeded: "済",
	partial: "欠",
	failed: "否",
	timed_out: "限",
	cancelled: "止",
	open: "今",
	none: "空",
};

/** 印: the verdict as the seal under an entry. Its shape says good (round) or not (square) from across the room. */
export function Seal(props: { readonly verdict: Verdict | null; readonly open?: boolean }) {
	const { language } = useReader();
	const kind = props.verdict ?? (props.open ? "open" : "none");
	const sign =
		props.verdict === null
			? props.open
				? runningSign
				: ({ tone: "none", glyph: "ring" } as const)
			: signOfVerdict[props.verdict];
	return (
		<span class={`seal seal-${kind} tone-${sign.tone}`} aria-hidden="true">
			{language === "ja" ? <span class="stamp">{stamp[kind]}</span> : <Mark sign={sign} />}
		</span>
	);
}

export function VerdictBadge(props: { readonly verdict: Verdict | null }) {
	const { words } = useReader();
	return props.verdict === null ? (
		<Badge sign={runningSign} text={words.running} />
	) : (
		<Badge sign={signOfVerdict[props.verdict]} text={words.verdict[props.verdict]} />
	);
}

export function TaskBadge(props: { readonly state: TaskState }) {
	const { words } = useReader();
	return <Badge sign={signOfTask[props.state]} text={words.taskState[props.state]} />;
}
