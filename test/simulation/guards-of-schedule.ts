import type { Guard } from "./guards.ts";

/** What keeps the schedule's promises: slots, the watch over runs, incidents. */
const scheduler = "durable-objects/run-scheduler";

export const guardsOfSchedule: readonly Guard[] = [
	{
		name: "slot uniqueness",
		without: "a cron that comes twice starts two runs",
		breaks: ["two-runs"],
		removals: [
			{
				file: `${scheduler}/slot-keeping.ts`,
				snippet: "return isUndecided(context, job, cameForMs) ? cameForMs : null;",
				instead: "return cameForMs;",
			},
			{
				file: `${scheduler}/slot-starting.ts`,
				snippet: "if (!isUndecided(context, job, slotAtMs)) return undefined;",
				instead: "",
			},
			// Behind both: one slot names one run, whoever takes it.
			{
				file: "src/domain/ids.ts",
				// biome-ignore lint/suspicious/noTemplateCurlyInString: source that is looked for.
				snippet: "return toRunId(`${job}-${digits.slice(0, 13)}Z`);",
				instead: "return runIdForRequest(job, Date.now());",
			},
		],
	},
	{
		name: "slot decided once",
		without: "a slot that has its account gets another one: its run is an overlap of itself",
		breaks: ["account-changes"],
		removals: [
			{
				file: `${scheduler}/slot-accounts.ts`,
				snippet: 'return slot === undefined || slot.account === "due";',
				instead: "return true;",
			},
		],
	},
	{
		name: "overlap",
		without: "a slot's run begins while the run of the slot before is open",
		breaks: ["runs-overlap"],
		removals: [
			{ file: `${scheduler}/slot-keeping.ts`, snippet: "if (isOpen) {", instead: "if (false) {" },
		],
	},
	{
		name: "told once",
		without: "what a receiver took is told again",
		breaks: ["told-again"],
		removals: [
			{
				file: `${scheduler}/outbox.ts`,
				snippet: "if (current === undefined || current.nextAttemptAtMs === null) return;",
				instead: "",
			},
		],
	},
	{
		name: "slot start retry",
		without: "a slot's run is not started when its first start fails",
		breaks: ["unfinished"],
		removals: [
			{
				file: `${scheduler}/scheduler.ts`,
				snippet: "await confirmStarts(this.#context);",
				instead: "",
			},
		],
	},
	{
		name: "ledger since last asked",
		without: "a run that began while the scheduler was dead is never found",
		breaks: ["unfinished"],
		removals: [
			{
				file: `${scheduler}/run-watch.ts`,
				snippet: '(store.findProof("ledger") ?? ports.nowMs()) - unknownForMs',
				instead: "ports.nowMs() - unknownForMs",
			},
			{
				file: "src/ledger/open-runs.ts",
				snippet: "AND sealed_at_ms IS NOT NULL ORDER BY",
				instead: "AND false ORDER BY",
			},
		],
	},
	{
		name: "stuck read again",
		without: "an incident is opened for a run that has just sealed, and stays open",
		breaks: ["unfinished", "incident-open"],
		removals: [
			{
				file: `${scheduler}/run-watch.ts`,
				snippet: "if (isSealed) return;",
				instead: "",
			},
		],
	},
];
