import { err, ok, type Result } from "../domain/result.ts";
import type { Database } from "./database.ts";

/**
 * How often somebody may show a token that is none of ours. A try is taken before the token is looked at, and given
 * back when it was right: of a hundred tries at once no more than the limit are looked at. A try that is refused
 * writes nothing.
 *
 * When many addresses guess together, each of them has one try instead of ten, and no row: who has not guessed still
 * gets in, and however many there are, they do not use up what D1 may write in a day. A hundred tries in ten minutes,
 * at 2 rows written and 1 deleted, are at most 43,200 of its 100,000.
 */
export const triesWindowMs = 600_000;
export const triesPerAddressMax = 10;
export const triesInAllMax = 100;
const forgottenAtOnce = 100;

export interface Try {
	readonly address: string;
	/** What is tried, hashed: the same again is no second try. At random where each is to be counted. */
	readonly attempt: string;
}

/** @returns whether it has a row, which it has not when many guess; or the milliseconds to wait for the next try */
export async function takeTry(
	database: Database,
	{ address, attempt }: Try,
	nowMs: number,
): Promise<Result<{ readonly isRecorded: boolean }, { readonly retryAfterMs: number }>> {
	const sinceMs = nowMs - triesWindowMs;
	const [, , found] = await database.batch<{ taken: number; oldest_at_ms: number | null }>([
		database
			.prepare(
				`DELETE FROM sign_in_tries WHERE (address, attempt) IN (
					SELECT address, attempt FROM sign_in_tries WHERE tried_at_ms <= ?1 LIMIT ${forgottenAtOnce}
				)`,
			)
			.bind(sinceMs),
		database
			.prepare(
				`INSERT INTO sign_in_tries (address, attempt, tried_at_ms)
				SELECT ?1, ?2, ?3 WHERE (
					SELECT count(*) FROM sign_in_tries WHERE address = ?1 AND tried_at_ms > ?4
				) < ${triesPerAddressMax} AND (
					SELECT count(*) FROM (
						SELECT 1 FROM sign_in_tries WHERE tried_at_ms > ?4 LIMIT ${triesInAllMax}
					)
				) < ${triesInAllMax}
				ON CONFLICT DO NOTHING`,
			)
			.bind(address, attempt, nowMs, sinceMs),
		database
			.prepare(
				`SELECT coalesce(sum(attempt = ?2), 0) AS taken, min(tried_at_ms) AS oldest_at_ms
				FROM sign_in_tries WHERE address = ?1 AND tried_at_ms > ?3`,
			)
			.bind(address, attempt, sinceMs),
	]);
	const { taken, oldest_at_ms: oldestAtMs } = found?.results[0] ?? { taken: 0, oldest_at_ms: null };
	if (taken > 0) return ok({ isRecorded: true });
	if (oldestAtMs === null) return ok({ isRecorded: false });
	return err({ retryAfterMs: Math.max(1_000, oldestAtMs + triesWindowMs - nowMs) });
}

export async function giveTryBack(database: Database, { address, attempt }: Try): Promise<void> {
	await database
		.prepare("DELETE FROM sign_in_tries WHERE address = ?1 AND attempt = ?2")
		.bind(address, attempt)
		.all();
}
