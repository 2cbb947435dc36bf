import type { ClauseId } from "./clauses.ts";

/** Triggers that call `violated(clause, row)`; they see every write, whoever makes it, and change nothing. */

function trigger(table: string, event: string, when: string, clause: ClauseId): string {
	const row = event === "DELETE" ? "OLD" : "NEW";
	return `CREATE TRIGGER "watch ${table} ${event} ${clause}" AFTER ${event} ON ${table} WHEN ${when}
		BEGIN SELECT violated('${clause}', '${table} ' || ${row}.${keys[table] ?? "rowid"}); END;`;
}

/** What a row is called. */
const keys: Readonly<Record<string, string>> = {
	clips: "clip_id",
	runs: "run_id",
	run_tasks: "task_id",
	tasks: "task_id",
	run: "run_id",
	attempts: "task_id",
	messages: "message_no",
	slots: "slot_at_ms",
	schedules: "job",
	incidents: "incident_id",
	deliveries: "message_id",
};

const closedRun = (runId: string) =>
	`NOT EXISTS (SELECT 1 FROM runs WHERE run_id = ${runId} AND closed_at_ms IS NULL)`;

/** Who writes what, as D1 sees it: the run whose consumer is at work is `writer()`. */
const clipWrites = `
	CREATE TABLE watch_clip_writes (clip_id TEXT, run_id TEXT, kind TEXT);
	CREATE TRIGGER watch_clips_inserted AFTER INSERT ON clips
		BEGIN INSERT INTO watch_clip_writes VALUES (NEW.clip_id, writer(), 'new'); END;
	CREATE TRIGGER watch_clips_updated AFTER UPDATE ON clips
		BEGIN INSERT INTO watch_clip_writes VALUES (NEW.clip_id, writer(), 'changed'); END;`;

export const d1Triggers = [
	clipWrites,
	trigger("clips", "UPDATE", "NEW.fetched_at_ms <= OLD.fetched_at_ms", "older-fetch"),
	trigger(
		"clips",
		"UPDATE",
		"NEW.first_run_id <> OLD.first_run_id OR NEW.created_at_ms <> OLD.created_at_ms",
		"clip-changes-owner",
	),
	trigger("clips", "INSERT", closedRun("NEW.first_run_id"), "closed-run-inserts"),
	trigger("clips", "UPDATE", closedRun("writer()"), "closed-run-changes"),
	trigger("clips", "DELETE", "true", "clip-deleted"),
	trigger(
		"runs",
		"UPDATE",
		`OLD.sealed_at_ms IS NOT NULL AND (NEW.state, NEW.verdict, NEW.sealed_at_ms, NEW.summary)
			IS NOT (OLD.state, OLD.verdict, OLD.sealed_at_ms, OLD.summary)`,
		"sealed-run-changes",
	),
	trigger(
		"runs",
		"UPDATE",
		"OLD.closed_at_ms IS NOT NULL AND NEW.closed_at_ms IS NOT OLD.closed_at_ms",
		"closed-run-opens",
	),
	trigger(
		"runs",
		"INSERT",
		`EXISTS (SELECT 1 FROM runs AS other WHERE other.job = NEW.job AND other.slot_at_ms = NEW.slot_at_ms
			AND other.run_id <> NEW.run_id)`,
		"two-runs",
	),
	trigger("run_tasks", "UPDATE", "true", "sealed-task-changes"),
	trigger(
		"run_tasks",
		"INSERT",
		"EXISTS (SELECT 1 FROM runs WHERE run_id = NEW.run_id AND sealed_at_ms IS NOT NULL)",
		"task-behind-seal",
	),
].join("\n");

const place = (state: string) => `instr('planning running sealing sealed', ${state})`;
const attemptsMax = "limit_of('attempts')";

export const coordinatorTriggers = [
	trigger(
		"tasks",
		"UPDATE",
		`OLD.closed_at_ms IS NOT NULL AND (NEW.state <> OLD.state OR NEW.closed_at_ms IS NOT OLD.closed_at_ms
				OR NEW.yield IS NOT OLD.yield OR NEW.attempts <> OLD.attempts)`,
		"closed-task-changes",
	),
	trigger(
		"tasks",
		"UPDATE",
		`NEW.state IN ('planned', 'running', 'waiting') AND NEW.attempts - NEW.deferrals > ${attemptsMax}`,
		"too-many-attempts",
	),
	trigger(
		"tasks",
		"UPDATE",
		`NEW.state = 'lost' AND OLD.state <> 'lost' AND NEW.attempts - NEW.deferrals < ${attemptsMax}
				AND NEW.closed_at_ms < (SELECT deadline_at_ms FROM run)`,
		"lost-in-time",
	),
	trigger(
		"tasks",
		"UPDATE",
		"NEW.state = 'running' AND OLD.state = 'running' AND NEW.lease_token IS NOT OLD.lease_token",
		"leased-twice",
	),
	trigger(
		"tasks",
		"UPDATE",
		"NEW.state = 'running' AND OLD.state <> 'running' AND (SELECT cancelled_at_ms FROM run) IS NOT NULL",
		"begins-after-cancel",
	),
	trigger(
		"tasks",
		"UPDATE",
		"NEW.state = 'running' AND OLD.state = 'waiting' AND OLD.not_before_ms > NEW.claimed_at_ms",
		"begins-too-early",
	),
	trigger("tasks", "DELETE", "true", "task-deleted"),
	trigger("tasks", "INSERT", "(SELECT planned_tasks FROM run) IS NOT NULL", "task-behind-plan"),
	trigger("run", "UPDATE", `${place("NEW.state")} < ${place("OLD.state")}`, "run-goes-back"),
	trigger(
		"run",
		"UPDATE",
		`OLD.state = 'sealed' AND (NEW.summary, NEW.verdict, NEW.sealed_at_ms)
				IS NOT (OLD.summary, OLD.verdict, OLD.sealed_at_ms)`,
		"seal-changes",
	),
	trigger(
		"run",
		"UPDATE",
		"OLD.planned_tasks IS NOT NULL AND NEW.planned_tasks IS NOT OLD.planned_tasks",
		"plan-changes",
	),
	trigger("attempts", "UPDATE", "true", "attempt-changes"),
	trigger("attempts", "DELETE", "true", "attempt-deleted"),
	trigger(
		"messages",
		"INSERT",
		`(SELECT count(DISTINCT task.value) FROM messages, json_each(task_ids) AS task WHERE claim_id IS NULL)
			> limit_of('tasks in flight')`,
		"in-flight",
	),
].join("\n");

/** A slot gets a run, or is missed, that lies in a pause as the schedule knows it. */
const inPause = `NEW.account IN ('run', 'late', 'missed') AND EXISTS (SELECT 1 FROM schedules WHERE job = NEW.job
	AND NEW.slot_at_ms >= paused_at_ms AND NEW.slot_at_ms < paused_until_ms)`;

export const schedulerTriggers = [
	trigger(
		"schedules",
		"UPDATE",
		"NEW.expected_since_ms <> OLD.expected_since_ms",
		"expected-since-changes",
	),
	trigger(
		"slots",
		"UPDATE",
		// Until the start of its run is confirmed, it is not known whether that is in time, late or never.
		`OLD.account <> 'due' AND (NEW.run_id IS NOT OLD.run_id OR (
			NEW.account <> OLD.account AND (OLD.run_id IS NULL OR OLD.started_at_ms IS NOT NULL
				OR (OLD.account, NEW.account) NOT IN
					(VALUES ('run', 'late'), ('run', 'missed'), ('late', 'missed'), ('missed', 'late')))))`,
		"account-changes",
	),
	trigger("slots", "INSERT", inPause, "not-paused"),
	trigger("slots", "UPDATE", `OLD.account = 'due' AND ${inPause}`, "not-paused"),
	trigger(
		"incidents",
		"UPDATE",
		"OLD.closed_at_ms IS NOT NULL AND NEW.closed_at_ms IS NOT OLD.closed_at_ms",
		"closed-incident-changes",
	),
	trigger(
		"deliveries",
		"UPDATE",
		"OLD.delivered_at_ms IS NOT NULL AND NEW.next_attempt_at_ms IS NOT NULL",
		"told-again",
	),
].join("\n");
