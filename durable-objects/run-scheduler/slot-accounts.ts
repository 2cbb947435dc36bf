import type { JobName } from "../../src/domain/ids.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import type { SchedulerContext } from "./context.ts";
import { openIncident } from "./incident-book.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";

/** Every slot gets one account: its run, or why it has none. Here: which have none yet, and how one is written. */

/** Slots of an outage that are accounted for one by one; older ones are beyond what is kept. */
const slotsKept = 400;
/** How many slots are looked at, and how many more when there is a gap: each costs the cron expression's time. */
const slotsLookedAt = [4, 60, slotsKept] as const;
/** The pause between tries of what a slot needs is never longer. */
export const longestPauseMs = 60_000;

/** Slots at or before now that are expected and have no account, newest first. */
export function dueSlots({ ports, store }: SchedulerContext, schedule: ScheduleRow): number[] {
	const { job, cron, expectedSinceMs } = schedule;
	for (const count of slotsLookedAt) {
		const expected = previousSlots(cron, ports.nowMs(), count).filter(
			(slot) => slot > expectedSinceMs,
		);
		const decided = new Set(store.listDecided(job, expected.at(-1) ?? 0));
		const due = expected.filter((slot) => !decided.has(slot));
		// A gap that reaches to the end of the view goes on behind it.
		if (due.length === 0 || due.at(-1) !== expected.at(-1) || expected.length < count) return due;
		if (count === slotsKept) return due;
	}
	return [];
}

export function tellMissed(
	context: SchedulerContext,
	job: JobName,
	slotAtMs: number,
	reason: string,
): void {
	openIncident(context, {
		kind: "slot_missed",
		job,
		slotAtMs,
		beganAtMs: slotAtMs,
		evidence: { reason },
	});
}

/** Writes the account of a slot that has none yet. */
export function account(context: SchedulerContext, slot: SlotRow): void {
	const { store, alarm, ports } = context;
	if (!isUndecided(context, slot.job, slot.slotAtMs)) return;
	store.saveSlot(slot);
	store.forgetSlots(slot.job, slotsKept);
	// From here on a crash is found by the alarm.
	if (slot.runId !== null) alarm.wakeAt(ports.nowMs() + longestPauseMs);
}

export function isUndecided({ store }: SchedulerContext, job: JobName, slotAtMs: number): boolean {
	const slot = store.findSlot(job, slotAtMs);
	return slot === undefined || slot.account === "due";
}

export function newSlot(
	job: JobName,
	slotAtMs: number,
	account: SlotRow["account"],
	decidedAtMs: number,
	rest: Partial<SlotRow> = {},
): SlotRow {
	return {
		job,
		slotAtMs,
		account,
		trigger: null,
		runId: null,
		reason: null,
		decidedAtMs,
		startedAtMs: null,
		failures: 0,
		tryAgainAtMs: null,
		...rest,
	};
}
