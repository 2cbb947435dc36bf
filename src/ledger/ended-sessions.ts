import type { Database, Statement } from "./database.ts";

/**
 * Sessions that were signed out: their cookies, and every copy of them, are worth nothing from then on. A row stays
 * until the cookie would have expired by itself.
 */
const forgottenAtOnce = 100;

export async function isSessionEnded(database: Database, sessionId: string): Promise<boolean> {
	const { results } = await database
		.prepare("SELECT 1 AS ended FROM ended_sessions WHERE session_id = ?1")
		.bind(sessionId)
		.all();
	return results.length > 0;
}

/** Repeated, they change nothing. */
export function endSessionStatements(
	database: Database,
	session: { readonly sessionId: string; readonly expiresAtMs: number },
	nowMs: number,
): Statement[] {
	return [
		database
			.prepare(
				"INSERT INTO ended_sessions (session_id, expires_at_ms) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
			)
			.bind(session.sessionId, session.expiresAtMs),
		database
			.prepare(
				`DELETE FROM ended_sessions WHERE session_id IN (
					SELECT session_id FROM ended_sessions WHERE expires_at_ms < ?1 LIMIT ${forgottenAtOnce}
				)`,
			)
			.bind(nowMs),
	];
}
