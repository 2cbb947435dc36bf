import type { Trigger } from "./run.ts";

/**
 * What becomes of the slots of a job: each gets exactly one account. Pure.
 */
export const slotAccounts = [
	/** It is time, and it is not decided yet: the run before could not be asked, or the cron may still come. */
	"due",
	/** Has its run, started in time, by cron or (when that did not come) by the alarm. */
	"run",
	/** Has its run, started long after it was due. */
	"late",
	/** Has none: the run of the slot before was still open. */
	"overlap",
	/** Has none: the schedule was paused. */
	"paused",
	/** Has none, and should have had one; the reason stands beside it. */
	"missed",
] as const;
export type SlotAccount = (typeof slotAccounts)[number];

export interface SlotQuestion {
	/** Slots that are expected and not decided, at or before `nowMs`, newest first. */
	readonly due: readonly number[];
	/** The slot that the cron has come for and that is not decided; null when this is no cron. */
	readonly cronSlotAtMs: number | null;
	readonly nowMs: number;
	/** CRON_GRACE_SECONDS, in milliseconds. */
	readonly graceMs: number;
}

export interface SlotPlan {
	/** To be decided now: run, unless something speaks against it. */
	readonly decide: { readonly slotAtMs: number; readonly trigger: Trigger } | null;
	/** Too old: a newer slot is due, and one run makes good for all. Oldest first. */
	readonly missed: readonly number[];
}

/**
 * The newest slot is run, by the cron when it comes and by the alarm when it does not come in time; older ones are
 * missed. A slot that nobody expected (before the first look at the schedule) is run because the cron says so.
 */
export function planSlots({ due, cronSlotAtMs, nowMs, graceMs }: SlotQuestion): SlotPlan {
	const [newest] = due;
	const missed = due.slice(1).toReversed();
	const isUnexpected = cronSlotAtMs !== null && !due.includes(cronSlotAtMs);
	if (cronSlotAtMs !== null && (cronSlotAtMs === newest || isUnexpected)) {
		return { decide: { slotAtMs: cronSlotAtMs, trigger: "cron" }, missed };
	}
	if (newest !== undefined && nowMs >= newest + graceMs) {
		return { decide: { slotAtMs: newest, trigger: "alarm" }, missed };
	}
	return { decide: null, missed };
}

/** The alarm comes right after the grace; whatever starts later than this behind it is late. Milliseconds. */
const lateAfterGraceMs = 60_000;

export function isLate(slotAtMs: number, startedAtMs: number, graceMs: number): boolean {
	return startedAtMs > slotAtMs + graceMs + lateAfterGraceMs;
}
