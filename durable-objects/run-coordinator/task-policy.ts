import type { TaskPolicy } from "../../src/domain/task.ts";
import type { CoordinatorConfig } from "./ports.ts";
import type { RunRow } from "./store.ts";

/** Enough for a job that goes page by page over many invocations, and still an end. */
const maxDeferrals = 100;

export function taskPolicy(config: CoordinatorConfig, run: RunRow): TaskPolicy {
	return { maxAttempts: config.maxAttempts, maxDeferrals, stopping: run.cancelledAtMs !== null };
}
