import type { Counts } from "./counts.ts";
import type { LeaseToken, TaskId } from "./ids.ts";
import {
	type Failure,
	limitWarnings,
	type Outcome,
	type OutcomeKind,
	type TaskResult,
	type Warning,
} from "./outcome.ts";
import { err, ok, type Result } from "./result.ts";
import { nextRetryAtMs, resumeAtMs } from "./retry.ts";
import { leaseExpired, runDeadline, tooManyDeferrals } from "./task-failures.ts";

/**
 * The life of a task. Pure: no I/O, no clock, no dice; `nowMs` is passed in.
 *
 * Every function takes a task and answers the next one, or says why the task cannot move. The coordinator
 * saves what comes back in the same transaction in which it read the task, so a crash leaves the task as
 * it was before the call.
 */
export const taskStates = [
	/**
	 * Its turn has not come: not sent, sent and not claimed, or taken back from a consumer that fell silent.
	 * Entered by the plan and by an expired lease; left by a claim, a cancellation, the deadline or a limit.
	 * After a crash: is sent again when its message is missed.
	 */
	"planned",
	/**
	 * A consumer holds a lease on it.
	 * Entered by a claim; left by the lease holder's report, the lease's end, the deadline or a limit.
	 * After a consumer's crash: the lease ends and the task is planned again.
	 */
	"running",
	/**
	 * An attempt asked for another one, or gave the work back; `notBeforeMs` says when. Null there means that
	 * the wait is over and the task is in a message again.
	 * Entered by a `retryable` or `deferred` report; left by a claim, a cancellation, the deadline or a limit.
	 */
	"waiting",
	/** Closed: an attempt succeeded. */
	"succeeded",
	/** Closed: the last attempt said that it failed. */
	"failed",
	/** Closed: attempts were used up, or the deadline came, without a word; or the run reached a limit. */
	"lost",
	/** Closed: an operator stopped the run before the task had started, or before it was begun again. */
	"cancelled",
] as const;
export type TaskState = (typeof taskStates)[number];

export const openTaskStates = ["planned", "running", "waiting"] as const satisfies TaskState[];

export interface Task {
	readonly taskId: TaskId;
	readonly state: TaskState;
	/** Claims so far: the number of the last attempt, 0 before the first. */
	readonly attempts: number;
	/** Attempts that gave the work back; they do not count against `maxAttempts`. */
	readonly deferrals: number;
	/** Times that a retryable outcome made it wait for another attempt. */
	readonly retries: number;
	readonly leasesExpired: number;
	/** Times that the sweep sent it again: its message or its consumer had gone missing. */
	readonly recoveries: number;
	/** Of the attempt that runs, or of the last one that was heard; null after a lease ran out. */
	readonly leaseToken: LeaseToken | null;
	readonly claimedAtMs: number | null;
	readonly leaseExpiresAtMs: number | null;
	readonly notBeforeMs: number | null;
	/** Where the next attempt goes on, in the job's own words. */
	readonly continuation: string | null;
	/** What the last attempt that was heard reported. */
	readonly yield: Counts | null;
	readonly error: Failure | null;
	readonly warnings: readonly Warning[];
	readonly closedAtMs: number | null;
}

/** How an attempt ended: with a consumer's word, or without one. */
export const attemptOutcomes = [
	"succeeded",
	"retryable",
	"permanent",
	"deferred",
	"lease_expired",
	"run_closed",
] as const satisfies (OutcomeKind | string)[];
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One ended attempt: appended once and never changed. */
export interface Attempt {
	readonly taskId: TaskId;
	readonly attempt: number;
	readonly claimedAtMs: number;
	readonly endedAtMs: number;
	readonly outcome: AttemptOutcome;
	readonly error: Failure | null;
	readonly yield: Counts | null;
	readonly meters: Counts | null;
}

export interface TaskPolicy {
	/** Attempts a task may use, deferred ones not counted. */
	readonly maxAttempts: number;
	/** Times a task may be given back before that counts as a failure: a job that never gets anywhere must end. */
	readonly maxDeferrals: number;
	/** The run was cancelled: what runs may finish, and nothing is begun again. */
	readonly stopping: boolean;
}

/** Why a task did not move. `already_reported` is the same report again; the others are late or too early. */
export type TaskRefusal = "leased" | "not_due" | "closed" | "stale_lease" | "already_reported";

export interface Moved {
	readonly task: Task;
	/** The attempt that this step ended, if it ended one. */
	readonly attempt: Attempt | null;
}

export function planTask(taskId: TaskId): Task {
	return {
		taskId,
		state: "planned",
		attempts: 0,
		deferrals: 0,
		retries: 0,
		leasesExpired: 0,
		recoveries: 0,
		leaseToken: null,
		claimedAtMs: null,
		leaseExpiresAtMs: null,
		notBeforeMs: null,
		continuation: null,
		yield: null,
		error: null,
		warnings: [],
		closedAtMs: null,
	};
}

export function isOpen(task: Task): boolean {
	return (openTaskStates as readonly TaskState[]).includes(task.state);
}

export function claimTask(
	task: Task,
	lease: { nowMs: number; token: LeaseToken; expiresAtMs: number },
): Result<Task, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	if (task.state === "running") return err("leased");
	if (task.state === "waiting" && task.notBeforeMs !== null && task.notBeforeMs > lease.nowMs) {
		return err("not_due");
	}
	// A call that arrives after the report of its own claim: its consumer is gone, and the lease would be nobody's.
	if (task.leaseToken === lease.token) return err("already_reported");
	return ok({
		...task,
		state: "running",
		attempts: task.attempts + 1,
		leaseToken: lease.token,
		claimedAtMs: lease.nowMs,
		leaseExpiresAtMs: lease.expiresAtMs,
		notBeforeMs: null,
	});
}

/** @param dice in [0, 1), spreads the times of retries */
export function reportTask(
	task: Task,
	leaseToken: LeaseToken,
	result: TaskResult,
	policy: TaskPolicy,
	nowMs: number,
	dice: number,
): Result<Moved, TaskRefusal> {
	if (task.leaseToken !== leaseToken) return err(isOpen(task) ? "stale_lease" : "closed");
	if (task.state !== "running") return err("already_reported");
	const attempt = endAttempt(task, nowMs, result.outcome.kind, errorOf(result.outcome), result);
	const heard: Task = {
		...task,
		leaseExpiresAtMs: null,
		continuation: null,
		yield: result.yield,
		warnings: limitWarnings(result.warnings),
		error: attempt.error,
	};
	return ok({ task: settle(heard, result.outcome, policy, nowMs, dice), attempt });
}

function settle(
	task: Task,
	outcome: Outcome,
	policy: TaskPolicy,
	nowMs: number,
	dice: number,
): Task {
	switch (outcome.kind) {
		case "succeeded":
			return { ...task, state: "succeeded", closedAtMs: nowMs };
		case "permanent":
			return { ...task, state: "failed", closedAtMs: nowMs };
		case "retryable": {
			if (policy.stopping || attemptsUsed(task) >= policy.maxAttempts) {
				return { ...task, state: "failed", closedAtMs: nowMs };
			}
			const retries = task.retries + 1;
			const notBeforeMs = nextRetryAtMs(nowMs, retries, outcome.notBeforeMs, dice);
			return { ...task, state: "waiting", retries, notBeforeMs };
		}
		case "deferred": {
			if (policy.stopping) return { ...task, state: "cancelled", closedAtMs: nowMs };
			if (task.deferrals >= policy.maxDeferrals) {
				return { ...task, state: "failed", error: tooManyDeferrals, closedAtMs: nowMs };
			}
			return {
				...task,
				state: "waiting",
				deferrals: task.deferrals + 1,
				continuation: outcome.continuation,
				notBeforeMs: resumeAtMs(nowMs, outcome.notBeforeMs),
			};
		}
	}
}

/** The consumer fell silent: the task is planned again, or lost when that was its last attempt. */
export function expireLease(
	task: Task,
	policy: TaskPolicy,
	nowMs: number,
): Result<Moved, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	if (task.state !== "running" || task.leaseExpiresAtMs === null) return err("stale_lease");
	if (task.leaseExpiresAtMs > nowMs) return err("leased");
	const attempt = endAttempt(task, nowMs, "lease_expired", leaseExpired, null);
	const silent: Task = {
		...task,
		leaseToken: null,
		leaseExpiresAtMs: null,
		leasesExpired: task.leasesExpired + 1,
	};
	if (policy.stopping) {
		return ok({ task: { ...silent, state: "cancelled", closedAtMs: nowMs }, attempt });
	}
	if (attemptsUsed(task) >= policy.maxAttempts) {
		const lost: Task = { ...silent, state: "lost", error: leaseExpired, closedAtMs: nowMs };
		return ok({ task: lost, attempt });
	}
	return ok({ task: { ...silent, state: "planned", recoveries: task.recoveries + 1 }, attempt });
}

/** Its message went missing before anybody claimed it; the caller puts it into a new one. */
export function recoverTask(task: Task): Result<Task, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	if (task.state === "running") return err("leased");
	if (task.notBeforeMs !== null) return err("not_due");
	return ok({ ...task, recoveries: task.recoveries + 1 });
}

/** The wait is over; the caller puts the task into a message. */
export function endWait(task: Task, nowMs: number): Result<Task, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	if (task.state !== "waiting" || task.notBeforeMs === null) return err("leased");
	if (task.notBeforeMs > nowMs) return err("not_due");
	return ok({ ...task, notBeforeMs: null });
}

/** An operator stopped the run: what has not started does not start. What runs may finish. */
export function cancelTask(task: Task, nowMs: number): Result<Task, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	if (task.state === "running") return err("leased");
	return ok({ ...task, state: "cancelled", notBeforeMs: null, closedAtMs: nowMs });
}

/** The run's deadline came: what an attempt had called a failure is failed, what was never heard of is lost. */
export function closeTaskAtDeadline(task: Task, nowMs: number): Result<Moved, TaskRefusal> {
	const lost = closeTaskAtLimit(task, runDeadline, nowMs);
	const saidSo = task.state === "waiting" && task.error !== null;
	if (!lost.ok || !saidSo) return lost;
	const { leaseToken, error } = task;
	return ok({ ...lost.value, task: { ...lost.value.task, state: "failed", leaseToken, error } });
}

/** The run reached one of its limits: whatever is open is lost, for that reason. */
export function closeTaskAtLimit(
	task: Task,
	reached: Failure,
	nowMs: number,
): Result<Moved, TaskRefusal> {
	if (!isOpen(task)) return err("closed");
	const attempt =
		task.state === "running" ? endAttempt(task, nowMs, "run_closed", reached, null) : null;
	return ok({
		task: {
			...task,
			state: "lost",
			leaseToken: null,
			leaseExpiresAtMs: null,
			notBeforeMs: null,
			error: reached,
			closedAtMs: nowMs,
		},
		attempt,
	});
}

function attemptsUsed(task: Task): number {
	return task.attempts - task.deferrals;
}

function errorOf(outcome: Outcome): Failure | null {
	return outcome.kind === "retryable" || outcome.kind === "permanent" ? outcome.error : null;
}

function endAttempt(
	task: Task,
	endedAtMs: number,
	outcome: AttemptOutcome,
	error: Failure | null,
	result: TaskResult | null,
): Attempt {
	if (task.claimedAtMs === null) throw new Error(`task ${task.taskId} runs and was never claimed`);
	return {
		taskId: task.taskId,
		attempt: task.attempts,
		claimedAtMs: task.claimedAtMs,
		endedAtMs,
		outcome,
		error,
		yield: result?.yield ?? null,
		meters: result?.meters ?? null,
	};
}
