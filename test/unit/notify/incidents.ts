import { toJobName, toRunId } from "../../../src/domain/ids.ts";
import {
	type Incident,
	type IncidentEvidence,
	type IncidentKind,
	incidentKinds,
	type NoticePhase,
	noticePhases,
} from "../../../src/domain/incident.ts";
import type { Notice } from "../../../src/notify/notice.ts";

/** Half past eight: the incident began at eight. */
export const atMs = Date.UTC(2026, 10, 23, 20, 30);
export const openedAtMs = Date.UTC(2026, 10, 23, 20);
/** Two hours and five minutes after it began. */
export const closedAtMs = openedAtMs + 7_500_000;
export const runId = toRunId("collect-clips-20261123T2000Z");
export const runUrl = `https://daicho.example.com/runs/${runId}`;

const sealed: IncidentEvidence = {
	tasks: { planned: 200, succeeded: 167, failed: 31, lost: 2 },
	toleratedPercent: 5,
	causes: [
		{ code: "twitch_server_error", message: "Twitch answered 503", count: 31 },
		{ code: "lost", message: "No word came of it", count: 2 },
	],
};

/** As the scheduler sees each kind. */
const evidences: Record<IncidentKind, IncidentEvidence> = {
	run_failed: { ...sealed, tasks: { planned: 200, succeeded: 0, failed: 198, lost: 2 } },
	run_timed_out: sealed,
	run_over_tolerance: sealed,
	run_stuck: { lastSeenAtMs: openedAtMs + 60_000 },
	slot_late: { lateMs: 720_000 },
	slot_missed: { reason: "Neither the cron nor the alarm came." },
	cron_dead: { lastSeenAtMs: openedAtMs - 3_600_000 },
	alarm_dead: { lastSeenAtMs: openedAtMs - 60_000 },
};

export function incidentOf(kind: IncidentKind, changes: Partial<Incident> = {}): Incident {
	const isScheduler = kind === "cron_dead" || kind === "alarm_dead";
	const job = isScheduler ? null : toJobName("collect-clips");
	return {
		incidentId: [kind, ...(job === null ? [] : [job]), openedAtMs].join("-"),
		kind,
		job,
		runId: kind === "slot_missed" || isScheduler ? null : runId,
		slotAtMs: kind === "alarm_dead" ? null : openedAtMs,
		openedAtMs,
		closedAtMs: null,
		occurrences: 1,
		evidence: evidences[kind],
		...changes,
	};
}

export function noticeOf(
	kind: IncidentKind,
	phase: NoticePhase,
	changes: Partial<Incident> = {},
): Notice {
	const isClosed = phase === "closed";
	const incident = incidentOf(kind, { closedAtMs: isClosed ? closedAtMs : null, ...changes });
	return {
		messageId: `${incident.incidentId}-${phase}`,
		phase,
		incident,
		runUrl: incident.runId === null ? null : runUrl,
		atMs: isClosed ? closedAtMs : atMs,
	};
}

/** All that can be told: each kind, that it began and that it is over. */
export const everyNotice: readonly (readonly [IncidentKind, NoticePhase])[] = incidentKinds.flatMap(
	(kind) => noticePhases.map((phase) => [kind, phase] as const),
);
