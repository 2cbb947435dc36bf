import { type JobName, runIdForSlot } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import type { Trigger } from "../../src/domain/run.ts";
import { writeSlotReason } from "../../src/domain/slot-reason.ts";
import { isLate } from "../../src/domain/slots.ts";
import { describeError } from "../../src/log.ts";
import type { SchedulerContext } from "./context.ts";
import { closeIncident, openIncident } from "./incident-book.ts";
import { addHeartbeat } from "./outbox.ts";
import { isLongOverdue, watchRun } from "./run-watch.ts";
import { account, isUndecided, longestPauseMs, newSlot, tellMissed } from "./slot-accounts.ts";
import type { SlotRow } from "./store.ts";

/** A slot takes its run, and the run is started until its coordinator has confirmed it. */

/** Starts those runs again whose coordinators have not confirmed it. */
export async function confirmStarts(context: SchedulerContext): Promise<void> {
	for (const slot of context.store.listUnstarted()) {
		if ((slot.tryAgainAtMs ?? 0) <= context.ports.nowMs()) await startRun(context, slot);
	}
}

/** The slot gets its run, unless somebody was faster while the run before was asked. */
export function takeSlot(
	context: SchedulerContext,
	job: JobName,
	slotAtMs: number,
	trigger: Trigger,
): SlotRow | undefined {
	if (!isUndecided(context, job, slotAtMs)) return undefined;
	const { ports } = context;
	const nowMs = ports.nowMs();
	const late = isLate(slotAtMs, nowMs, ports.config.cronGraceMs);
	const runId = runIdForSlot(job, slotAtMs);
	const slot = newSlot(job, slotAtMs, late ? "late" : "run", nowMs, { trigger, runId });
	account(context, slot);
	watchRun(context, { runId, job, slotAtMs, startedAtMs: nowMs });
	if (late) tellLate(context, slot);
	return slot;
}

/** @param reason why its run has not even started yet */
function tellLate(
	context: SchedulerContext,
	{ job, runId, slotAtMs }: SlotRow,
	reason?: string,
): void {
	const lateMs = context.ports.nowMs() - slotAtMs;
	openIncident(context, {
		kind: "slot_late",
		job,
		...(runId === null ? {} : { runId }),
		slotAtMs,
		beganAtMs: slotAtMs,
		evidence: { lateMs, ...(reason === undefined ? {} : { reason }) },
	});
}

export async function startRun(context: SchedulerContext, slot: SlotRow): Promise<void> {
	const { ports, store } = context;
	const { job, slotAtMs, runId, trigger } = slot;
	if (runId === null) return;
	let created: boolean;
	try {
		const answer = await ports.withinTime(
			ports.findCoordinator(runId).start({
				runId,
				job,
				trigger: trigger ?? "alarm",
				slotAtMs,
				rerunOf: null,
				taskIds: null,
				window: null,
			}),
		);
		created = answer.created;
	} catch (error) {
		store.atomically(() => startFailed(context, slot, describeError(error)));
		return;
	}
	store.atomically(() => {
		const startedAtMs = ports.nowMs();
		const current = store.findSlot(job, slotAtMs);
		if (current === undefined || current.startedAtMs !== null) return;
		// One that was there already started when its answer was lost, which may have been in time.
		const isInTime = !created || !isLate(slotAtMs, startedAtMs, ports.config.cronGraceMs);
		confirmStart(context, current, startedAtMs, isInTime);
		// After its end, a start would be taken for a run that hangs.
		if (store.findRun(runId)?.sealedAtMs != null) return;
		addHeartbeat(context, { runId, signal: "start", text: `${runId} started by ${trigger}` });
	});
}

/** Asked again soon; told when that makes it late, and given up when the run's own time is over. */
function startFailed(context: SchedulerContext, slot: SlotRow, error: string): void {
	const { ports, store } = context;
	const { job, slotAtMs, runId } = slot;
	const current = store.findSlot(job, slotAtMs);
	// Another one who asked was told that it has started.
	if (current === undefined || runId === null || current.startedAtMs !== null) return;
	const run = store.findRun(runId);
	if (run?.sealedAtMs != null) {
		// Heard of its end: it has started, whatever became of the answers.
		const isInTime = !isLate(slotAtMs, run.startedAtMs, ports.config.cronGraceMs);
		confirmStart(context, current, run.startedAtMs, isInTime);
		return;
	}
	const nowMs = ports.nowMs();
	const failures = current.failures + 1;
	ports.log("error", "start_failed", { runId, failures, error });
	if (isLongOverdue(context, current.decidedAtMs)) {
		const reason = writeSlotReason.not_started(runId, error);
		store.saveSlot({ ...current, account: "missed", reason, failures, tryAgainAtMs: null });
		tellMissed(context, job, slotAtMs, reason);
		return;
	}
	const tryAgainAtMs = nowMs + backoffMs(failures, longestPauseMs, ports.dice());
	const isInTime = !isLate(slotAtMs, nowMs, ports.config.cronGraceMs);
	saveInTimeOrLate(context, { ...current, failures, tryAgainAtMs }, isInTime, error);
	context.alarm.wakeAt(tryAgainAtMs);
}

function confirmStart(
	context: SchedulerContext,
	slot: SlotRow,
	startedAtMs: number,
	isInTime: boolean,
): void {
	saveInTimeOrLate(context, { ...slot, startedAtMs, failures: 0, tryAgainAtMs: null }, isInTime);
	if (slot.account !== "run" || !isInTime) return;
	closeIncident(context, "slot_late", slot.job);
	closeIncident(context, "slot_missed", slot.job);
}

/** It was taken in time, but its run is what counts. */
function saveInTimeOrLate(
	context: SchedulerContext,
	slot: SlotRow,
	isInTime: boolean,
	error?: string,
): void {
	const becomesLate = slot.account === "run" && !isInTime;
	context.store.saveSlot(becomesLate ? { ...slot, account: "late" } : slot);
	if (becomesLate) tellLate(context, slot, error);
}
