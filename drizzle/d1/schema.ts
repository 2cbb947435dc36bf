import { sql } from "drizzle-orm";
import {
	check,
	index,
	integer,
	primaryKey,
	real,
	sqliteTable,
	text,
	uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { roles, vias } from "../../src/domain/actor.ts";
import { auditActions } from "../../src/domain/audit.ts";
import { runStates, triggers, verdicts } from "../../src/domain/run.ts";
import { taskStates } from "../../src/domain/task.ts";
import { isOneOf } from "../checks.ts";

/**
 * D1, shared with the site. Tables only; what each row means, who writes and reads it and how long it stays
 * stands in ../README.md. All tables are `WITHOUT ROWID`, which drizzle cannot say: the migrations do.
 */
export const streamers = sqliteTable("streamers", {
	broadcasterId: text("broadcaster_id").primaryKey(),
	login: text("login").notNull(),
	displayName: text("display_name").notNull(),
	enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
	addedAtMs: integer("added_at_ms").notNull(),
});

export const clips = sqliteTable(
	"clips",
	{
		clipId: text("clip_id").primaryKey(),
		broadcasterId: text("broadcaster_id").notNull(),
		broadcasterName: text("broadcaster_name").notNull(),
		creatorId: text("creator_id").notNull(),
		creatorName: text("creator_name").notNull(),
		/** Empty until Twitch knows the video. */
		videoId: text("video_id").notNull(),
		vodOffsetSeconds: integer("vod_offset_seconds"),
		gameId: text("game_id").notNull(),
		language: text("language").notNull(),
		title: text("title").notNull(),
		viewCount: integer("view_count").notNull(),
		durationSeconds: real("duration_seconds").notNull(),
		url: text("url").notNull(),
		embedUrl: text("embed_url").notNull(),
		thumbnailUrl: text("thumbnail_url").notNull(),
		isFeatured: integer("is_featured", { mode: "boolean" }).notNull(),
		createdAtMs: integer("created_at_ms").notNull(),
		/** When Twitch was asked for what stands here (P4). */
		fetchedAtMs: integer("fetched_at_ms").notNull(),
		/** The run that first saw it; never changes (P3). */
		firstRunId: text("first_run_id").notNull(),
		/** `|run|run|`: the last run that changed it, and those that did so before and are still open (P3). */
		changedRunIds: text("changed_run_ids").notNull(),
	},
	(table) => [index("clips_by_streamer").on(table.broadcasterId, table.createdAtMs)],
);

export const runs = sqliteTable(
	"runs",
	{
		runId: text("run_id").primaryKey(),
		job: text("job").notNull(),
		trigger: text("trigger", { enum: triggers }).notNull(),
		slotAtMs: integer("slot_at_ms"),
		rerunOf: text("rerun_of"),
		state: text("state", { enum: runStates }).notNull(),
		verdict: text("verdict", { enum: verdicts }),
		/** What the run looked at, so that a rerun looks at the same; null when planning failed. */
		windowFromMs: integer("window_from_ms"),
		windowToMs: integer("window_to_ms"),
		startedAtMs: integer("started_at_ms").notNull(),
		/** From then on no clip write of this run passes. */
		closedAtMs: integer("closed_at_ms"),
		sealedAtMs: integer("sealed_at_ms"),
		/** The summary as JSON, set with the seal. */
		summary: text("summary"),
		/** When its `run_tasks` were deleted. */
		tasksForgottenAtMs: integer("tasks_forgotten_at_ms"),
	},
	(table) => [
		check("runs_trigger", isOneOf(table.trigger, triggers)),
		check("runs_state", isOneOf(table.state, runStates)),
		check("runs_verdict", isOneOf(table.verdict, verdicts)),
		index("runs_by_start").on(table.startedAtMs, table.runId),
		index("runs_by_verdict")
			.on(table.verdict, table.startedAtMs, table.runId)
			.where(sql`${table.verdict} IS NOT NULL`),
		index("runs_reruns").on(table.rerunOf).where(sql`${table.rerunOf} IS NOT NULL`),
		index("runs_unsealed").on(table.runId).where(sql`${table.sealedAtMs} IS NULL`),
		index("runs_with_tasks")
			.on(table.sealedAtMs)
			.where(sql`${table.sealedAtMs} IS NOT NULL AND ${table.tasksForgottenAtMs} IS NULL`),
	],
);

export const runTasks = sqliteTable(
	"run_tasks",
	{
		runId: text("run_id").notNull(),
		taskId: text("task_id").notNull(),
		state: text("state", { enum: taskStates }).notNull(),
		recovered: integer("recovered", { mode: "boolean" }).notNull(),
		/** RFC 3339, like the times inside `attempts`: these rows are read as they are. */
		closedAt: text("closed_at"),
		/** JSON: counts, failure, warnings and attempts as in src/ledger/task-view.ts. */
		yield: text("yield").notNull(),
		meters: text("meters").notNull(),
		error: text("error"),
		warnings: text("warnings").notNull(),
		attempts: text("attempts").notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.runId, table.taskId] }),
		check("run_tasks_state", isOneOf(table.state, taskStates)),
	],
);

/** Which request made which run, so that a repeated one makes no second. */
export const runRequests = sqliteTable(
	"run_requests",
	{
		/** Hash of the caller's `Idempotency-Key`, or one made for a request without. */
		requestKey: text("request_key").primaryKey(),
		runId: text("run_id").notNull().unique(),
		/** SHA-256 of what was asked for; the same key with another one is refused. */
		bodyHash: text("body_hash").notNull(),
		requestedAtMs: integer("requested_at_ms").notNull(),
	},
	(table) => [index("run_requests_by_time").on(table.requestedAtMs)],
);

/** Who did what, when, to what. */
export const audit = sqliteTable(
	"audit",
	{
		/** `1795454102123-5f2c9a0d41b7e863`: epoch milliseconds and 16 characters at random, so ids are in the order of time. */
		auditId: text("audit_id").primaryKey(),
		action: text("action", { enum: auditActions }).notNull(),
		actorName: text("actor_name").notNull(),
		actorRole: text("actor_role", { enum: roles }).notNull(),
		actorVia: text("actor_via", { enum: vias }).notNull(),
		/** A run, a job or a session. */
		subject: text("subject").notNull(),
		/** JSON: what was asked for. */
		detail: text("detail").notNull(),
		/** Null from before the act until its answer is known. */
		result: text("result"),
		/** Of a request that may be repeated: it has one entry. */
		requestKey: text("request_key"),
	},
	(table) => [
		check("audit_action", isOneOf(table.action, auditActions)),
		check("audit_role", isOneOf(table.actorRole, roles)),
		check("audit_via", isOneOf(table.actorVia, vias)),
		uniqueIndex("audit_by_request")
			.on(table.requestKey)
			.where(sql`${table.requestKey} IS NOT NULL`),
	],
);

/** Sessions that were signed out before they expired. */
export const endedSessions = sqliteTable("ended_sessions", {
	sessionId: text("session_id").primaryKey(),
	/** From then on its cookie is worth nothing by itself. */
	expiresAtMs: integer("expires_at_ms").notNull(),
});

/** Wrong tokens of the last minutes, by who sent them. */
export const signInTries = sqliteTable(
	"sign_in_tries",
	{
		/** An IPv4 address, or the /64 of an IPv6 one. */
		address: text("address").notNull(),
		/** What was tried, hashed, so that the same again is not counted twice; at random where each is counted. */
		attempt: text("attempt").notNull(),
		triedAtMs: integer("tried_at_ms").notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.address, table.attempt] }),
		index("sign_in_tries_by_time").on(table.triedAtMs),
	],
);
