CREATE TABLE `audit` (
	`audit_id` text PRIMARY KEY NOT NULL,
	`action` text NOT NULL,
	`actor_name` text NOT NULL,
	`actor_role` text NOT NULL,
	`actor_via` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`result` text,
	`request_key` text,
	CONSTRAINT "audit_action" CHECK("audit"."action" IN ('run.start', 'run.rerun', 'run.cancel', 'schedule.pause', 'schedule.resume', 'session.sign_in', 'session.sign_out')),
	CONSTRAINT "audit_role" CHECK("audit"."actor_role" IN ('viewer', 'operator')),
	CONSTRAINT "audit_via" CHECK("audit"."actor_via" IN ('token', 'cookie', 'access'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_by_request` ON `audit` (`request_key`) WHERE "audit"."request_key" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `ended_sessions` (
	`session_id` text PRIMARY KEY NOT NULL,
	`expires_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sign_in_tries` (
	`address` text NOT NULL,
	`attempt` text NOT NULL,
	`tried_at_ms` integer NOT NULL,
	PRIMARY KEY(`address`, `attempt`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sign_in_tries_by_time` ON `sign_in_tries` (`tried_at_ms`);