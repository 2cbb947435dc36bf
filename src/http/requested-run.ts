import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import type { RunId } from "../domain/ids.ts";
import type { RunRequest } from "../domain/run.ts";
import { type RunNaming, recordRunRequest } from "../ledger/run-requests.ts";
import { badRequest, HttpError } from "./errors.ts";

/** Starting a run that a caller asked for, once however often the request is repeated with its `Idempotency-Key`. */
export interface RequestedRunPorts {
	readonly database: D1Database;
	readonly findCoordinator: FindCoordinator;
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
 * the start: it finds the run.
 * @param asked everything that was asked for, in a fixed order: the same key with anything else is a 409
 */
export async function startRequestedRun(
	{ database, findCoordinator }: RequestedRunPorts,
	key: string | null,
	asked: readonly unknown[],
	naming: RunNaming,
	run: Omit<RunRequest, "runId">,
): Promise<Response> {
	const request = {
		requestKey: key === null ? `once:${crypto.randomUUID()}` : `key:${key}`,
		bodyHash: await hash(JSON.stringify(asked)),
		requestedAtMs: Date.now(),
	};
	const recorded = await recordRunRequest(database, request, naming);
	if (!recorded.ok) {
		throw new HttpError(
			409,
			"idempotency_key_reused",
			"This Idempotency-Key was sent before with another request. Use a new key for a new request.",
		);
	}
	const runId: RunId = recorded.value;
	await findCoordinator(runId).start({ ...run, runId });
	return Response.json({ runId }, { status: 202, headers: { location: `/api/runs/${runId}` } });
}

async function hash(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
