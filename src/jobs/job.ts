import type { Counts } from "../domain/counts.ts";
import type { JobName, RunId, TaskId } from "../domain/ids.ts";
import type { Failure, TaskResult } from "../domain/outcome.ts";
import type { Result } from "../domain/result.ts";
import type { Window } from "../domain/run.ts";

/**
 * What a kind of work gives the engine. Fan-out, leases, retries, recovery, totals and sealing are the
 * engine's: a second job is one new folder beside this file and one line in the registry.
 */
export interface Job {
	readonly name: JobName;
	readonly schedule: Schedule;
	/** Names of this job's yields in the order of the summary; all whole numbers that add up over tasks. */
	readonly yieldNames: readonly string[];
	/** Names of this job's own meters (beside the engine's), such as `twitchRequests`. */
	readonly meterNames: readonly string[];
	/**
	 * The tasks of a run. Reads and writes nothing: it is asked again after a crash, and to check a request.
	 * A rejected promise counts as a failure that may pass, an `err` as one that will not.
	 */
	plan(request: PlanRequest): Promise<Result<Plan, Failure>>;
	/** Does the tasks of one message. Every task of `work` gets a result; one task's trouble stays its own. */
	perform(work: Work): Promise<Performance>;
	/**
	 * What these tasks of a closed run left in the store, exactly: also that of attempts which were never
	 * heard of. Called after the run's writes are shut out, and again after a crash.
	 */
	tally(request: TallyRequest): Promise<ReadonlyMap<TaskId, Counts>>;
	/** What people call these tasks, for pages; what has no name is left out. Without it they are called by their ids. */
	describeTasks?(taskIds: readonly TaskId[]): Promise<ReadonlyMap<TaskId, TaskDescription>>;
}

export interface TaskDescription {
	/** Whatever the store has: to be shown as text. */
	readonly name: string;
	/** Where people find it; null when that is nowhere. */
	readonly url: string | null;
}

export type Schedule =
	/** At the slots of a cron expression, UTC. */
	| { readonly kind: "cron"; readonly cron: string }
	/** Whenever a run of another job has sealed. */
	| { readonly kind: "after"; readonly job: JobName }
	/** Only by hand. */
	| { readonly kind: "manual" };

export interface PlanRequest {
	readonly runId: RunId;
	readonly startedAtMs: number;
	/** Instead of the job's own window. */
	readonly window: Window | null;
	/** Only these; ids that the job does not know are left out of the plan. Null for all. */
	readonly taskIds: readonly TaskId[] | null;
}

export interface Plan {
	readonly window: Window;
	/** Each id once, in any order. */
	readonly taskIds: readonly TaskId[];
	/** What planning used: the engine's `d1…`. */
	readonly meters: Counts;
}

export interface Work {
	readonly runId: RunId;
	readonly window: Window;
	readonly tasks: readonly WorkItem[];
	/**
	 * For all requests that leave Cloudflare: at most 6 at once, each with a time-out, counted.
	 * Rejects with `RequestBudgetSpent` (src/jobs/request-budget.ts) when no request is left: give back as `deferred`.
	 */
	readonly fetch: typeof fetch;
	/** When to have returned, epoch milliseconds by `now()`; start nothing that cannot end before it. */
	readonly deadlineAtMs: number;
	readonly now: () => number;
}

export interface WorkItem {
	readonly taskId: TaskId;
	/** Counted from 1. */
	readonly attempt: number;
	/** What this job said when it deferred the task; null on a fresh start. */
	readonly continuation: string | null;
}

export interface Performance {
	readonly results: readonly TaskResult[];
	/** What the whole message used, beyond what its tasks' results say: the names of `meterNames` and the engine's `d1…`. */
	readonly meters: Counts;
}

export interface TallyRequest {
	readonly runId: RunId;
	readonly window: Window;
	/** At most 1,000. `reported` is what the last accepted report said, null when none was. */
	readonly tasks: readonly { readonly taskId: TaskId; readonly reported: Counts | null }[];
}

/** The jobs of this deployment by name. */
export type JobRegistry = ReadonlyMap<JobName, Job>;

export function createRegistry(jobs: readonly Job[]): JobRegistry {
	return new Map(jobs.map((job) => [job.name, job]));
}
