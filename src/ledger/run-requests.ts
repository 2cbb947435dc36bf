import type { Act } from "../domain/audit.ts";
import type { RunId } from "../domain/ids.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { auditRunStatements, makeAuditId } from "./audit.ts";
import type { Database, Statement } from "./database.ts";

/**
 * Which request made which run: a repeated request (same `Idempotency-Key`) finds the run it made, and two requests
 * at once get two runs. Decided by one insert in D1.
 */
export interface RunRequestRow {
	readonly requestKey: string;
	/** Of everything that was asked for, the run it is about included. */
	readonly bodyHash: string;
	readonly requestedAtMs: number;
}

/** How the run of a request gets its id. */
export type RunNaming =
	/** By its millisecond; the next one is tried when that is taken. */
	| { readonly kind: "time"; readonly nameRun: (requestedAtMs: number) => RunId }
	/** By the next free number of its root: `…-r1`, `…-r2`. */
	| { readonly kind: "rerun"; readonly root: RunId };

const triesMax = 20;

/** @returns the run that this key made before; undefined for a new key */
export async function findRequestedRun(
	database: D1Database,
	requestKey: string,
	bodyHash: string,
): Promise<Result<RunId | undefined, "key_reused">> {
	const found = await database
		.prepare("SELECT run_id, body_hash FROM run_requests WHERE request_key = ?1")
		.bind(requestKey)
		.first<{ run_id: string; body_hash: string }>();
	if (found === null) return ok(undefined);
	return found.body_hash === bodyHash ? ok(found.run_id as RunId) : err("key_reused");
}

/**
 * With the act's entry in the audit log, whose result is the run: there is one if and only if this call made the row.
 * @returns the run of this key, now or of an earlier call; `key_reused` when that one asked for something else
 */
export async function recordRunRequest(
	database: Database,
	request: RunRequestRow,
	naming: RunNaming,
	act: Act,
): Promise<Result<RunId, "key_reused">> {
	for (let tries = 0; tries < triesMax; tries += 1) {
		const requestedAtMs = request.requestedAtMs + tries;
		const { requestKey } = request;
		const entry = { ...act, id: makeAuditId(requestedAtMs), atMs: requestedAtMs, requestKey };
		const [, found] = await database.batch<{ run_id: string; body_hash: string }>([
			insertRequest(database, { ...request, requestedAtMs }, naming),
			database
				.prepare("SELECT run_id, body_hash FROM run_requests WHERE request_key = ?1")
				.bind(request.requestKey),
			...auditRunStatements(database, entry, requestedAtMs),
		]);
		const row = found?.results[0];
		if (row !== undefined) {
			return row.body_hash === request.bodyHash ? ok(row.run_id as RunId) : err("key_reused");
		}
	}
	throw new Error(`no free run id in ${triesMax} tries`);
}

function insertRequest(
	database: Database,
	{ requestKey, bodyHash, requestedAtMs }: RunRequestRow,
	naming: RunNaming,
): Statement {
	if (naming.kind === "time") {
		return database
			.prepare(
				`INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms)
				VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
			)
			.bind(requestKey, naming.nameRun(requestedAtMs), bodyHash, requestedAtMs);
	}
	// A range of the ids' own index. What follows the number in an id (`…-r1-a-r1`) falls away in the cast.
	return database
		.prepare(
			`INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms)
			SELECT ?1, ?2 || '-r' || (1 + coalesce(max(CAST(substr(run_id, length(?2) + 3) AS INTEGER)), 0)), ?3, ?4
			FROM run_requests WHERE run_id >= ?2 || '-r' AND run_id < ?2 || '-s'
			ON CONFLICT DO NOTHING`,
		)
		.bind(requestKey, naming.root, bodyHash, requestedAtMs);
}
