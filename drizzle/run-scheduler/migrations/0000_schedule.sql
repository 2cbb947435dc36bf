CREATE TABLE `deliveries` (
	`message_id` text NOT NULL,
	`channel` text NOT NULL,
	`incident_id` text,
	`content` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at_ms` integer,
	`delivered_at_ms` integer,
	`error` text,
	PRIMARY KEY(`message_id`, `channel`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `deliveries_waiting` ON `deliveries` (`next_attempt_at_ms`) WHERE "deliveries"."next_attempt_at_ms" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deliveries_heartbeats` ON `deliveries` (`created_at_ms`) WHERE "deliveries"."channel" = 'heartbeat';--> statement-breakpoint
CREATE INDEX `deliveries_of_incident` ON `deliveries` (`incident_id`) WHERE "deliveries"."incident_id" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `incidents` (
	`incident_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`job` text NOT NULL,
	`run_id` text,
	`slot_at_ms` integer,
	`opened_at_ms` integer NOT NULL,
	`closed_at_ms` integer,
	`occurrences` integer NOT NULL,
	`evidence` text NOT NULL,
	CONSTRAINT "incidents_kind" CHECK("incidents"."kind" IN ('run_failed', 'run_timed_out', 'run_over_tolerance', 'run_stuck', 'slot_late', 'slot_missed', 'cron_dead', 'alarm_dead'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`kind`,`job`) WHERE "incidents"."closed_at_ms" IS NULL;--> statement-breakpoint
CREATE TABLE `proofs` (
	`kind` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `runs` (
	`run_id` text PRIMARY KEY NOT NULL,
	`job` text NOT NULL,
	`slot_at_ms` integer,
	`started_at_ms` integer NOT NULL,
	`next_look_at_ms` integer,
	`verdict` text,
	`sealed_at_ms` integer,
	`tasks` text,
	CONSTRAINT "runs_verdict" CHECK("runs"."verdict" IN ('succeeded', 'partial', 'failed', 'cancelled', 'timed_out'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `runs_watched` ON `runs` (`next_look_at_ms`) WHERE "runs"."next_look_at_ms" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `schedules` (
	`job` text PRIMARY KEY NOT NULL,
	`cron` text NOT NULL,
	`expected_since_ms` integer NOT NULL,
	`paused_at_ms` integer,
	`paused_until_ms` integer,
	`pause_reason` text
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `slots` (
	`job` text NOT NULL,
	`slot_at_ms` integer NOT NULL,
	`account` text NOT NULL,
	`trigger` text,
	`run_id` text,
	`reason` text,
	`decided_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`failures` integer NOT NULL,
	`try_again_at_ms` integer,
	PRIMARY KEY(`job`, `slot_at_ms`),
	CONSTRAINT "slots_account" CHECK("slots"."account" IN ('due', 'run', 'late', 'overlap', 'paused', 'missed'))
) STRICT, WITHOUT ROWID;
