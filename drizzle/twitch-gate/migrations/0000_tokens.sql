CREATE TABLE `app_tokens` (
	`client_id` text PRIMARY KEY NOT NULL,
	`access_token` text NOT NULL,
	`obtained_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
