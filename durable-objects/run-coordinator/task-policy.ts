import type { TaskPolicy } from "../../src/domain/task.ts";
import type { CoordinatorConfig } from "./ports.ts";

/** Enough for a job that goes page by page over many invocations, and still an end. */
const maxDeferrals = 100;

export function taskPolicy(config: CoordinatorConfig): TaskPolicy {
	return { maxAttempts: config.maxAttempts, maxDeferrals };
}
