import { Cron } from "croner";

/**
 * Slots: the scheduled times that runs belong to, in UTC, on the minute. Pure; the time is passed in.
 */

/**
 * The newest slots of a cron expression at or before `nowMs`, newest first, epoch milliseconds.
 * Throws on a malformed expression: jobs are code.
 */
export function previousSlots(cron: string, nowMs: number, count: number): number[] {
	// croner looks strictly before the reference date, so look from the second after now.
	return new Cron(cron, { timezone: "UTC" })
		.previousRuns(count, new Date(nowMs + 1_000))
		.map((date) => date.getTime());
}

/** The first slot of a cron expression after `nowMs`, epoch milliseconds. Throws when there is none, or on a malformed one. */
export function nextSlot(cron: string, nowMs: number): number {
	const next = new Cron(cron, { timezone: "UTC" }).nextRun(new Date(nowMs));
	if (next === null) throw new Error(`the cron expression ${cron} has no next slot`);
	return next.getTime();
}
