import type { Attempt } from "../../api/shapes.ts";

/** Where the time of a task went, attempt by attempt. Pure. */
export interface AttemptTimes {
	readonly attempt: Attempt;
	/** From the end of the attempt before, or the start of the run, to its beginning; milliseconds. */
	readonly waitedMs: number;
	/** From its beginning to its end, or to now. */
	readonly workedMs: number;
}

export function readAttemptTimes(
	attempts: readonly Attempt[],
	startedAt: string,
	nowMs: number,
): AttemptTimes[] {
	let beforeMs = Date.parse(startedAt);
	return attempts.map((attempt) => {
		const claimedMs = Date.parse(attempt.claimedAt);
		const endedMs = attempt.endedAt === null ? nowMs : Date.parse(attempt.endedAt);
		const times = {
			attempt,
			waitedMs: Math.max(0, claimedMs - beforeMs),
			workedMs: Math.max(0, endedMs - claimedMs),
		};
		beforeMs = endedMs;
		return times;
	});
}
