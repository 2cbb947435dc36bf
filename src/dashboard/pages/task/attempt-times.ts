import type { Attempt, Summary, Task } from "../../api/shapes.ts";

/** Where the time of a task went, attempt by attempt. Pure. */
export interface AttemptTimes {
	readonly attempt: Attempt;
	/** From the end of the attempt before, or the start of the run, to its beginning; milliseconds. */
	readonly waitedMs: number;
	/** From its beginning to its end, or to now. */
	readonly workedMs: number;
	/** The task is closed, and none came after it. */
	readonly isLast: boolean;
	/** It failed, and that closed the task: no attempt was left. Known only when the run is sealed. */
	readonly isUsedUp: boolean;
}

export function readAttemptTimes(
	{ attempts, closedAt }: Pick<Task, "attempts" | "closedAt">,
	run: Pick<Summary, "startedAt" | "verdict">,
	nowMs: number,
): AttemptTimes[] {
	let beforeMs = Date.parse(run.startedAt);
	// An attempt that ends after a cancel closes its task as well, however many were left.
	const mayBeUsedUp = run.verdict !== null && run.verdict !== "cancelled";
	return attempts.map((attempt, index) => {
		const claimedMs = Date.parse(attempt.claimedAt);
		const endedMs = attempt.endedAt === null ? nowMs : Date.parse(attempt.endedAt);
		const isLast = closedAt !== null && index === attempts.length - 1;
		const times = {
			attempt,
			waitedMs: Math.max(0, claimedMs - beforeMs),
			workedMs: Math.max(0, endedMs - claimedMs),
			isLast,
			isUsedUp: isLast && mayBeUsedUp && attempt.endedAt === closedAt,
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
