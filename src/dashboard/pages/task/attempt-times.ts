import type { Attempt } from "../../api/shapes.ts";

/** Where the time of a task went, attempt by attempt. Pure. */
export interface AttemptTimes {
	readonly attempt: Attempt;
	/** From the end of the attempt before, or the start of the run, to its beginning; milliseconds. */
	readonly waitedMs: number;
	/** From its beginning to its end, or to now. */
	readonly workedMs: number;
	/** It failed, and none came after it. */
	readonly isGivenUp: boolean;
}

export function readAttemptTimes(
	attempts: readonly Attempt[],
	startedAt: string,
	nowMs: number,
	hasFailed: boolean,
): AttemptTimes[] {
	let beforeMs = Date.parse(startedAt);
	return attempts.map((attempt, index) => {
		const claimedMs = Date.parse(attempt.claimedAt);
		const endedMs = attempt.endedAt === null ? nowMs : Date.parse(attempt.endedAt);
		const times = {
			attempt,
			waitedMs: Math.max(0, claimedMs - beforeMs),
			workedMs: Math.max(0, endedMs - claimedMs),
			isGivenUp: hasFailed && index === attempts.length - 1,
		};
		beforeMs = endedMs;
		return times;
	});
}

export const workParts = ["atTwitch", "atD1", "rest"] as const;
export type WorkPart = (typeof workParts)[number];

/** What an attempt did with its time. Requests overlap: what they took together is cut to what the attempt took. */
export function splitWork({
	attempt,
	workedMs,
}: Pick<AttemptTimes, "attempt" | "workedMs">): Readonly<Record<WorkPart, number>> {
	const atTwitch = Math.min(workedMs, attempt.meters?.["twitchMs"] ?? 0);
	const atD1 = Math.min(workedMs - atTwitch, attempt.meters?.["d1Ms"] ?? 0);
	return { atTwitch, atD1, rest: workedMs - atTwitch - atD1 };
}

const ticksMax = 5;
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000].concat(
	[60, 120, 300, 600, 1_200, 3_600].map((seconds) => seconds * 1_000),
);

/** Round moments of a scale that ends at `totalMs`, the first of them 0; at most six. */
export function chooseTicks(totalMs: number): number[] {
	const stepMs = wholeSteps.find((step) => totalMs / step <= ticksMax) ?? totalMs / ticksMax;
	return Array.from({ length: Math.floor(totalMs / stepMs) + 1 }, (_, index) => index * stepMs);
}
