import { type JobName, runIdForSlot } from "../../src/domain/ids.ts";
import type { Trigger } from "../../src/domain/run.ts";
import { writeSlotReason } from "../../src/domain/slot-reason.ts";
import type { SchedulerContext } from "./context.ts";
import { addHeartbeat } from "./outbox.ts";
import { account, dueSlots, isUndecided, newSlot, tellMissed } from "./slot-accounts.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";

/** Slots that get no run: in a pause, of an expression that is no more, or because a newer one is due. */
export function missSlot(
	context: SchedulerContext,
	schedule: ScheduleRow,
	slotAtMs: number,
	why: string = writeSlotReason.nobody_came(),
): void {
	const { ports, store } = context;
	const { job } = schedule;
	if (isInPause(schedule, slotAtMs)) {
		account(context, pausedSlot(context, schedule, slotAtMs));
		return;
	}
	const reason = store.findSlot(job, slotAtMs)?.reason ?? why;
	account(context, newSlot(job, slotAtMs, "missed", ports.nowMs(), { reason }));
	tellMissed(context, job, slotAtMs, reason);
}

/** @returns whether the slot is not to be run: it lies in the pause, whenever it is decided, or is decided in it */
export function skipInPause(
	context: SchedulerContext,
	job: JobName,
	slotAtMs: number,
	trigger: Trigger,
): boolean {
	const { ports, store } = context;
	const schedule = store.findSchedule(job);
	if (schedule === undefined) return false;
	if (!isPaused(schedule, ports.nowMs()) && !isInPause(schedule, slotAtMs)) return false;
	store.atomically(() => {
		if (!isUndecided(context, job, slotAtMs)) return;
		const slot = pausedSlot(context, schedule, slotAtMs, trigger);
		account(context, slot);
		const runId = runIdForSlot(job, slotAtMs);
		// The schedule is kept, and says so; silence would be taken for its death.
		addHeartbeat(context, { runId, signal: "success", text: `${runId}: ${slot.reason}` });
	});
	return true;
}

/** Before a pause is forgotten: slots in it that nobody was there to decide were paused, not missed. */
export function settlePause(context: SchedulerContext, schedule: ScheduleRow): void {
	for (const slotAtMs of dueSlots(context, schedule).toReversed()) {
		if (!isInPause(schedule, slotAtMs)) continue;
		account(context, pausedSlot(context, schedule, slotAtMs));
	}
}

/** Before an expression is forgotten: its undecided slots are nobody's any more, and say so. */
export function settleChange(context: SchedulerContext, schedule: ScheduleRow, cron: string): void {
	const why = writeSlotReason.schedule_changed(schedule.cron, cron);
	for (const slotAtMs of dueSlots(context, schedule).toReversed()) {
		missSlot(context, schedule, slotAtMs, why);
	}
}

function pausedSlot(
	{ ports }: SchedulerContext,
	{ job, pauseReason }: ScheduleRow,
	slotAtMs: number,
	trigger: Trigger | null = null,
): SlotRow {
	const reason = writeSlotReason.paused(pauseReason ?? "");
	return newSlot(job, slotAtMs, "paused", ports.nowMs(), { trigger, reason });
}

export function isPaused(schedule: ScheduleRow | undefined, nowMs: number): boolean {
	return schedule?.pausedUntilMs != null && nowMs < schedule.pausedUntilMs;
}

function isInPause({ pausedAtMs, pausedUntilMs }: ScheduleRow, slotAtMs: number): boolean {
	if (pausedAtMs === null || pausedUntilMs === null) return false;
	return slotAtMs >= pausedAtMs && slotAtMs < pausedUntilMs;
}
