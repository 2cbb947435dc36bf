import type { Attempt } from "../../api/shapes.ts";
import type { Sign } from "../../parts/marks.tsx";

/** How an attempt ended, as a mark. */
const signs = {
	succeeded: { tone: "good", glyph: "check" },
	retryable: { tone: "warn", glyph: "wait" },
	permanent: { tone: "bad", glyph: "cross" },
	deferred: { tone: "still", glyph: "skip" },
	lease_expired: { tone: "late", glyph: "lost" },
	run_closed: { tone: "late", glyph: "stop" },
} as const satisfies Record<NonNullable<Attempt["outcome"]>, Sign>;

/** @param isLast whether the task is closed with it: then what could be tried again will not be */
export function signOfAttempt({ outcome }: Attempt, isLast: boolean): Sign {
	if (outcome === null) return { tone: "busy", glyph: "play" };
	return signs[isLast && outcome === "retryable" ? "permanent" : outcome];
}
