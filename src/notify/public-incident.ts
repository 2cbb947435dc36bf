import type { JobName, RunId } from "../domain/ids.ts";
import { type Incident, type IncidentKind, incidentDurationMs } from "../domain/incident.ts";
import { cutMessage } from "../domain/outcome.ts";
import { formatSlot, formatTime } from "../domain/summary.ts";
import { describeIncident } from "./wording.ts";

/** An incident as other programs see it. Times are RFC 3339 UTC, durations milliseconds. */
export interface PublicIncident {
	readonly incidentId: string;
	readonly kind: IncidentKind;
	readonly job: JobName | null;
	readonly runId: RunId | null;
	readonly slot: string | null;
	readonly openedAt: string;
	/** Null while it lasts. */
	readonly closedAt: string | null;
	/** From its beginning to its end; up to now while it lasts. */
	readonly durationMs: number;
	readonly occurrences: number;
	/** In English, as are `what` and `toDo`. */
	readonly title: string;
	readonly what: string;
	readonly toDo: string;
	readonly evidence: PublicEvidence;
}

/** As `IncidentEvidence`: what was not seen is left out. */
export interface PublicEvidence {
	readonly tasks?: NonNullable<Incident["evidence"]["tasks"]>;
	readonly toleratedPercent?: number;
	readonly causes?: NonNullable<Incident["evidence"]["causes"]>;
	readonly lateMs?: number;
	readonly reason?: string;
	readonly lastSeenAt?: string;
}

/** More are not kept; a receiver of webhooks is not to be sent a page. */
const causesMax = 3;

/** @param nowMs up to when an open one has lasted */
export function publicIncident(incident: Incident, nowMs: number): PublicIncident {
	const { slotAtMs, openedAtMs, closedAtMs } = incident;
	const { title, what, toDo } = describeIncident(incident, "en", nowMs);
	return {
		incidentId: incident.incidentId,
		kind: incident.kind,
		job: incident.job,
		runId: incident.runId,
		slot: slotAtMs === null ? null : formatSlot(slotAtMs),
		openedAt: formatTime(openedAtMs),
		closedAt: closedAtMs === null ? null : formatTime(closedAtMs),
		durationMs: incidentDurationMs(incident, nowMs),
		occurrences: incident.occurrences,
		title,
		what,
		toDo,
		evidence: publicEvidence(incident.evidence),
	};
}

function publicEvidence({
	causes,
	reason,
	lastSeenAtMs,
	...rest
}: Incident["evidence"]): PublicEvidence {
	return {
		...rest,
		...(causes === undefined ? {} : { causes: causes.slice(0, causesMax).map(cutCause) }),
		...(reason === undefined ? {} : { reason: cutMessage(reason) }),
		...(lastSeenAtMs === undefined ? {} : { lastSeenAt: formatTime(lastSeenAtMs) }),
	};
}

function cutCause({ code, message, count }: NonNullable<Incident["evidence"]["causes"]>[number]) {
	return { code: cutMessage(code), message: cutMessage(message), count };
}
