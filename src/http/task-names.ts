import type { JobName, TaskId } from "../domain/ids.ts";
import type { JobRegistry, TaskDescription } from "../jobs/job.ts";
import { describeError, type Log } from "../log.ts";

/** What people call the tasks of a job; null when that cannot be said just now. */
export type NameTasks = (
	job: JobName,
	taskIds: readonly TaskId[],
) => Promise<ReadonlyMap<TaskId, TaskDescription> | null>;

/** A job that has no names for its tasks, or cannot say them just now, leaves the ids: those are always true. */
export function taskNamesOf(jobs: JobRegistry, log: Log): NameTasks {
	return async (job, taskIds) => {
		if (taskIds.length === 0) return new Map();
		try {
			return (await jobs.get(job)?.describeTasks?.(taskIds)) ?? new Map();
		} catch (error) {
			log("warn", "tasks_unnamed", { job, error: describeError(error) });
			return null;
		}
	};
}

export function nameOf(description: TaskDescription | undefined) {
	return { name: description?.name ?? null, url: description?.url ?? null };
}
