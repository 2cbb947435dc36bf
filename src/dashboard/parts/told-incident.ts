import type { Incident } from "../api/shapes.ts";
import { formatCount, formatDuration } from "../format/spans.ts";
import type { Language, Words } from "../words/words.ts";
import { tellSlotReason } from "./told-failure.ts";

export interface ToldIncident {
	readonly title: string;
	/** What happened, in sentences; of one that is over, why it is. */
	readonly what: readonly string[];
	readonly toDo: string;
	/** What may be the right thing instead. */
	readonly orElse: string | undefined;
}

/** An incident in the page's words: those of a notice name calls of the API, and times in UTC. Pure. */
export function tellIncident(incident: Incident, words: Words, language: Language): ToldIncident {
	const own = words.incident[incident.kind];
	// A kind of a newer version: its English is better than nothing.
	if (own === undefined) {
		const { title, what, toDo } = incident;
		return { title, what: [what], toDo, orElse: undefined };
	}
	return {
		title: own.title(incident.job ?? "daicho"),
		what: [
			...tellEvidence(incident, words, language),
			...(incident.closedAt === null ? [] : [own.over]),
		],
		toDo: (incident.evidence.tasks?.planned === 0 ? own.toDoUnplanned : undefined) ?? own.toDo,
		orElse: own.orElse,
	};
}

function tellEvidence({ evidence }: Incident, words: Words, language: Language): string[] {
	const { tasks, toleratedPercent, lateMs, reason } = evidence;
	const told = words.incidentWhat;
	const count = (value: number) => formatCount(value, language);
	const sentences: string[] = [];
	if (tasks?.planned === 0) sentences.push(told.unplanned);
	else if (tasks !== undefined) {
		const { planned, failed, lost } = tasks;
		sentences.push(
			told.missing(planned, count(failed + lost), count(planned), count(failed), count(lost)),
		);
	}
	if (toleratedPercent !== undefined) sentences.push(told.tolerated(count(toleratedPercent)));
	if (lateMs !== undefined) sentences.push(told.late(formatDuration(lateMs, language)));
	if (reason !== undefined) sentences.push(told.reason(tellSlotReason(reason, words)));
	return sentences;
}
