/** Triggers that call `violated(text)`; they see every write, whoever makes it, and change nothing. */

function trigger(table: string, event: string, when: string, text: string): string {
	const name = `watch_${table}_${text.replaceAll(/\W+/g, "_")}`;
	return `CREATE TRIGGER ${name} AFTER ${event} ON ${table} WHEN ${when}
		BEGIN SELECT violated('${text}'); END;`;
}

const closedRun = (runId: string) =>
	`NOT EXISTS (SELECT 1 FROM runs WHERE run_id = ${runId} AND closed_at_ms IS NULL)`;

export const d1Triggers = [
	trigger(
		"clips",
		"UPDATE",
		"NEW.fetched_at_ms <= OLD.fetched_at_ms",
		"P4 a clip is overwritten by an older fetch",
	),
	trigger(
		"clips",
		"UPDATE",
		"NEW.first_run_id <> OLD.first_run_id OR NEW.created_at_ms <> OLD.created_at_ms",
		"P3 a clip changes the run that first saw it",
	),
	trigger("clips", "INSERT", closedRun("NEW.first_run_id"), "P3 a closed run inserts a clip"),
	trigger(
		"clips",
		"UPDATE",
		`NEW.changed_run_ids <> OLD.changed_run_ids AND ${closedRun(
			"substr(NEW.changed_run_ids, 2, instr(substr(NEW.changed_run_ids, 2), '|') - 1)",
		)}`,
		"P3 a closed run changes a clip",
	),
	trigger("clips", "DELETE", "true", "P3 a clip is deleted"),
	trigger(
		"runs",
		"UPDATE",
		`OLD.sealed_at_ms IS NOT NULL AND (NEW.state, NEW.verdict, NEW.sealed_at_ms, NEW.summary)
			IS NOT (OLD.state, OLD.verdict, OLD.sealed_at_ms, OLD.summary)`,
		"P1 a sealed run changes",
	),
	trigger(
		"runs",
		"UPDATE",
		"OLD.closed_at_ms IS NOT NULL AND NEW.closed_at_ms IS NOT OLD.closed_at_ms",
		"P3 a closed run is opened",
	),
	trigger("run_tasks", "UPDATE", "true", "P2 a sealed task changes"),
	trigger(
		"run_tasks",
		"INSERT",
		"EXISTS (SELECT 1 FROM runs WHERE run_id = NEW.run_id AND sealed_at_ms IS NOT NULL)",
		"P2 a task is written behind the seal",
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
		"P2 a closed task changes",
	),
	trigger(
		"tasks",
		"UPDATE",
		`NEW.state IN ('planned', 'running', 'waiting') AND NEW.attempts - NEW.deferrals > ${attemptsMax}`,
		"P6 a task has more attempts than it may",
	),
	trigger(
		"tasks",
		"UPDATE",
		`NEW.state = 'lost' AND OLD.state <> 'lost' AND NEW.attempts - NEW.deferrals < ${attemptsMax}
				AND NEW.closed_at_ms < (SELECT deadline_at_ms FROM run)`,
		"P2 a task is lost while attempts and time remained",
	),
	trigger(
		"tasks",
		"UPDATE",
		"NEW.state = 'running' AND OLD.state = 'running' AND NEW.lease_token IS NOT OLD.lease_token",
		"P3 a task is leased while it is leased",
	),
	trigger("tasks", "DELETE", "true", "P2 a task is deleted"),
	trigger(
		"tasks",
		"INSERT",
		"(SELECT planned_tasks FROM run) IS NOT NULL",
		"P2 a task is planned after the plan",
	),
	trigger("run", "UPDATE", `${place("NEW.state")} < ${place("OLD.state")}`, "P1 a run goes back"),
	trigger(
		"run",
		"UPDATE",
		`OLD.state = 'sealed' AND (NEW.summary, NEW.verdict, NEW.sealed_at_ms)
				IS NOT (OLD.summary, OLD.verdict, OLD.sealed_at_ms)`,
		"P1 a seal changes",
	),
	trigger(
		"run",
		"UPDATE",
		"OLD.planned_tasks IS NOT NULL AND NEW.planned_tasks IS NOT OLD.planned_tasks",
		"P2 a plan changes",
	),
	trigger("attempts", "UPDATE", "true", "P2 an ended attempt changes"),
	trigger("attempts", "DELETE", "true", "P2 an ended attempt is deleted"),
	trigger(
		"messages",
		"INSERT",
		`(SELECT count(*) FROM messages WHERE claim_id IS NULL) > limit_of('messages')`,
		"P6 more messages are in flight than may be",
	),
].join("\n");

export const schedulerTriggers = [
	trigger(
		"slots",
		"UPDATE",
		// Until the start of its run is confirmed, it is not known whether that is in time, late or never.
		`OLD.account <> 'due' AND (NEW.run_id IS NOT OLD.run_id OR (
			NEW.account <> OLD.account AND (OLD.run_id IS NULL OR OLD.started_at_ms IS NOT NULL
				OR (OLD.account, NEW.account) NOT IN
					(VALUES ('run', 'late'), ('run', 'missed'), ('late', 'missed'), ('missed', 'late')))))`,
		"P5 the account of a slot changes",
	),
	trigger(
		"incidents",
		"UPDATE",
		"OLD.closed_at_ms IS NOT NULL AND NEW.closed_at_ms IS NOT OLD.closed_at_ms",
		"P5 a closed incident changes",
	),
	trigger(
		"deliveries",
		"UPDATE",
		"OLD.delivered_at_ms IS NOT NULL AND NEW.next_attempt_at_ms IS NOT NULL",
		"P5 what was told is told again",
	),
].join("\n");
