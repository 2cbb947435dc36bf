import type { Incident } from "../api/shapes.ts";
import type { Words } from "../words/words.ts";

/** An incident's words: the API's own are English and speak of calls; the page has its own where that does not fit. Pure. */
export function tellIncident(
	incident: Incident,
	words: Words,
): { readonly title: string; readonly toDo: string; readonly what: string | null } {
	const title = words.incidentTitle?.[incident.kind];
	const toDo = words.incidentToDo[incident.kind];
	return {
		title: title ?? incident.title,
		toDo: toDo ?? incident.toDo,
		what: words.incidentWhat === null ? incident.what : words.incidentWhat(incident.evidence),
	};
}
