/**
 * One slot of the schedule between cron and alarm, lived through alike by the simulated ports and real workerd, turned by
 * hand. It begins ten minutes before the slot.
 */
export type ScheduleStep =
	/** The clock moves to the slot. */
	| "the slot comes"
	/** The clock moves from alarm to alarm, until the one has rung with which the slot's grace is over. */
	| "alarm"
	| "cron"
	| "cron and alarm at once"
	| "wait 40 minutes"
	/** The object dies, with all that it waits for. */
	| "abort"
	| "pause"
	| "resume"
	| "no run starts"
	/** They start, and their answers are lost. */
	| "no start is answered"
	| "runs start";

/** What the cron has before the alarm takes its slot, milliseconds. */
export const graceMs = 120_000;

export interface ScheduleOutcome {
	readonly account: string;
	/** Null for a slot without a run. */
	readonly trigger: string | null;
	/** Runs of the slot that the ledger has. */
	readonly runs: number;
}

export interface ScheduleScenario {
	readonly name: string;
	readonly steps: readonly ScheduleStep[];
	readonly outcome: ScheduleOutcome;
}

const byCron: ScheduleOutcome = { account: "run", trigger: "cron", runs: 1 };
const byAlarm: ScheduleOutcome = { account: "run", trigger: "alarm", runs: 1 };

export const scheduleScenarios: readonly ScheduleScenario[] = [
	{ name: "a cron in time", steps: ["the slot comes", "cron"], outcome: byCron },
	{
		name: "a cron, and then the alarm",
		steps: ["the slot comes", "cron", "alarm"],
		outcome: byCron,
	},
	{ name: "a cron that comes twice", steps: ["the slot comes", "cron", "cron"], outcome: byCron },
	{ name: "no cron", steps: ["the slot comes", "alarm"], outcome: byAlarm },
	{
		name: "a cron after the alarm",
		steps: ["the slot comes", "alarm", "cron", "alarm"],
		outcome: byAlarm,
	},
	{
		name: "a cron and an alarm for one slot at once",
		steps: ["the slot comes", "cron and alarm at once"],
		outcome: byCron,
	},
	{
		name: "an object that dies between cron and alarm",
		steps: ["the slot comes", "cron", "abort", "alarm"],
		outcome: byCron,
	},
	{
		name: "a start that fails",
		steps: ["the slot comes", "no run starts", "cron", "runs start", "alarm"],
		outcome: byCron,
	},
	{
		name: "a start whose answer is lost, and an object that dies",
		steps: ["the slot comes", "no start is answered", "cron", "abort", "runs start", "alarm"],
		outcome: byCron,
	},
	{
		name: "an alarm 40 minutes late",
		steps: ["the slot comes", "wait 40 minutes", "alarm"],
		outcome: { account: "late", trigger: "alarm", runs: 1 },
	},
	{
		name: "a pause",
		steps: ["pause", "the slot comes", "cron", "alarm"],
		outcome: { account: "paused", trigger: "cron", runs: 0 },
	},
	{
		name: "a pause that is over before the slot",
		steps: ["pause", "resume", "the slot comes", "cron"],
		outcome: byCron,
	},
];
