import type { JobName, RunId, TaskId } from "./ids.ts";
import type { TaskTotals } from "./totals.ts";

/**
 * The life of a run: `planning → running → sealing → sealed`, and what it is called in the end. Pure.
 */
export const runStates = [
	/**
	 * The job is asked for its tasks. Entered by `start`; left to `running` when the tasks are written, or to
	 * `sealing` when planning failed. After a crash: the alarm plans again, nothing has been sent yet.
	 */
	"planning",
	/**
	 * Tasks are sent, claimed and reported. Left to `sealing` when no task is open, or at the deadline or a limit
	 * (run-limits.ts), which close every open task. After a crash: the alarm sends what was not sent and sweeps
	 * what went missing.
	 */
	"running",
	/**
	 * Every task is closed and no report is heard any more; D1 takes the result. Left to `sealed` when D1 has
	 * confirmed. After a crash: the alarm goes on with the next chunk; writing one twice changes nothing.
	 */
	"sealing",
	/** Nothing changes in it afterwards. */
	"sealed",
] as const;
export type RunState = (typeof runStates)[number];

export const triggers = ["cron", "alarm", "manual", "rerun", "after"] as const;
export type Trigger = (typeof triggers)[number];

export const verdicts = ["succeeded", "partial", "failed", "cancelled", "timed_out"] as const;
export type Verdict = (typeof verdicts)[number];

/** The time span that a run looks at, epoch milliseconds, end excluded. */
export interface Window {
	readonly fromMs: number;
	readonly toMs: number;
}

/** What decides a run before it is planned. Kept with the run, so that planning can be done again after a crash. */
export interface RunRequest {
	readonly runId: RunId;
	readonly job: JobName;
	readonly trigger: Trigger;
	/** The scheduled time that the run belongs to, on the minute; null when started by hand. */
	readonly slotAtMs: number | null;
	readonly rerunOf: RunId | null;
	/** Only these tasks; null for all that the job plans. */
	readonly taskIds: readonly TaskId[] | null;
	/** Instead of the job's own window; null for that. */
	readonly window: Window | null;
}

const nextRunStates: Record<RunState, readonly RunState[]> = {
	planning: ["running", "sealing"],
	running: ["sealing"],
	sealing: ["sealed"],
	sealed: [],
};

/** Throws on a step that the machine does not have: that is a bug, never an operator's mistake. */
export function moveRun(from: RunState, to: RunState): RunState {
	if (!nextRunStates[from].includes(to)) throw new Error(`a run never goes from ${from} to ${to}`);
	return to;
}

export interface RunEnding {
	readonly cancelled: boolean;
	/** The deadline closed at least one task. */
	readonly timedOut: boolean;
	readonly planningFailed: boolean;
	readonly totals: TaskTotals;
}

/**
 * A sealed run in one word: the first that holds, in the order of the design. A run that reached a limit is what its
 * totals say, `partial` or `failed`: its time was not up.
 */
export function decideVerdict({ cancelled, timedOut, planningFailed, totals }: RunEnding): Verdict {
	if (cancelled) return "cancelled";
	if (timedOut) return "timed_out";
	if (planningFailed || (totals.planned > 0 && totals.succeeded === 0)) return "failed";
	return totals.succeeded === totals.planned ? "succeeded" : "partial";
}
