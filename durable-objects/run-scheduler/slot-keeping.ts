import { backoffMs } from "../../src/domain/retry.ts";
import type { Trigger } from "../../src/domain/run.ts";
import { writeSlotReason } from "../../src/domain/slot-reason.ts";
import { planSlots } from "../../src/domain/slots.ts";
import { describeError } from "../../src/log.ts";
import type { SchedulerContext } from "./context.ts";
import { openIncident } from "./incident-book.ts";
import { isLongOverdue } from "./run-watch.ts";
import { account, dueSlots, isUndecided, longestPauseMs, newSlot } from "./slot-accounts.ts";
import { missSlot, skipInPause } from "./slot-skipping.ts";
import { startRun, takeSlot } from "./slot-starting.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";

/**
 * Decides what can be decided now.
 *
 * Crash anywhere: a slot without an account is due at the next alarm, one whose run was not confirmed is started
 * again (its run's id comes from the slot, so that is one run).
 * @param cronSlotAtMs the slot that the cron has come for; null when this is the alarm
 */
export async function keepSlots(
	context: SchedulerContext,
	schedule: ScheduleRow,
	cronSlotAtMs: number | null,
): Promise<void> {
	const { ports, store } = context;
	const nowMs = ports.nowMs();
	const due = dueSlots(context, schedule);
	const { decide, missed } = planSlots({
		due,
		cronSlotAtMs: findCronSlot(context, schedule, due[0], cronSlotAtMs),
		nowMs,
		graceMs: ports.config.cronGraceMs,
	});
	if (missed.length > 0) {
		store.atomically(() => {
			for (const slotAtMs of missed) missSlot(context, schedule, slotAtMs);
		});
	}
	if (decide === null) return;
	if (decide.trigger === "alarm" && missesCron(context, schedule, decide.slotAtMs)) {
		const lastSeenAtMs = store.findProof("cron");
		openIncident(context, {
			kind: "cron_dead",
			job: "",
			slotAtMs: decide.slotAtMs,
			beganAtMs: decide.slotAtMs,
			evidence: lastSeenAtMs === null ? {} : { lastSeenAtMs },
		});
	}
	await decideSlot(context, schedule, decide.slotAtMs, decide.trigger);
}

/** The undecided slot that the cron has come for, now or before: one that was postponed waits for no grace. */
function findCronSlot(
	context: SchedulerContext,
	{ job }: ScheduleRow,
	newest: number | undefined,
	cameForMs: number | null,
): number | null {
	const { ports, store } = context;
	if (cameForMs !== null) return isUndecided(context, job, cameForMs) ? cameForMs : null;
	if (newest === undefined) return null;
	const postponed = store.findSlot(job, newest);
	const isCrons = postponed?.trigger === "cron";
	return isCrons && (postponed.tryAgainAtMs ?? 0) <= ports.nowMs() ? newest : null;
}

async function decideSlot(
	context: SchedulerContext,
	{ job }: ScheduleRow,
	slotAtMs: number,
	trigger: Trigger,
): Promise<void> {
	const { ports, store } = context;
	const due = store.findSlot(job, slotAtMs);
	if (trigger === "alarm" && (due?.tryAgainAtMs ?? 0) > ports.nowMs()) return;
	if (skipInPause(context, job, slotAtMs, trigger)) return;
	const before = store.findRunSlotBefore(job, slotAtMs);
	if (before?.runId != null && store.findRun(before.runId)?.sealedAtMs == null) {
		let isOpen: boolean;
		try {
			const answer = await ports.withinTime(ports.findCoordinator(before.runId).wake());
			isOpen =
				answer.kind === "awake" && (answer.state === "planning" || answer.state === "running");
		} catch (error) {
			const reason = writeSlotReason.not_asked(before.runId, describeError(error));
			// One that cannot say so long after its deadline is not waited for: it would stop the schedule for ever.
			if (!isLongOverdue(context, before.decidedAtMs)) {
				postpone(context, { job, slotAtMs, trigger, reason });
				return;
			}
			isOpen = false;
		}
		if (isOpen) {
			const reason = writeSlotReason.still_open(before.runId);
			account(context, newSlot(job, slotAtMs, "overlap", ports.nowMs(), { trigger, reason }));
			return;
		}
	}
	// Asked again: the pause may have come while the run before was asked.
	if (skipInPause(context, job, slotAtMs, trigger)) return;
	const slot = store.atomically(() => takeSlot(context, job, slotAtMs, trigger));
	if (slot !== undefined) await startRun(context, slot);
}

/** The next alarm tries again; the account is open until then. */
function postpone(
	context: SchedulerContext,
	slot: Pick<SlotRow, "job" | "slotAtMs" | "trigger" | "reason">,
): void {
	const { job, slotAtMs } = slot;
	const { ports, store, alarm } = context;
	const due = store.findSlot(job, slotAtMs);
	if (due !== undefined && due.account !== "due") return;
	const failures = (due?.failures ?? 0) + 1;
	const tryAgainAtMs = ports.nowMs() + backoffMs(failures, longestPauseMs, ports.dice());
	const rest = { ...slot, failures, tryAgainAtMs };
	store.saveSlot(newSlot(job, slotAtMs, "due", ports.nowMs(), rest));
	ports.log("warn", "slot_postponed", { job, slotAtMs, failures, reason: slot.reason });
	alarm.wakeAt(tryAgainAtMs);
}

/** Whether the cron is what did not come: a slot that was postponed had been its own. */
function missesCron({ store }: SchedulerContext, { job }: ScheduleRow, slotAtMs: number): boolean {
	return store.findSlot(job, slotAtMs) === undefined && (store.findProof("cron") ?? 0) < slotAtMs;
}
