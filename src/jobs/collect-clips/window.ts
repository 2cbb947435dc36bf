import type { Window } from "../../domain/run.ts";
import { clipWindowEdgeMs } from "../../limits.ts";

const hourMs = 3_600_000;

/** The last `hours` up to now, never up to a watermark: clips appear late, and Twitch leaves some out of short windows. */
export function trailingWindow(startedAtMs: number, hours: number): Window {
	// Up, not down: what was made in the last minutes is looked for already by this run.
	const toMs = Math.ceil(startedAtMs / clipWindowEdgeMs) * clipWindowEdgeMs;
	return { fromMs: toMs - hours * hourMs, toMs };
}

/** The smallest window on Twitch's edges that holds `window`: Twitch would round its end down and lose the rest. */
export function alignWindow({ fromMs, toMs }: Window): Window {
	return {
		fromMs: Math.floor(fromMs / clipWindowEdgeMs) * clipWindowEdgeMs,
		toMs: Math.ceil(toMs / clipWindowEdgeMs) * clipWindowEdgeMs,
	};
}

export function isWindow({ fromMs, toMs }: Window): boolean {
	return Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs) && 0 <= fromMs && fromMs < toMs;
}
