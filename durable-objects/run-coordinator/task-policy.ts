import type { Failure } from "../../src/domain/outcome.ts";
import { findReachedLimit, limitRun } from "../../src/domain/run-limits.ts";
import type { TaskPolicy } from "../../src/domain/task.ts";
import type { CoordinatorConfig } from "./ports.ts";
import type { RunRow } from "./store.ts";

/** Enough for a job that goes page by page over many invocations, and still an end. */
const maxDeferrals = 100;

export function taskPolicy(config: CoordinatorConfig, run: RunRow): TaskPolicy {
	return { maxAttempts: config.maxAttempts, maxDeferrals, stopping: run.cancelledAtMs !== null };
}

/** Why the run must end now, or null while it is within the limits of its size. */
export function reachedLimit(config: CoordinatorConfig, run: RunRow): Failure | null {
	const { tasksPerMessage, messagesInFlight, maxAttempts } = config;
	const plannedTasks = run.plannedTasks ?? 0;
	const deadlineMs = run.deadlineAtMs - run.startedAtMs;
	const size = { plannedTasks, tasksPerMessage, messagesInFlight, maxAttempts, deadlineMs };
	return findReachedLimit(run.meters, limitRun(size));
}
