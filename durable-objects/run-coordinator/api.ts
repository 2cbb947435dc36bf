import type { Counts } from "../../src/domain/counts.ts";
import type { ClaimId, JobName, LeaseToken, RunId, TaskId } from "../../src/domain/ids.ts";
import type { TaskResult } from "../../src/domain/outcome.ts";
import type { RunRequest, RunState, Window } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { TaskState } from "../../src/domain/task.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";

/**
 * What can be asked of a run's coordinator, by consumers, handlers and other coordinators.
 *
 * Every call is safe to repeat: the platform repeats calls that may not have arrived, and answers get lost. New
 * code reaches an object up to five minutes late, so these shapes only grow.
 */
export interface CoordinatorApi {
	/** Creates the run, or finds it there. The only call that writes to an object without a run. */
	start(request: RunRequest): Promise<StartAnswer>;
	claim(request: ClaimRequest): Promise<ClaimAnswer>;
	report(report: Report): Promise<ReportAnswer>;
	/** The queue gave up on a message: its tasks come back. */
	returnMessage(request: ReturnRequest): Promise<ReturnAnswer>;
	/** Stops what has not started. A second cancel changes nothing and answers alike. */
	cancel(): Promise<CancelAnswer>;
	/** Sets the run's alarm again if it is dead, and says how the run stands. Writes nothing if it is alive. */
	wake(): Promise<WakeAnswer>;
	summary(): Promise<Summary | UnknownRun>;
	/** A page in the order of ids; `limit` 1 to 500. */
	tasks(request: TasksRequest): Promise<TasksPage | UnknownRun>;
	task(taskId: TaskId): Promise<TaskView | UnknownRun | UnknownTask>;
	/** Every task with its state, in the order of ids. */
	states(): Promise<TaskStates | UnknownRun>;
}

export interface UnknownRun {
	readonly kind: "unknown_run";
}

export interface UnknownTask {
	readonly kind: "unknown_task";
}

export interface StartAnswer {
	/** False when the run was there already; nothing changed then. */
	readonly created: boolean;
	readonly state: RunState;
}

export interface ClaimRequest {
	readonly messageNo: number;
	readonly taskIds: readonly TaskId[];
	readonly claimId: ClaimId;
	/** How often the queue has delivered this message, counted from 1. */
	readonly delivery: number;
}

export type ClaimAnswer = ClaimGranted | UnknownRun;

export interface ClaimGranted {
	readonly kind: "granted";
	/** Goes back with the report. */
	readonly messageNo: number;
	readonly leaseToken: LeaseToken;
	/** Milliseconds that the lease lasts from now: a duration, because clocks differ. */
	readonly leaseMs: number;
	readonly job: JobName;
	readonly window: Window;
	/** Empty when there is nothing (more) to do: a duplicate, or the run is closed. */
	readonly tasks: readonly GrantedTask[];
}

export interface GrantedTask {
	readonly taskId: TaskId;
	readonly attempt: number;
	readonly continuation: string | null;
}

export interface Report {
	readonly messageNo: number;
	readonly leaseToken: LeaseToken;
	readonly results: readonly TaskResult[];
	/** What the message used beyond what its results say. */
	readonly meters: Counts;
}

export type ReportAnswer =
	| {
			readonly kind: "heard";
			readonly accepted: number;
			/** Results that came without a current lease and changed nothing. */
			readonly late: number;
	  }
	| UnknownRun;

export interface ReturnRequest {
	readonly messageNo: number;
}

export type ReturnAnswer = { readonly kind: "returned"; readonly tasks: number } | UnknownRun;

export type CancelAnswer =
	| {
			readonly kind: "cancelled";
			/** Tasks that will not run (again). */
			readonly cancelled: number;
			/** Tasks that were past that point when they were counted, and may finish. */
			readonly running: number;
	  }
	/** The run is being sealed, or is. */
	| { readonly kind: "too_late" }
	| UnknownRun;

export type WakeAnswer =
	| {
			readonly kind: "awake";
			/** Whether the alarm was dead until now. */
			readonly woken: boolean;
			readonly state: RunState;
			readonly startedAtMs: number;
			readonly deadlineAtMs: number;
			/** Sealed, and nothing is left to do but to be forgotten. Not said by the version before. */
			readonly settled?: boolean;
	  }
	| UnknownRun;

export interface TasksRequest {
	readonly after: TaskId | null;
	readonly limit: number;
	readonly state: TaskState | null;
}

export interface TasksPage {
	readonly kind: "tasks";
	readonly tasks: readonly TaskView[];
	/** Pass as `after` for the next page; null when this was the last. */
	readonly next: TaskId | null;
}

export interface TaskStates {
	readonly kind: "states";
	readonly taskIds: readonly TaskId[];
	/** One letter each, as src/domain/task-letters.ts writes them: `120s1f79s`. */
	readonly states: string;
}

/** Finds the coordinator of a run; calls nothing. */
export type FindCoordinator = (runId: RunId) => CoordinatorApi;
