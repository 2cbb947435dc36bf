import type { Summary } from "../api/shapes.ts";

/**
 * Whether a run that goes on is worth a look every few seconds. Pure. Most are over within a minute; one that takes
 * longer waits, and one that is stuck for hours must not eat the day's requests through a page that is left open.
 */
const livelyMs = 600_000;

export function isLively(run: Pick<Summary, "state" | "durationMs">): boolean {
	return run.state !== "sealed" && run.durationMs < livelyMs;
}
