CREATE TABLE `attempts` (
	`task_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`claimed_at_ms` integer NOT NULL,
	`ended_at_ms` integer NOT NULL,
	`outcome` text NOT NULL,
	`error` text,
	`yield` text,
	`meters` text,
	PRIMARY KEY(`task_id`, `attempt`),
	CONSTRAINT "attempts_outcome" CHECK("attempts"."outcome" IN ('succeeded', 'retryable', 'permanent', 'deferred', 'lease_expired', 'run_closed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `messages` (
	`message_no` integer PRIMARY KEY NOT NULL,
	`task_ids` text NOT NULL,
	`sends` integer NOT NULL,
	`visible_at_ms` integer NOT NULL,
	`sent_at_ms` integer,
	`claim_id` text,
	`lease_token` text,
	`lease_expires_at_ms` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `run` (
	`run_id` text PRIMARY KEY NOT NULL,
	`job` text NOT NULL,
	`trigger` text NOT NULL,
	`slot_at_ms` integer,
	`rerun_of` text,
	`requested_task_ids` text,
	`window_from_ms` integer,
	`window_to_ms` integer,
	`state` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`deadline_at_ms` integer NOT NULL,
	`planned_tasks` integer,
	`planning_failure` text,
	`fan_out_after` text,
	`fan_out_done` integer NOT NULL,
	`last_message_no` integer NOT NULL,
	`claimed_message_no` integer NOT NULL,
	`last_claim_at_ms` integer,
	`cancelled_at_ms` integer,
	`timed_out` integer NOT NULL,
	`late_reports` integer NOT NULL,
	`duplicate_deliveries` integer NOT NULL,
	`meters` text NOT NULL,
	`failures` integer NOT NULL,
	`try_again_at_ms` integer,
	`sealed_up_to` text,
	`sealed_yield` text NOT NULL,
	`summary` text,
	`verdict` text,
	`sealed_at_ms` integer,
	`confirmed_at_ms` integer,
	`starts_after` text NOT NULL,
	CONSTRAINT "run_trigger" CHECK("run"."trigger" IN ('cron', 'alarm', 'manual', 'rerun', 'after')),
	CONSTRAINT "run_state" CHECK("run"."state" IN ('planning', 'running', 'sealing', 'sealed')),
	CONSTRAINT "run_verdict" CHECK("run"."verdict" IN ('succeeded', 'partial', 'failed', 'cancelled', 'timed_out'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tasks` (
	`task_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`deferrals` integer NOT NULL,
	`retries` integer NOT NULL,
	`leases_expired` integer NOT NULL,
	`recoveries` integer NOT NULL,
	`lease_token` text,
	`claimed_at_ms` integer,
	`lease_expires_at_ms` integer,
	`not_before_ms` integer,
	`continuation` text,
	`yield` text,
	`error` text,
	`warnings` text NOT NULL,
	`closed_at_ms` integer,
	CONSTRAINT "tasks_state" CHECK("tasks"."state" IN ('planned', 'running', 'waiting', 'succeeded', 'failed', 'lost', 'cancelled'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tasks_waiting` ON `tasks` (`not_before_ms`) WHERE "tasks"."not_before_ms" IS NOT NULL;