import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The SQLite of the one TwitchGate. Tables only; see ../README.md. */

/** The app access token: one row, of the client id in use. */
export const appTokens = sqliteTable("app_tokens", {
	/** Part of what makes a token fit: with another TWITCH_CLIENT_ID it is worth nothing. */
	clientId: text("client_id").primaryKey(),
	accessToken: text("access_token").notNull(),
	obtainedAtMs: integer("obtained_at_ms").notNull(),
	expiresAtMs: integer("expires_at_ms").notNull(),
});
