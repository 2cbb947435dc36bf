import type { IncidentKind } from "../../../domain/incident.ts";
import { s } from "./plural.ts";

// The hyphen of "re-run" in a sentence is one at which no line ends (U+2011).

const triggers = "the Worker's Cron Triggers in the Cloudflare dashboard";

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
		slot: "Slot",
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
	/**
	 * The page's own words: notices name calls of the API and times in UTC, where the page has buttons and the reader's
	 * zone. `toDo` is one sentence or two; `orElse` what may be the right thing instead.
	 */
	incident: {
		run_failed: {
			title: (job) => `A run of ${job} failed`,
			toDo: "Open the run and look at its causes. When they are gone, re\u2011run what failed.",
			toDoUnplanned:
				"Open the run and look at its causes. When they are gone, start another run on the ledger page.",
			over: "A later run went well again.",
		},
		run_timed_out: {
			title: (job) => `A run of ${job} timed out`,
			toDo: "Open the run, see what is missing, and re\u2011run it.",
			orElse: "If runs simply need more time, raise RUN_DEADLINE_MINUTES.",
			over: "A later run was done before its deadline.",
		},
		run_over_tolerance: {
			title: (job) => `Too many tasks of ${job} failed`,
			toDo: "Open the run, look at its causes, and re\u2011run what failed.",
			orElse: "If so many failures are normal here, raise TOLERATED_FAILURE_PERCENT.",
			over: "A later run stayed within what is tolerated.",
		},
		run_stuck: {
			title: (job) => `A run of ${job} is not sealed, long after its deadline`,
			toDo: "Usually D1 cannot be written: check its daily row limit in the Cloudflare dashboard.",
			orElse: "As soon as D1 takes writes again, the run is sealed by itself.",
			over: "The run is sealed.",
		},
		slot_late: {
			title: (job) => `A run of ${job} is late`,
			toDo: "Nothing has to be repeated: the run takes place.",
			orElse: `If it happens again, look at ${triggers}.`,
			over: "A later run started in time.",
		},
		slot_missed: {
			title: (job) => `A slot of ${job} had no run`,
			toDo: "The next run usually covers the same time. If none comes, start one.",
			orElse: `Then look at ${triggers}.`,
			over: "A later slot got its run in time.",
		},
		cron_dead: {
			title: () => "Cloudflare's cron did not come, and the alarm took its place",
			toDo: `Check ${triggers}, and deploy again if it is gone.`,
			orElse: "Nothing is lost as long as the alarm works.",
			over: "The cron came again.",
		},
		alarm_dead: {
			title: () => "The scheduler's alarm was dead",
			toDo: "Nothing has to be done: it has been set again, and the cron starts runs, too.",
			orElse: "If it happens again, look for errors of RunScheduler in the Worker's logs.",
			over: "The alarm rang again.",
		},
	} as Readonly<
		Record<
			IncidentKind,
			{
				readonly title: (job: string) => string;
				readonly toDo: string;
				/** Instead, of a run that has no task to run again. */
				readonly toDoUnplanned?: string;
				readonly orElse?: string;
				readonly over: string;
			}
		>
	>,
	incidentWhat: {
		missing: (tasks: number, missing: string, planned: string, failed: string, lost: string) =>
			`${missing} of ${planned} ${s(tasks, "task")} did not succeed: ${failed} failed, ${lost} lost.`,
		unplanned: "It could not be planned, so it has no tasks.",
		tolerated: (percent: string) => `Up to ${percent}% is tolerated.`,
		late: (span: string) => `It started ${span} after its slot.`,
		reason: (reason: string) => `The reason: ${reason}.`,
		lastSeen: <Time>(time: Time): (string | Time)[] => ["Last sign of life: ", time],
	},
};
