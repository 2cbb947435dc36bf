import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import type { Actor } from "../domain/actor.ts";
import type { Act } from "../domain/audit.ts";
import type { RunId } from "../domain/ids.ts";
import type { Result } from "../domain/result.ts";
import type { RunRequest } from "../domain/run.ts";
import { findRun } from "../ledger/run-list.ts";
import { findRequestedRun, type RunNaming, recordRunRequest } from "../ledger/run-requests.ts";
import { digestText } from "./digest.ts";
import { badRequest, HttpError } from "./errors.ts";

/** Starting a run that a caller asked for, once however often the request is repeated with its `Idempotency-Key`. */
export interface RequestedRunPorts {
	readonly database: D1Database;
	readonly findCoordinator: FindCoordinator;
	readonly who: Actor;
}

const idempotencyKey = /^[\x21-\x7e]{1,200}$/;

/** The header, checked; null when it was not sent. */
export function readIdempotencyKey(request: Request): string | null {
	const key = request.headers.get("idempotency-key");
	if (key === null || idempotencyKey.test(key)) return key;
	throw badRequest(
		"invalid_idempotency_key",
		"Idempotency-Key is 1 to 200 visible ASCII characters, such as a UUID.",
	);
}

/**
 * Crash after the key was recorded: the same request again finds the run's id there, and starts it. Crash after
 * the start: it finds the run, whatever has become of what it asked for.
 * @param act what stands in the audit log, with the run as its result
 * @param asked everything that was asked for, in a fixed order: the same key with anything else is a 409
 * @param decide what is to be run; throws when that is not possible (any more). Not asked for a run that is there
 */
export async function startRequestedRun(
	{ database, findCoordinator, who }: RequestedRunPorts,
	act: Omit<Act, "who">,
	key: string | null,
	asked: readonly unknown[],
	naming: RunNaming,
	decide: () => Promise<Omit<RunRequest, "runId">>,
): Promise<Response> {
	const request = {
		// Hashed: a caller may have made the key of anything, and the row stays for ever.
		requestKey: key === null ? `once:${crypto.randomUUID()}` : `key:${await digestText(key)}`,
		bodyHash: await digestText(JSON.stringify(asked)),
		requestedAtMs: Date.now(),
	};
	const before =
		key === null
			? undefined
			: takeKnown(await findRequestedRun(database, request.requestKey, request.bodyHash));
	if (before !== undefined && (await isKnown(database, findCoordinator, before))) {
		return accepted(before);
	}
	const run = await decide();
	const runId = takeKnown(await recordRunRequest(database, request, naming, { ...act, who }));
	await findCoordinator(runId).start({ ...run, runId });
	return accepted(runId);
}

async function isKnown(
	database: D1Database,
	findCoordinator: FindCoordinator,
	runId: RunId,
): Promise<boolean> {
	if ((await findRun(database, runId)) !== undefined) return true;
	return !("kind" in (await findCoordinator(runId).summary()));
}

function takeKnown<T>(found: Result<T, "key_reused">): T {
	if (found.ok) return found.value;
	throw new HttpError(
		"idempotency_key_reused",
		"This Idempotency-Key was sent before with another request. Use a new key for a new request.",
	);
}

function accepted(runId: RunId): Response {
	return Response.json({ runId }, { status: 202, headers: { location: `/api/runs/${runId}` } });
}
