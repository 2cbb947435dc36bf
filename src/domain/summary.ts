import type { Counts } from "./counts.ts";
import type { JobName, RunId, TaskId } from "./ids.ts";
import type { Failure } from "./outcome.ts";
import type { RunState, Trigger, Verdict } from "./run.ts";
import { isBalanced, type TaskTotals } from "./totals.ts";

/**
 * The one result of a run, as everybody sees it: the same shape while it is open and when it is sealed.
 * Times are RFC 3339 UTC, durations milliseconds.
 */
export interface Summary {
	readonly runId: RunId;
	readonly job: JobName;
	readonly trigger: Trigger;
	readonly slot: string | null;
	readonly rerunOf: RunId | null;
	/** Looked up when read, and no part of the seal. */
	readonly reruns: readonly RunId[];
	readonly state: RunState;
	/** Null until the run is sealed. */
	readonly verdict: Verdict | null;
	readonly startedAt: string;
	readonly sealedAt: string | null;
	/** From start to seal; up to now while the run is open. */
	readonly durationMs: number;
	readonly tasks: TaskTotals;
	readonly balanced: boolean;
	/** Exact when sealed; while open, what the accepted reports said so far. */
	readonly yield: Counts;
	readonly attempts: AttemptTotals;
	/** Leave out the seal itself, and are lower bounds where reports were lost. */
	readonly meters: Counts;
	readonly errors: readonly ErrorGroup[];
	readonly version: string;
}

export interface AttemptTotals {
	readonly total: number;
	readonly retried: number;
	readonly leasesExpired: number;
	readonly lateReports: number;
	readonly duplicateDeliveries: number;
}

/** Failures of one cause. `taskIds` has at most `errorTaskIdsMax`; `count` is the whole number of tasks. */
export interface ErrorGroup {
	readonly fingerprint: string;
	readonly code: string;
	readonly message: string;
	readonly count: number;
	readonly taskIds: readonly TaskId[];
}

export const errorTaskIdsMax = 20;
export const errorGroupsMax = 50;

export interface SummaryParts {
	readonly runId: RunId;
	readonly job: JobName;
	readonly trigger: Trigger;
	readonly slotAtMs: number | null;
	readonly rerunOf: RunId | null;
	readonly state: RunState;
	readonly verdict: Verdict | null;
	readonly startedAtMs: number;
	readonly sealedAtMs: number | null;
	readonly nowMs: number;
	readonly totals: TaskTotals;
	readonly yield: Counts;
	readonly attempts: AttemptTotals;
	readonly meters: Counts;
	readonly errors: readonly ErrorGroup[];
	/** Why planning failed; stands first among the errors, with no tasks. */
	readonly planningFailure: Failure | null;
	readonly version: string;
}

export function buildSummary(parts: SummaryParts): Summary {
	return {
		runId: parts.runId,
		job: parts.job,
		trigger: parts.trigger,
		slot: parts.slotAtMs === null ? null : formatSlot(parts.slotAtMs),
		rerunOf: parts.rerunOf,
		reruns: [],
		state: parts.state,
		verdict: parts.verdict,
		startedAt: formatTime(parts.startedAtMs),
		sealedAt: parts.sealedAtMs === null ? null : formatTime(parts.sealedAtMs),
		durationMs: Math.max(0, (parts.sealedAtMs ?? parts.nowMs) - parts.startedAtMs),
		tasks: parts.totals,
		balanced: isBalanced(parts.totals, parts.state === "sealed"),
		yield: parts.yield,
		attempts: parts.attempts,
		meters: parts.meters,
		errors: [...describePlanningFailure(parts.planningFailure), ...parts.errors],
		version: parts.version,
	};
}

function describePlanningFailure(failure: Failure | null): ErrorGroup[] {
	if (failure === null) return [];
	const { fingerprint, code, message } = failure;
	return [{ fingerprint, code, message, count: 1, taskIds: [] }];
}

/** 2026-11-23T17:00:00.412Z */
export function formatTime(atMs: number): string {
	return new Date(atMs).toISOString();
}

/** 2026-11-23T17:00:00Z: a slot is on the minute. */
export function formatSlot(atMs: number): string {
	return formatTime(atMs).replace(".000Z", "Z");
}
