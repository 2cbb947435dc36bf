import type { RunId } from "../domain/ids.ts";
import { err, ok, type Result } from "../domain/result.ts";

/**
 * Which request made which run: a repeated request (same `Idempotency-Key`) finds the run it made, and two requests
 * of one millisecond get two runs. Decided by one insert in D1.
 */
export interface RunRequestRow {
	readonly requestKey: string;
	readonly bodyHash: string;
	readonly requestedAtMs: number;
}

const triesMax = 20;

/**
 * @param nameRun the id of a run requested at that millisecond; the next millisecond is tried when it is taken
 * @returns the run of this key, now or of an earlier call; `key_reused` when that one asked for something else
 */
export async function recordRunRequest(
	database: D1Database,
	request: RunRequestRow,
	nameRun: (requestedAtMs: number) => RunId,
): Promise<Result<RunId, "key_reused">> {
	for (let tries = 0; tries < triesMax; tries += 1) {
		const requestedAtMs = request.requestedAtMs + tries;
		const [, found] = await database.batch<{ run_id: string; body_hash: string }>([
			database
				.prepare(
					`INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms)
					VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
				)
				.bind(request.requestKey, nameRun(requestedAtMs), request.bodyHash, requestedAtMs),
			database
				.prepare("SELECT run_id, body_hash FROM run_requests WHERE request_key = ?1")
				.bind(request.requestKey),
		]);
		const row = found?.results[0];
		if (row !== undefined) {
			return row.body_hash === request.bodyHash ? ok(row.run_id as RunId) : err("key_reused");
		}
	}
	throw new Error(`no free run id in ${triesMax} milliseconds`);
}
