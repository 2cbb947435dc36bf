import { type Incident, incidentDurationMs } from "../domain/incident.ts";
import { cutMessage } from "../domain/outcome.ts";
import type { Language } from "./notice.ts";
import { english } from "./wording/en.ts";
import { japanese } from "./wording/ja.ts";
import type { Facts, Mark, Phrases, TaskFacts } from "./wording/phrases.ts";

/**
 * Incidents in words: what is the same in every language, and the choice of one. Pure.
 */
export interface IncidentText {
	/** One line without a full stop. */
	readonly title: string;
	/** What happened, with its figures; when it is over, why and how long it lasted. */
	readonly what: string;
	readonly toDo: string;
}

export const phrasesOf: Readonly<Record<Language, Phrases>> = { en: english, ja: japanese };

/** Others' words in texts that nobody renders: one line, at most 300 characters. */
const plain: Mark = cutMessage;

/** Said only from here on: what began just now has not lasted. */
const lastingMinMs = 60_000;

/**
 * An incident in one language: as open while `closedAtMs` is null, else as over.
 *
 * @param nowMs up to when an open one has lasted
 * @param mark sets ids, commands and the words of others off from the sentence; they stand as they are when not said
 */
export function describeIncident(
	incident: Incident,
	language: Language,
	nowMs: number,
	mark: Mark = plain,
): IncidentText {
	const phrases = phrasesOf[language];
	const kind = phrases.kinds[incident.kind];
	const durationMs = incidentDurationMs(incident, nowMs);
	const facts = gatherFacts(incident, language, durationMs, mark);
	if (incident.closedAtMs !== null) {
		return {
			title: phrases.over(kind.title(facts)),
			what: phrases.join([kind.ended(facts), phrases.lasted(facts)]),
			toDo: kind.afterwards(facts),
		};
	}
	const lasts = durationMs >= lastingMinMs || incident.occurrences > 1;
	return {
		title: kind.title(facts),
		what: phrases.join([kind.what(facts), ...(lasts ? [phrases.lasting(facts)] : [])]),
		toDo: kind.toDo(facts),
	};
}

/** `2 h 5 min`, `2時間5分`: the two largest units, rounded down; `0 s` for less than a second. */
export function durationText(durationMs: number, language: Language): string {
	const seconds = Math.floor(durationMs / 1_000);
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	const days = Math.floor(hours / 24);
	return phrasesOf[language].duration({
		days,
		hours: hours % 24,
		minutes: days > 0 ? 0 : minutes % 60,
		seconds: hours > 0 ? 0 : seconds % 60,
	});
}

/** `2026-11-23 17:00 UTC` */
export function timeText(atMs: number): string {
	return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Rounded up to a tenth, so that what is over a limit never looks as if it were at it: `16.5 %` */
export function percentText(part: number, whole: number): string {
	return `${whole === 0 ? 0 : Math.ceil((part * 1_000) / whole) / 10} %`;
}

function gatherFacts(
	incident: Incident,
	language: Language,
	durationMs: number,
	mark: Mark,
): Facts {
	const { job, runId, slotAtMs, openedAtMs, closedAtMs, occurrences, evidence } = incident;
	const { tasks, toleratedPercent, lateMs, reason, lastSeenAtMs } = evidence;
	return {
		job: job ?? "?",
		run: runId === null ? null : mark(runId),
		slot: slotAtMs === null ? null : timeText(slotAtMs),
		tasks: tasks === undefined ? null : countMissing(tasks),
		tolerated: toleratedPercent === undefined ? null : `${toleratedPercent} %`,
		late: lateMs === undefined ? null : durationText(lateMs, language),
		// The sentence that it goes into has a full stop of its own.
		reason: reason === undefined ? null : mark(cutMessage(reason).replace(/[.。]+$/, "")),
		lastSeen: lastSeenAtMs === undefined ? null : timeText(lastSeenAtMs),
		lasted: durationText(durationMs, language),
		openedAt: timeText(openedAtMs),
		closedAt: closedAtMs === null ? null : timeText(closedAtMs),
		occurrences,
		mark,
	};
}

function countMissing(tasks: NonNullable<Incident["evidence"]["tasks"]>): TaskFacts {
	const missing = tasks.failed + tasks.lost;
	return { ...tasks, missing, missingPercent: percentText(missing, tasks.planned) };
}
