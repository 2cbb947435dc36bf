import type { AuditAction } from "../../domain/audit.ts";
import type { Counts } from "../../domain/counts.ts";
import type { IncidentEvidence, IncidentKind } from "../../domain/incident.ts";
import type { Verdict } from "../../domain/run.ts";
import type { Summary } from "../../domain/summary.ts";
import type { AttemptOutcome, TaskState } from "../../domain/task.ts";

/**
 * What the API answers, as this page reads it. Times are RFC 3339 UTC, durations milliseconds.
 */
export type ErrorGroup = Summary["errors"][number];
export type { AttemptOutcome, Counts, Summary, TaskState, Verdict };

export interface Failure {
	readonly fingerprint: string;
	readonly code: string;
	readonly message: string;
}

export interface Task {
	readonly taskId: string;
	/** What a person calls it; a streamer's display name. */
	readonly name?: string | null;
	readonly state: TaskState;
	readonly recovered: boolean;
	readonly closedAt: string | null;
	readonly yield: Counts;
	readonly meters: Counts;
	readonly error: Failure | null;
	readonly warnings: readonly {
		readonly code: string;
		readonly message: string;
		readonly count: number;
	}[];
	readonly attempts: readonly Attempt[];
}

export interface Attempt {
	readonly attempt: number;
	readonly claimedAt: string;
	readonly endedAt: string | null;
	readonly durationMs: number | null;
	readonly outcome: AttemptOutcome | null;
	readonly error: Failure | null;
	readonly yield: Counts | null;
	readonly meters: Counts | null;
}

export interface RunList {
	readonly runs: readonly Summary[];
	readonly cursor: string | null;
}

/** All tasks of a run in the order of their ids, which is the order of `states` and of the live changes. */
export interface Grid {
	readonly taskIds: readonly string[];
	readonly names?: readonly (string | null)[];
	/** One letter a task, runs of one letter as number and letter: `120s1f79s`. */
	readonly states: string;
}

export type Role = "viewer" | "operator";

export interface Session {
	readonly role: Role;
	readonly via: "cookie" | "token" | "access";
	readonly name: string;
	readonly expiresAt: string | null;
}

export type SlotAccount = "run" | "late" | "overlap" | "paused" | "missed" | "due";

export interface Slot {
	readonly slot: string;
	readonly account: SlotAccount;
	readonly trigger: "cron" | "alarm" | null;
	readonly runId: string | null;
	readonly reason: string | null;
	readonly startedAt: string | null;
	readonly sealedAt: string | null;
	readonly durationMs: number | null;
	readonly verdict: Verdict | null;
	readonly tasks: Pick<
		Summary["tasks"],
		"planned" | "succeeded" | "failed" | "lost" | "cancelled"
	> | null;
}

export interface Pause {
	readonly since: string;
	readonly until: string;
	readonly reason: string;
}

export interface ScheduledJob {
	readonly job: string;
	readonly cron: string;
	readonly nextSlot: string;
	readonly paused: Pause | null;
	/** Newest first, at most 48. */
	readonly slots: readonly Slot[];
}

export interface Schedule {
	readonly now: string;
	readonly proofOfLife: Readonly<Record<"cron" | "alarm" | "http", string | null>>;
	readonly nextAlarm: string | null;
	readonly jobs: readonly ScheduledJob[];
}

export interface Delivery {
	readonly channel: "discord" | "webhook";
	readonly phase: "opened" | "closed";
	readonly state: "waiting" | "delivered" | "given_up";
	readonly attempts: number;
	readonly deliveredAt: string | null;
	readonly nextAttemptAt: string | null;
	readonly error: string | null;
}

export interface Incident {
	readonly incidentId: string;
	readonly kind: IncidentKind;
	readonly job: string | null;
	readonly runId: string | null;
	readonly slot: string | null;
	readonly openedAt: string;
	readonly closedAt: string | null;
	readonly durationMs: number;
	readonly occurrences: number;
	readonly title: string;
	readonly what: string;
	readonly toDo: string;
	/** Kept with epoch milliseconds, told with RFC 3339. */
	readonly evidence: Omit<IncidentEvidence, "lastSeenAtMs"> & { readonly lastSeenAt?: string };
	readonly deliveries: readonly Delivery[];
}
export type { IncidentKind };

export interface Incidents {
	readonly open: readonly Incident[];
	readonly past: readonly Incident[];
	readonly channels: Readonly<Record<"discord" | "webhook" | "heartbeat", boolean>>;
}

export interface AuditEntry {
	readonly id: string;
	readonly at: string;
	readonly who: { readonly name: string; readonly role: Role; readonly via: string };
	readonly action: AuditAction;
	readonly subject: string;
	readonly detail: Readonly<Record<string, unknown>>;
	/** Null when the Worker was cut off before it knew. */
	readonly result: string | null;
}

export interface Audit {
	readonly entries: readonly AuditEntry[];
	readonly nextCursor: string | null;
}

export interface MatrixRun {
	readonly runId: string;
	readonly slot: string | null;
	readonly startedAt: string;
	readonly verdict: Verdict | null;
}

export interface MatrixRow {
	readonly taskId: string;
	readonly name: string | null;
	/**
	 * One letter a run, in the order of `runs`: those of the grid, `S` for a success that took more than one
	 * attempt, `-` for a run that had no such task.
	 */
	readonly cells: string;
	/** Runs in which it failed or was lost. */
	readonly failures: number;
	/** Times that it went from good to bad or back. */
	readonly flips: number;
}

/** Tasks × the last 48 runs, those that change most often between good and bad first. */
export interface Matrix {
	readonly job: string;
	/** Oldest first, at most 48. */
	readonly runs: readonly MatrixRun[];
	readonly rows: readonly MatrixRow[];
	readonly total: number;
	readonly cursor: string | null;
}

/** What a rerun, or a start, would do; nothing was started. */
export interface DryRun {
	readonly dryRun: true;
	readonly tasks: number;
	readonly aboutMs: number;
	readonly aboutMeters: Counts;
	readonly basedOnRuns: number;
	/** Of a rerun: what the old run looked at; null when it was never planned. */
	readonly window?: { readonly from: string; readonly to: string } | null;
}
