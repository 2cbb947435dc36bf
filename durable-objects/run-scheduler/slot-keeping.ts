import { type JobName, runIdForSlot } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import type { Trigger } from "../../src/domain/run.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import { isLate, planSlots } from "../../src/domain/slots.ts";
import { describeError } from "../../src/log.ts";
import type { SchedulerContext } from "./context.ts";
import { closeIncident, openIncident } from "./incident-book.ts";
import { addHeartbeat } from "./outbox.ts";
import { watchRun } from "./run-watch.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";

/** Every slot gets one account: its run, or why it has none. */
const slotsLookedAt = 60;
/** Slots of an outage that are accounted for one by one; older ones are beyond what is kept. */
export const slotsKept = 400;
const longestPauseMs = 60_000;

/** Slots at or before now that are expected and have no account, newest first. */
export function dueSlots({ ports, store }: SchedulerContext, schedule: ScheduleRow): number[] {
	const { job, cron, expectedSinceMs } = schedule;
	for (const count of [slotsLookedAt, slotsKept]) {
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
			for (const slotAtMs of missed) missSlot(context, schedule.job, slotAtMs);
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

/** Starts those runs again whose coordinators have not confirmed it. */
export async function confirmStarts(context: SchedulerContext): Promise<void> {
	for (const slot of context.store.listUnstarted()) {
		if ((slot.tryAgainAtMs ?? 0) <= context.ports.nowMs()) await startRun(context, slot);
	}
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
	const paused = store.findSchedule(job);
	if (isPaused(paused, ports.nowMs())) {
		store.atomically(() => {
			const reason = `Paused: ${paused?.pauseReason ?? ""}`;
			account(context, newSlot(job, slotAtMs, "paused", ports.nowMs(), { trigger, reason }));
			const runId = runIdForSlot(job, slotAtMs);
			// The schedule is kept, and says so; silence would be taken for its death.
			addHeartbeat(context, { runId, signal: "success", text: `${runId}: ${reason}` });
		});
		return;
	}
	const before = store.findRunSlotBefore(job, slotAtMs);
	if (before?.runId != null && store.findRun(before.runId)?.sealedAtMs == null) {
		let isOpen: boolean;
		try {
			const answer = await ports.findCoordinator(before.runId).wake();
			isOpen =
				answer.kind === "awake" && (answer.state === "planning" || answer.state === "running");
		} catch (error) {
			const reason = `${before.runId} could not be asked: ${describeError(error)}`;
			postpone(context, { job, slotAtMs, trigger, reason });
			return;
		}
		if (isOpen) {
			const reason = `${before.runId} is still open.`;
			account(context, newSlot(job, slotAtMs, "overlap", ports.nowMs(), { trigger, reason }));
			return;
		}
	}
	const slot = store.atomically(() => takeSlot(context, job, slotAtMs, trigger));
	if (slot !== undefined) await startRun(context, slot);
}

/** The slot gets its run, unless somebody was faster while the run before was asked. */
function takeSlot(
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
	if (late) {
		const evidence = { lateMs: nowMs - slotAtMs };
		openIncident(context, {
			kind: "slot_late",
			job,
			runId,
			slotAtMs,
			beganAtMs: slotAtMs,
			evidence,
		});
	} else {
		closeIncident(context, "slot_late", job);
		closeIncident(context, "slot_missed", job);
	}
	return slot;
}

async function startRun(context: SchedulerContext, slot: SlotRow): Promise<void> {
	const { ports, store } = context;
	const { job, slotAtMs, runId, trigger } = slot;
	if (runId === null) return;
	try {
		await ports.findCoordinator(runId).start({
			runId,
			job,
			trigger: trigger ?? "alarm",
			slotAtMs,
			rerunOf: null,
			taskIds: null,
			window: null,
		});
	} catch (error) {
		const failures = (store.findSlot(job, slotAtMs)?.failures ?? 0) + 1;
		const pauseMs = backoffMs(failures, longestPauseMs, ports.dice());
		ports.log("error", "start_failed", { runId, failures, error: describeError(error) });
		store.saveSlot({ ...slot, failures, tryAgainAtMs: ports.nowMs() + pauseMs });
		context.alarm.wakeAt(ports.nowMs() + pauseMs);
		return;
	}
	store.atomically(() => {
		const startedAtMs = ports.nowMs();
		store.saveSlot({ ...slot, startedAtMs, failures: 0, tryAgainAtMs: null });
		addHeartbeat(context, { runId, signal: "start", text: `${runId} started by ${trigger}` });
	});
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

function missSlot(context: SchedulerContext, job: JobName, slotAtMs: number): void {
	const { ports, store } = context;
	const reason =
		store.findSlot(job, slotAtMs)?.reason ??
		"Neither the cron nor the alarm came before a newer slot was due.";
	account(context, newSlot(job, slotAtMs, "missed", ports.nowMs(), { reason }));
	openIncident(context, {
		kind: "slot_missed",
		job,
		slotAtMs,
		beganAtMs: slotAtMs,
		evidence: { reason },
	});
}

/** Writes the account of a slot that has none yet. */
function account(context: SchedulerContext, slot: SlotRow): void {
	const { store, alarm, ports } = context;
	if (!isUndecided(context, slot.job, slot.slotAtMs)) return;
	store.saveSlot(slot);
	store.forgetSlots(slot.job, slotsKept);
	// From here on a crash is found by the alarm.
	if (slot.runId !== null) alarm.wakeAt(ports.nowMs() + longestPauseMs);
}

function isUndecided({ store }: SchedulerContext, job: JobName, slotAtMs: number): boolean {
	const slot = store.findSlot(job, slotAtMs);
	return slot === undefined || slot.account === "due";
}

/** Whether the cron is what did not come: a slot that was postponed had been its own. */
function missesCron({ store }: SchedulerContext, { job }: ScheduleRow, slotAtMs: number): boolean {
	return store.findSlot(job, slotAtMs) === undefined && (store.findProof("cron") ?? 0) < slotAtMs;
}

export function isPaused(schedule: ScheduleRow | undefined, nowMs: number): boolean {
	return schedule?.pausedUntilMs != null && nowMs < schedule.pausedUntilMs;
}

function newSlot(
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
