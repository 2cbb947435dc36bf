import type { IncidentEvidence, IncidentKind } from "../../../domain/incident.ts";
import { s } from "./plural.ts";

/** Incidents, on their page and above all on the first. */
export const incidentWords = {
	incidentsPage: {
		title: "Incidents",
		lead: "What went wrong, what it was, and who was told.",
		open: "Open now",
		past: "Over",
		noneOpen: "Nothing is wrong.",
		noneOpenTold: "When something is, it stands here with what to do.",
		nonePast: "No incident yet.",
		toDo: "What to do",
		since: (age: string) => `began ${age}`,
		lasted: (span: string) => `lasted ${span}`,
		seen: (count: number, shown: string) => `seen ${shown} ${s(count, "time")}`,
		deliveries: "Who was told",
		channels: "Where notices go",
		on: "set up",
		off: "not set up",
		noChannels:
			"Nobody is told outside this page. Set DISCORD_WEBHOOK_URL or WEBHOOK_URL to change that.",
		delivery: {
			waiting: "waiting",
			delivered: "delivered",
			given_up: "given up",
		},
		phase: { opened: "beginning", closed: "end" },
		attempts: (count: number, shown: string) => `${shown} ${s(count, "attempt")}`,
		channel: { discord: "Discord", webhook: "Webhook", heartbeat: "Heartbeat" },
		causes: "Most frequent causes",
		showRun: "Open the run",
		all: "All incidents",
		more: (count: number, shown: string) => `and ${shown} more ${s(count, "incident")}`,
	},
	/** Null: what the API says, which is English. */
	incidentTitle: null as null | Readonly<Record<IncidentKind, string>>,
	/** Where the API names calls that this page has buttons for; what the API says stands for all others. */
	incidentToDo: {
		run_failed:
			"Open the run and look at its causes. When they are gone, re-run what failed from there.",
		run_timed_out:
			"Open the run, see what is missing, and re-run it. If runs simply need more time, raise RUN_DEADLINE_MINUTES.",
		run_over_tolerance:
			"Open the run, look at its causes, and re-run what failed. If so many failures are normal here, raise TOLERATED_FAILURE_PERCENT.",
	} as Readonly<Partial<Record<IncidentKind, string>>>,
	incidentWhat: null as null | ((evidence?: IncidentEvidence) => string),
};
