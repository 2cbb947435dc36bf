import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Counts } from "../../src/domain/counts.ts";
import type { ClaimId, JobName, LeaseToken, RunId, TaskId } from "../../src/domain/ids.ts";
import type { Failure, Warning } from "../../src/domain/outcome.ts";
import { runStates, triggers, verdicts } from "../../src/domain/run.ts";
import { attemptOutcomes, taskStates } from "../../src/domain/task.ts";
import { isOneOf } from "../checks.ts";

/**
 * The SQLite of one RunCoordinator: the ledger of its run while it is open. Tables only; see ../README.md.
 * Rows written are counted against a limit and billed, so: no index that a task's normal way would touch.
 */

/** One row. */
export const run = sqliteTable(
	"run",
	{
		runId: text("run_id").$type<RunId>().primaryKey(),
		job: text("job").$type<JobName>().notNull(),
		trigger: text("trigger", { enum: triggers }).notNull(),
		slotAtMs: integer("slot_at_ms"),
		rerunOf: text("rerun_of").$type<RunId>(),
		/** JSON: what the request limits the plan to; null for all. */
		requestedTaskIds: text("requested_task_ids", { mode: "json" }).$type<readonly TaskId[]>(),
		windowFromMs: integer("window_from_ms"),
		windowToMs: integer("window_to_ms"),
		state: text("state", { enum: runStates }).notNull(),
		startedAtMs: integer("started_at_ms").notNull(),
		deadlineAtMs: integer("deadline_at_ms").notNull(),
		/** Null until planned. */
		plannedTasks: integer("planned_tasks"),
		planningFailure: text("planning_failure", { mode: "json" }).$type<Failure>(),
		/** The fan-out is a position: every task up to this id has been put into a message. */
		fanOutAfter: text("fan_out_after").$type<TaskId>(),
		fanOutDone: integer("fan_out_done", { mode: "boolean" }).notNull(),
		lastMessageNo: integer("last_message_no").notNull(),
		/** The newest message that was claimed, and when anything was last claimed: tell a lost message from a backlog. */
		claimedMessageNo: integer("claimed_message_no").notNull(),
		lastClaimAtMs: integer("last_claim_at_ms"),
		/** When an operator stopped it. */
		cancelledAtMs: integer("cancelled_at_ms"),
		timedOut: integer("timed_out", { mode: "boolean" }).notNull(),
		lateReports: integer("late_reports").notNull(),
		duplicateDeliveries: integer("duplicate_deliveries").notNull(),
		meters: text("meters", { mode: "json" }).$type<Counts>().notNull(),
		/** Failures in a row of what the alarm tries now (plan, send, seal, start what follows). */
		failures: integer("failures").notNull(),
		/** When the alarm may try that again. */
		tryAgainAtMs: integer("try_again_at_ms"),
		/** The seal is a position too: every task up to this id stands in D1, and this is what they yielded. */
		sealedUpTo: text("sealed_up_to").$type<TaskId>(),
		sealedYield: text("sealed_yield", { mode: "json" }).$type<Counts>().notNull(),
		/** The finished summary, fixed before D1 is asked to take it, so that a repeated write is the same. */
		summary: text("summary"),
		verdict: text("verdict", { enum: verdicts }),
		sealedAtMs: integer("sealed_at_ms"),
		/** When D1 had confirmed the seal. */
		confirmedAtMs: integer("confirmed_at_ms"),
		/** JSON: jobs whose run after this one has still to be started. */
		startsAfter: text("starts_after", { mode: "json" }).$type<readonly JobName[]>().notNull(),
		/** Whether the scheduler has still to be told of the seal. */
		sealUntold: integer("seal_untold", { mode: "boolean" }).notNull().default(false),
	},
	(table) => [
		check("run_trigger", isOneOf(table.trigger, triggers)),
		check("run_state", isOneOf(table.state, runStates)),
		check("run_verdict", isOneOf(table.verdict, verdicts)),
	],
);

export const tasks = sqliteTable(
	"tasks",
	{
		taskId: text("task_id").$type<TaskId>().primaryKey(),
		state: text("state", { enum: taskStates }).notNull(),
		attempts: integer("attempts").notNull(),
		deferrals: integer("deferrals").notNull(),
		retries: integer("retries").notNull(),
		leasesExpired: integer("leases_expired").notNull(),
		recoveries: integer("recoveries").notNull(),
		leaseToken: text("lease_token").$type<LeaseToken>(),
		claimedAtMs: integer("claimed_at_ms"),
		leaseExpiresAtMs: integer("lease_expires_at_ms"),
		notBeforeMs: integer("not_before_ms"),
		continuation: text("continuation"),
		yield: text("yield", { mode: "json" }).$type<Counts>(),
		error: text("error", { mode: "json" }).$type<Failure>(),
		warnings: text("warnings", { mode: "json" }).$type<readonly Warning[]>().notNull(),
		closedAtMs: integer("closed_at_ms"),
	},
	(table) => [
		check("tasks_state", isOneOf(table.state, taskStates)),
		// Partial: only a task that waits is in it, so the way planned → running → succeeded writes it not at all.
		index("tasks_waiting").on(table.notBeforeMs).where(sql`${table.notBeforeMs} IS NOT NULL`),
	],
);

/** Ended attempts; appended, never changed. */
export const attempts = sqliteTable(
	"attempts",
	{
		taskId: text("task_id").$type<TaskId>().notNull(),
		attempt: integer("attempt").notNull(),
		claimedAtMs: integer("claimed_at_ms").notNull(),
		endedAtMs: integer("ended_at_ms").notNull(),
		outcome: text("outcome", { enum: attemptOutcomes }).notNull(),
		error: text("error", { mode: "json" }).$type<Failure>(),
		yield: text("yield", { mode: "json" }).$type<Counts>(),
		meters: text("meters", { mode: "json" }).$type<Counts>(),
	},
	(table) => [
		primaryKey({ columns: [table.taskId, table.attempt] }),
		check("attempts_outcome", isOneOf(table.outcome, attemptOutcomes)),
	],
);

/**
 * Messages in flight: written before they are sent, deleted when their tasks were reported or are elsewhere.
 * Never more than about twice MESSAGES_IN_FLIGHT, so it is read whole.
 */
export const messages = sqliteTable("messages", {
	messageNo: integer("message_no").primaryKey(),
	/** JSON: once claimed, only the tasks that the claim was granted. */
	taskIds: text("task_ids", { mode: "json" }).$type<readonly TaskId[]>().notNull(),
	/** How often its tasks have been sent since they were last claimed; what is sent in vain is sent ever less often. */
	sends: integer("sends").notNull(),
	/** When the queue may hand it out. */
	visibleAtMs: integer("visible_at_ms").notNull(),
	/** Null until the queue has confirmed it; such a message is sent (again) by the alarm. */
	sentAtMs: integer("sent_at_ms"),
	claimId: text("claim_id").$type<ClaimId>(),
	leaseToken: text("lease_token").$type<LeaseToken>(),
	leaseExpiresAtMs: integer("lease_expires_at_ms"),
});
