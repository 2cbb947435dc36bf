import type { JobName, RunId } from "./ids.ts";

/**
 * Incidents: what an operator is told once when it begins and once when it is over. Pure.
 */
export const incidentKinds = [
	/** A run sealed as `failed`. Over with the next good run of its job. */
	"run_failed",
	/** A run sealed as `timed_out`. Over with the next good run of its job. */
	"run_timed_out",
	/** A run sealed with more failed and lost tasks than TOLERATED_FAILURE_PERCENT. Over with the next good run of its job. */
	"run_over_tolerance",
	/** A run is not sealed though its deadline is long over. Over when it is sealed. */
	"run_stuck",
	/** The run of a slot started long after it was due, or still cannot be started. Over when a slot's run starts in time. */
	"slot_late",
	/** A slot had no run. Over when a slot's run starts in time. */
	"slot_missed",
	/** The cron did not come, and the alarm started the run. Over when the cron comes. */
	"cron_dead",
	/** The scheduler's alarm was absent or in the past. Over when it rings. */
	"alarm_dead",
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

export interface Incident {
	/** Never used again: `run_failed-collect-clips-1763917200000`. Letters, digits, `_` and `-`, at most 100 characters. */
	readonly incidentId: string;
	readonly kind: IncidentKind;
	/** Null for `cron_dead` and `alarm_dead`: they are the scheduler's. */
	readonly job: JobName | null;
	/** The run that it was seen with, where there is one; the newest one when it was seen more than once. */
	readonly runId: RunId | null;
	/** The newest slot that it was seen with, where there is one. */
	readonly slotAtMs: number | null;
	/** When it began, which may be before it was noticed. */
	readonly openedAtMs: number;
	/** Null while it lasts. */
	readonly closedAtMs: number | null;
	/** How often it was seen while it lasted: runs or slots. At least 1. */
	readonly occurrences: number;
	readonly evidence: IncidentEvidence;
}

/** What was seen, the newest time. */
export interface IncidentEvidence {
	/** Tasks of the run, for the `run_…` kinds. */
	readonly tasks?: {
		readonly planned: number;
		readonly succeeded: number;
		readonly failed: number;
		readonly lost: number;
	};
	/** TOLERATED_FAILURE_PERCENT as it was. */
	readonly toleratedPercent?: number;
	/** The run's most frequent causes of failure, at most 3. `message` may hold anything that Twitch said. */
	readonly causes?: readonly {
		readonly code: string;
		readonly message: string;
		readonly count: number;
	}[];
	/** How long after its slot the run started, milliseconds. */
	readonly lateMs?: number;
	/** Why a slot was missed, or its run not started in time, in English. */
	readonly reason?: string;
	/** The last proof of life of what is dead, epoch milliseconds. */
	readonly lastSeenAtMs?: number;
}

/** What is told of an incident: that it began, and that it is over. */
export const noticePhases = ["opened", "closed"] as const;
export type NoticePhase = (typeof noticePhases)[number];

/** Milliseconds from its beginning to its end, or to now while it lasts. */
export function incidentDurationMs(incident: Incident, nowMs: number): number {
	return Math.max(0, (incident.closedAtMs ?? nowMs) - incident.openedAtMs);
}
