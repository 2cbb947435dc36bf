CREATE TABLE `clips` (
	`clip_id` text PRIMARY KEY NOT NULL,
	`broadcaster_id` text NOT NULL,
	`broadcaster_name` text NOT NULL,
	`creator_id` text NOT NULL,
	`creator_name` text NOT NULL,
	`video_id` text NOT NULL,
	`vod_offset_seconds` integer,
	`game_id` text NOT NULL,
	`language` text NOT NULL,
	`title` text NOT NULL,
	`view_count` integer NOT NULL,
	`duration_seconds` real NOT NULL,
	`url` text NOT NULL,
	`embed_url` text NOT NULL,
	`thumbnail_url` text NOT NULL,
	`is_featured` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`fetched_at_ms` integer NOT NULL,
	`first_run_id` text NOT NULL,
	`changed_run_ids` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `clips_by_streamer` ON `clips` (`broadcaster_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `run_requests` (
	`request_key` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`body_hash` text NOT NULL,
	`requested_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `run_requests_run_id_unique` ON `run_requests` (`run_id`);--> statement-breakpoint
CREATE TABLE `run_tasks` (
	`run_id` text NOT NULL,
	`task_id` text NOT NULL,
	`state` text NOT NULL,
	`recovered` integer NOT NULL,
	`closed_at` text,
	`yield` text NOT NULL,
	`meters` text NOT NULL,
	`error` text,
	`warnings` text NOT NULL,
	`attempts` text NOT NULL,
	PRIMARY KEY(`run_id`, `task_id`),
	CONSTRAINT "run_tasks_state" CHECK("run_tasks"."state" IN ('planned', 'running', 'waiting', 'succeeded', 'failed', 'lost', 'cancelled'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `runs` (
	`run_id` text PRIMARY KEY NOT NULL,
	`job` text NOT NULL,
	`trigger` text NOT NULL,
	`slot_at_ms` integer,
	`rerun_of` text,
	`state` text NOT NULL,
	`verdict` text,
	`window_from_ms` integer,
	`window_to_ms` integer,
	`started_at_ms` integer NOT NULL,
	`closed_at_ms` integer,
	`sealed_at_ms` integer,
	`summary` text,
	`tasks_forgotten_at_ms` integer,
	CONSTRAINT "runs_trigger" CHECK("runs"."trigger" IN ('cron', 'alarm', 'manual', 'rerun', 'after')),
	CONSTRAINT "runs_state" CHECK("runs"."state" IN ('planning', 'running', 'sealing', 'sealed')),
	CONSTRAINT "runs_verdict" CHECK("runs"."verdict" IN ('succeeded', 'partial', 'failed', 'cancelled', 'timed_out'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `runs_by_start` ON `runs` (`started_at_ms`,`run_id`);--> statement-breakpoint
CREATE INDEX `runs_reruns` ON `runs` (`rerun_of`) WHERE "runs"."rerun_of" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `runs_unsealed` ON `runs` (`run_id`) WHERE "runs"."sealed_at_ms" IS NULL;--> statement-breakpoint
CREATE INDEX `runs_with_tasks` ON `runs` (`sealed_at_ms`) WHERE "runs"."sealed_at_ms" IS NOT NULL AND "runs"."tasks_forgotten_at_ms" IS NULL;--> statement-breakpoint
CREATE TABLE `streamers` (
	`broadcaster_id` text PRIMARY KEY NOT NULL,
	`login` text NOT NULL,
	`display_name` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`added_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
