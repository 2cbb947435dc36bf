import type { JobName, RunId } from "../../src/domain/ids.ts";
import type {
	Incident,
	IncidentEvidence,
	IncidentKind,
	NoticePhase,
} from "../../src/domain/incident.ts";
import type { Notice } from "../../src/notify/notice.ts";
import { runAddress } from "../../src/notify/run-address.ts";
import type { SchedulerContext } from "./context.ts";
import type { IncidentRow } from "./incident-store.ts";

/** Incidents: opened once, seen again without a word, closed once. Synchronous: part of the step that saw them. */
export interface Sighting {
	readonly kind: IncidentKind;
	/** Empty when it is the scheduler's own. */
	readonly job: JobName | "";
	readonly runId?: RunId;
	readonly slotAtMs?: number;
	/** When it began, which may be before it was noticed; now when not said. */
	readonly beganAtMs?: number;
	readonly evidence: IncidentEvidence;
}

export function openIncident(context: SchedulerContext, sighting: Sighting): void {
	const { ports, store } = context;
	const { kind, job, evidence } = sighting;
	const open = store.incidents.findOpenIncident(kind, job);
	const seen = {
		runId: sighting.runId ?? open?.runId ?? null,
		slotAtMs: sighting.slotAtMs ?? open?.slotAtMs ?? null,
		evidence,
	};
	if (open !== undefined) {
		store.incidents.saveIncident({ ...open, ...seen, occurrences: open.occurrences + 1 });
		return;
	}
	const nowMs = ports.nowMs();
	const incident: IncidentRow = {
		...seen,
		incidentId: newIncidentId(context, sighting, nowMs),
		kind,
		job,
		openedAtMs: Math.min(nowMs, sighting.beganAtMs ?? nowMs),
		closedAtMs: null,
		occurrences: 1,
	};
	store.incidents.saveIncident(incident);
	tell(context, incident, "opened");
	const { runId } = incident;
	ports.log("warn", "incident_opened", { kind, job, ...(runId === null ? {} : { runId }) });
}

/** Nothing happens when no such incident is open. */
export function closeIncident(
	context: SchedulerContext,
	kind: IncidentKind,
	job: JobName | "",
	closedAtMs = context.ports.nowMs(),
): void {
	const { ports, store } = context;
	const open = store.incidents.findOpenIncident(kind, job);
	if (open === undefined) return;
	const closed = { ...open, closedAtMs: Math.max(open.openedAtMs, closedAtMs) };
	store.incidents.saveIncident(closed);
	tell(context, closed, "closed");
	ports.log("info", "incident_closed", { kind, job });
}

/** Told apart by when it was noticed; what comes again within the same millisecond is put into the next. */
function newIncidentId(context: SchedulerContext, sighting: Sighting, noticedAtMs: number): string {
	const { kind, job } = sighting;
	const incidentId = [kind, ...(job === "" ? [] : [job]), noticedAtMs].join("-");
	return context.store.incidents.findIncident(incidentId) === undefined
		? incidentId
		: newIncidentId(context, sighting, noticedAtMs + 1);
}

export function toIncident(row: IncidentRow): Incident {
	return { ...row, job: row.job === "" ? null : row.job };
}

function tell(
	{ ports, store, alarm }: SchedulerContext,
	row: IncidentRow,
	phase: NoticePhase,
): void {
	const nowMs = ports.nowMs();
	const notice: Notice = {
		messageId: `${row.incidentId}-${phase}`,
		phase,
		incident: toIncident(row),
		runUrl: row.runId === null ? null : runAddress(ports.config.publicUrl, row.runId),
		atMs: nowMs,
	};
	for (const channel of ["discord", "webhook"] as const) {
		if (ports.channels[channel] === null) continue;
		store.incidents.addDelivery({
			messageId: notice.messageId,
			channel,
			incidentId: row.incidentId,
			content: JSON.stringify(notice),
			createdAtMs: nowMs,
			attempts: 0,
			nextAttemptAtMs: nowMs,
			deliveredAtMs: null,
			error: null,
		});
		alarm.wakeAt(nowMs);
	}
}
