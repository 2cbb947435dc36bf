import { type JobName, runIdForSlot } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import type { Trigger } from "../../src/domain/run.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import { isLate, planSlots } from "../../src/domain/slots.ts";
import { describeError } from "../../src/log.ts";
import type { SchedulerContext } from "./context.ts";
import { closeIncident, openIncident } from "./incident-book.ts";
import { addHeartbeat } from "./outbox.ts";
import { isLongOverdue, watchRun } from "./run-watch.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";
import { withinTime } from "./time-limit.ts";

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
	if (skipInPause(context, job, slotAtMs, trigger)) return;
	const before = store.findRunSlotBefore(job, slotAtMs);
	if (before?.runId != null && store.findRun(before.runId)?.sealedAtMs == null) {
		let isOpen: boolean;
		try {
			const answer = await withinTime(ports.findCoordinator(before.runId).wake());
			isOpen =
				answer.kind === "awake" && (answer.state === "planning" || answer.state === "running");
		} catch (error) {
			const reason = `${before.runId} could not be asked: ${describeError(error)}`;
			// One that cannot say so long after its deadline is not waited for: it would stop the schedule for ever.
			if (!isLongOverdue(context, before.decidedAtMs)) {
				postpone(context, { job, slotAtMs, trigger, reason });
				return;
			}
			isOpen = false;
		}
		if (isOpen) {
			const reason = `${before.runId} is still open.`;
			account(context, newSlot(job, slotAtMs, "overlap", ports.nowMs(), { trigger, reason }));
			return;
		}
	}
	// Asked again: the pause may have come while the run before was asked.
	if (skipInPause(context, job, slotAtMs, trigger)) return;
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

async function startRun(context: SchedulerContext, slot: SlotRow): Promise<void> {
	const { ports, store } = context;
	const { job, slotAtMs, runId, trigger } = slot;
	if (runId === null) return;
	let created: boolean;
	try {
		const answer = await withinTime(
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
		const started = { ...current, startedAtMs, failures: 0, tryAgainAtMs: null };
		// One that was there already started when its answer was lost, which may have been in time.
		const isInTime = !created || !isLate(slotAtMs, startedAtMs, ports.config.cronGraceMs);
		saveInTimeOrLate(context, started, isInTime);
		if (started.account === "run" && isInTime) {
			closeIncident(context, "slot_late", job);
			closeIncident(context, "slot_missed", job);
		}
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
	const nowMs = ports.nowMs();
	const failures = current.failures + 1;
	ports.log("error", "start_failed", { runId, failures, error });
	if (isLongOverdue(context, current.decidedAtMs)) {
		const reason = `${runId} could not be started: ${error}`;
		store.saveSlot({ ...current, account: "missed", reason, failures, tryAgainAtMs: null });
		tellMissed(context, job, slotAtMs, reason);
		return;
	}
	const tryAgainAtMs = nowMs + backoffMs(failures, longestPauseMs, ports.dice());
	const isInTime = !isLate(slotAtMs, nowMs, ports.config.cronGraceMs);
	saveInTimeOrLate(context, { ...current, failures, tryAgainAtMs }, isInTime, error);
	context.alarm.wakeAt(tryAgainAtMs);
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

function missSlot(
	context: SchedulerContext,
	schedule: ScheduleRow,
	slotAtMs: number,
	why = "Neither the cron nor the alarm came before a newer slot was due.",
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

function tellMissed(
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

/** @returns whether the slot is not to be run: it lies in the pause, whenever it is decided, or is decided in it */
function skipInPause(
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
	const why = `The schedule was changed from ${schedule.cron} to ${cron} before it was decided.`;
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
	const reason = `Paused: ${pauseReason ?? ""}`;
	return newSlot(job, slotAtMs, "paused", ports.nowMs(), { trigger, reason });
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

function isInPause({ pausedAtMs, pausedUntilMs }: ScheduleRow, slotAtMs: number): boolean {
	if (pausedAtMs === null || pausedUntilMs === null) return false;
	return slotAtMs >= pausedAtMs && slotAtMs < pausedUntilMs;
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
