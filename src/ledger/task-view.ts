import { type Counts, sumCounts } from "../domain/counts.ts";
import type { TaskId } from "../domain/ids.ts";
import type { Failure, Warning } from "../domain/outcome.ts";
import { formatTime } from "../domain/summary.ts";
import type { Attempt, AttemptOutcome, Task, TaskState } from "../domain/task.ts";

/** A task as everybody sees it, of an open and of a sealed run alike. Times are RFC 3339 UTC. */
export interface TaskView {
	readonly taskId: TaskId;
	readonly state: TaskState;
	/** The sweep sent it again: its message or its consumer had gone missing. */
	readonly recovered: boolean;
	readonly closedAt: string | null;
	readonly yield: Counts;
	readonly meters: Counts;
	readonly error: Failure | null;
	readonly warnings: readonly Warning[];
	readonly attempts: readonly AttemptView[];
}

export interface AttemptView {
	readonly attempt: number;
	readonly claimedAt: string;
	/** Null, like `durationMs` and `outcome`, while it runs. */
	readonly endedAt: string | null;
	readonly durationMs: number | null;
	readonly outcome: AttemptOutcome | null;
	readonly error: Failure | null;
	readonly yield: Counts | null;
	readonly meters: Counts | null;
}

/** @param yielded instead of what the task reported, once the store was asked */
export function viewTask(
	task: Task,
	ended: readonly Attempt[],
	yielded: Counts = task.yield ?? {},
): TaskView {
	return {
		taskId: task.taskId,
		state: task.state,
		recovered: task.recoveries > 0,
		closedAt: task.closedAtMs === null ? null : formatTime(task.closedAtMs),
		yield: yielded,
		meters: sumCounts(ended.map((attempt) => attempt.meters ?? {})),
		error: task.error,
		warnings: task.warnings,
		attempts: [...ended.map(viewAttempt), ...viewRunningAttempt(task)],
	};
}

function viewAttempt(attempt: Attempt): AttemptView {
	return {
		attempt: attempt.attempt,
		claimedAt: formatTime(attempt.claimedAtMs),
		endedAt: formatTime(attempt.endedAtMs),
		durationMs: attempt.endedAtMs - attempt.claimedAtMs,
		outcome: attempt.outcome,
		error: attempt.error,
		yield: attempt.yield,
		meters: attempt.meters,
	};
}

function viewRunningAttempt(task: Task): AttemptView[] {
	if (task.state !== "running" || task.claimedAtMs === null) return [];
	return [
		{
			attempt: task.attempts,
			claimedAt: formatTime(task.claimedAtMs),
			endedAt: null,
			durationMs: null,
			outcome: null,
			error: null,
			yield: null,
			meters: null,
		},
	];
}
