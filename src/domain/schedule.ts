import { Cron } from "croner";

/**
 * Slots: the scheduled times that runs belong to, in UTC, on the minute. Pure; the time is passed in.
 */
export function slotOf(scheduledAtMs: number): number {
	return Math.floor(scheduledAtMs / 60_000) * 60_000;
}

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
