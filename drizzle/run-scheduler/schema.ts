import { sql } from "drizzle-orm";
import {
	check,
	index,
	integer,
	primaryKey,
	sqliteTable,
	text,
	uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { JobName, RunId } from "../../src/domain/ids.ts";
import { type IncidentEvidence, incidentKinds } from "../../src/domain/incident.ts";
import { triggers, verdicts } from "../../src/domain/run.ts";
import { slotAccounts } from "../../src/domain/slots.ts";
import type { TaskTotals } from "../../src/domain/totals.ts";
import { isOneOf } from "../checks.ts";

/** The SQLite of the one RunScheduler. Tables only; see ../README.md. */

/** One row a job with a cron expression. */
export const schedules = sqliteTable("schedules", {
	job: text("job").$type<JobName>().primaryKey(),
	/** As it was when the slots were last looked at: another one starts a new count of expected slots. */
	cron: text("cron").notNull(),
	/** Slots after this are expected. */
	expectedSinceMs: integer("expected_since_ms").notNull(),
	/** The pause; all three null when there is none. */
	pausedAtMs: integer("paused_at_ms"),
	pausedUntilMs: integer("paused_until_ms"),
	pauseReason: text("pause_reason"),
});

export const slots = sqliteTable(
	"slots",
	{
		job: text("job").$type<JobName>().notNull(),
		slotAtMs: integer("slot_at_ms").notNull(),
		account: text("account", { enum: slotAccounts }).notNull(),
		trigger: text("trigger", { enum: triggers }),
		runId: text("run_id").$type<RunId>(),
		/** Why there is no run (yet). */
		reason: text("reason"),
		decidedAtMs: integer("decided_at_ms").notNull(),
		/** When the run's coordinator has confirmed the start; until then it is asked again. */
		startedAtMs: integer("started_at_ms"),
		/** Failures in a row of what is tried for it, and when it may be tried again. */
		failures: integer("failures").notNull(),
		tryAgainAtMs: integer("try_again_at_ms"),
	},
	(table) => [
		primaryKey({ columns: [table.job, table.slotAtMs] }),
		check("slots_account", isOneOf(table.account, slotAccounts)),
	],
);

/** Runs that are watched until they are sealed, whoever started them, and how they ended. */
export const runs = sqliteTable(
	"runs",
	{
		runId: text("run_id").$type<RunId>().primaryKey(),
		job: text("job").$type<JobName>().notNull(),
		slotAtMs: integer("slot_at_ms"),
		startedAtMs: integer("started_at_ms").notNull(),
		/** When its coordinator is next asked whether it is alive; null once it is sealed or gone. */
		nextLookAtMs: integer("next_look_at_ms"),
		verdict: text("verdict", { enum: verdicts }),
		sealedAtMs: integer("sealed_at_ms"),
		tasks: text("tasks", { mode: "json" }).$type<TaskTotals>(),
	},
	(table) => [
		check("runs_verdict", isOneOf(table.verdict, verdicts)),
		// Each ring of the alarm asks for these, and three months of runs stand beside them.
		index("runs_watched").on(table.nextLookAtMs).where(sql`${table.nextLookAtMs} IS NOT NULL`),
	],
);

/** Proofs of life: when each last came; and when the ledger last answered and last did not, and old rows were last deleted. */
export const proofs = sqliteTable("proofs", {
	kind: text("kind", {
		enum: ["cron", "alarm", "http", "ledger", "ledger_failed", "forget"],
	}).primaryKey(),
	atMs: integer("at_ms").notNull(),
});

export const incidents = sqliteTable(
	"incidents",
	{
		incidentId: text("incident_id").primaryKey(),
		kind: text("kind", { enum: incidentKinds }).notNull(),
		/** Empty when it is the scheduler's own. */
		job: text("job").$type<JobName | "">().notNull(),
		runId: text("run_id").$type<RunId>(),
		slotAtMs: integer("slot_at_ms"),
		openedAtMs: integer("opened_at_ms").notNull(),
		closedAtMs: integer("closed_at_ms"),
		occurrences: integer("occurrences").notNull(),
		evidence: text("evidence", { mode: "json" }).$type<IncidentEvidence>().notNull(),
	},
	(table) => [
		check("incidents_kind", isOneOf(table.kind, incidentKinds)),
		// The same thing is open once.
		uniqueIndex("incidents_open").on(table.kind, table.job).where(sql`${table.closedAtMs} IS NULL`),
		index("incidents_past")
			.on(table.openedAtMs, table.incidentId)
			.where(sql`${table.closedAtMs} IS NOT NULL`),
	],
);

/** What is to be sent, or was: a notice of an incident, or a heartbeat. */
export const deliveries = sqliteTable(
	"deliveries",
	{
		/** Goes with the message, the same each time it is tried. */
		messageId: text("message_id").notNull(),
		channel: text("channel", { enum: ["discord", "webhook", "heartbeat"] }).notNull(),
		/** Null for a heartbeat. */
		incidentId: text("incident_id"),
		/** JSON: what is told, as it was when it happened. */
		content: text("content").notNull(),
		createdAtMs: integer("created_at_ms").notNull(),
		attempts: integer("attempts").notNull(),
		/** Null once it was delivered or given up. */
		nextAttemptAtMs: integer("next_attempt_at_ms"),
		deliveredAtMs: integer("delivered_at_ms"),
		error: text("error"),
	},
	(table) => [
		primaryKey({ columns: [table.messageId, table.channel] }),
		index("deliveries_waiting")
			.on(table.nextAttemptAtMs)
			.where(sql`${table.nextAttemptAtMs} IS NOT NULL`),
		index("deliveries_heartbeats").on(table.createdAtMs).where(sql`${table.channel} = 'heartbeat'`),
		index("deliveries_of_incident")
			.on(table.incidentId)
			.where(sql`${table.incidentId} IS NOT NULL`),
	],
);
