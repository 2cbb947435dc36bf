import type { Summary } from "../api/shapes.ts";

/**
 * How long a run goes on, and whether it is worth a look every few seconds. Pure. Most are over within a minute; one that
 * takes longer waits, and one that is stuck for hours must not eat the day's requests through a page that is left open.
 */
const livelyMs = 600_000;
/** One that is no longer lively is asked for each so many times only. */
export const slowTurns = 5;

/**
 * How long a run has lasted, milliseconds. The duration of an open one is as old as the word that told it, and stands
 * still when no more words come; the run does not. Counted from that word, as the reader's clock may be wrong.
 * @param asOfMs when that word came, by the clock of `nowMs`
 */
export function lastedMs(
	run: Pick<Summary, "state" | "durationMs">,
	asOfMs: number,
	nowMs: number,
): number {
	return run.state === "sealed" ? run.durationMs : run.durationMs + Math.max(0, nowMs - asOfMs);
}

export function isLively(
	run: Pick<Summary, "state" | "durationMs">,
	asOfMs: number,
	nowMs: number,
): boolean {
	return run.state !== "sealed" && lastedMs(run, asOfMs, nowMs) < livelyMs;
}
