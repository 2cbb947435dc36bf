import type { Counts } from "./counts.ts";
import { engineFailure, type Failure } from "./outcome.ts";

/**
 * What one run may use at the most, so that no loop runs a bill up (P6). Pure.
 *
 * Attempts and deferrals are limited task by task (task.ts), planning by its tries. These are for what none of that
 * sees: a queue, a job or a mistake of ours that goes round for ever. A run that reaches one is closed, and says which.
 * test/unit/guards/run-limits.test.ts says how far a run under heavy faults stays below them.
 */
export interface RunLimits {
	/** Messages handed to the queue, confirmed or not. */
	readonly messages: number;
	/** Alarms rung while tasks were open. */
	readonly alarms: number;
	/** Rows written into the run's own ledger. */
	readonly ledgerRows: number;
}

/** What the limits follow from. */
export interface RunSize {
	readonly plannedTasks: number;
	readonly tasksPerMessage: number;
	readonly messagesInFlight: number;
	readonly maxAttempts: number;
	/** From the start to the deadline, milliseconds. */
	readonly deadlineMs: number;
}

/**
 * Messages that an attempt may take on average: lost and sent again, or split because its tasks wait for different
 * times. Half of all messages lost takes two.
 */
const messagesPerAttempt = 10;
/** Times that a task may be given back on average; a single one may be given back far more often. */
const deferralsPerTask = 12;
/** Claimed, reported, appended, and in and out of the index of what waits: 7 rows, and one to spare. */
const rowsPerAttempt = 8;
/** Written, marked, claimed and deleted, each with the row of the run: 8 rows. */
const rowsPerMessage = 8;
/** What takes a run down for minutes is tried again once a minute, after a few times in quick succession. */
const minuteMs = 60_000;
const quickTries = 10;
/** So that a run of one task has room for a bad day, and its one task for all of its deferrals. */
const messagesSpare = 200;
const alarmsSpare = 100;
const ledgerRowsSpare = 3_000;

export function limitRun(size: RunSize): RunLimits {
	const firstMessages = Math.ceil(size.plannedTasks / size.tasksPerMessage);
	const tries = Math.ceil(size.deadlineMs / minuteMs) + quickTries;
	// A queue that is down takes one round of messages a try, and may have sent them all the same.
	const unconfirmed = tries * Math.min(firstMessages, size.messagesInFlight);
	const messages =
		messagesSpare + firstMessages * size.maxAttempts * messagesPerAttempt + unconfirmed;
	const rowsPerTaskAttempt = rowsPerAttempt + Math.ceil(rowsPerMessage / size.tasksPerMessage);
	return {
		messages,
		// Whatever ends a message (a report, its lease, that it is missed) rings the alarm once at the most.
		alarms: alarmsSpare + tries + messages,
		ledgerRows:
			ledgerRowsSpare +
			size.plannedTasks * (size.maxAttempts + deferralsPerTask) * rowsPerTaskAttempt,
	};
}

/** @returns why the run must end now, or null while it is within its limits */
export function findReachedLimit(meters: Counts, limits: RunLimits): Failure | null {
	const used = (name: string) => meters[name] ?? 0;
	const checks = [
		["messages", used("messages") + used("messagesUnconfirmed"), limits.messages],
		["alarms", used("alarms"), limits.alarms],
		["ledger rows written", used("ledgerRowsWritten"), limits.ledgerRows],
	] as const;
	const reached = checks.find(([, count, max]) => count >= max);
	if (reached === undefined) return null;
	const [what, count, max] = reached;
	return engineFailure(
		"limit_reached",
		`The run was ended at its limit of ${max} ${what} (${count}): something repeats itself. Its log and the attempts of its tasks say what.`,
	);
}
