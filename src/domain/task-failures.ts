import type { Failure } from "./outcome.ts";

/** Failures that the engine itself finds, not a job. */
export const leaseExpired: Failure = {
	fingerprint: "lease-expired",
	code: "lease_expired",
	message: "The consumer claimed this task and never reported. Was it stopped, or out of time?",
};

export const runDeadline: Failure = {
	fingerprint: "run-deadline",
	code: "run_deadline",
	message: "The run's deadline came before this task was done (RUN_DEADLINE_MINUTES).",
};

export const tooManyDeferrals: Failure = {
	fingerprint: "too-many-deferrals",
	code: "too_many_deferrals",
	message: "The task was given back too often without getting done.",
};
