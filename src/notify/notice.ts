import { type Incident, incidentDurationMs, type NoticePhase } from "../domain/incident.ts";

/** Languages that notices are written in. */
export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

/** One thing to tell: that an incident began, or that it is over. The same over every attempt to tell it. */
export interface Notice {
	/** `<incidentId>-<phase>`, never with a full stop: receivers know by it what they have been told before. */
	readonly messageId: string;
	readonly phase: NoticePhase;
	readonly incident: Incident;
	/** Where the run can be looked at; null when there is no run or no address is known. */
	readonly runUrl: string | null;
	/** When it was noticed that the incident began or was over, epoch milliseconds; never the time of an attempt. */
	readonly atMs: number;
}

/**
 * The incident as this notice tells it: a notice of its beginning that is late says nothing of its end, and one of its
 * end never calls it open.
 */
export function toldIncident({ incident, phase, atMs }: Notice): Incident {
	return { ...incident, closedAtMs: phase === "opened" ? null : (incident.closedAtMs ?? atMs) };
}

/** As `incidentDurationMs`, up to the time of the notice: it must not grow from one attempt to the next. */
export function toldDurationMs(notice: Notice): number {
	return incidentDurationMs(toldIncident(notice), notice.atMs);
}
