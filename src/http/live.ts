import type { WatchAnswer } from "../../durable-objects/run-coordinator/live.ts";
import { writeSealed, writeSnapshot } from "../../durable-objects/run-coordinator/live-messages.ts";
import type { RunId } from "../domain/ids.ts";
import type { Summary } from "../domain/summary.ts";
import { findRun } from "../ledger/run-list.ts";
import { listRunTaskStates } from "../ledger/run-tasks.ts";
import { HttpError, runNotFound } from "./errors.ts";

/** `GET /api/runs/:runId/live`: a WebSocket of the run's own object, or of its last word when it is sealed. */
export interface LiveSources {
	readonly database: D1Database;
	/** Asks the run's object for the other end; its answer is a 101, or says in `kind` why it is not. */
	readonly openLive: (runId: RunId, expiresAtMs: number | null) => Promise<Response>;
}

const retryAfterSeconds = 30;

/** @param expiresAtMs when the session of who asks ends; null for a token, which does not */
export async function getLive(
	{ database, openLive }: LiveSources,
	request: Request,
	runId: RunId,
	expiresAtMs: number | null,
): Promise<Response> {
	if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
		throw new HttpError(
			"upgrade_required",
			"This address is a WebSocket. Without one, ask GET /api/runs/:runId again and again.",
		);
	}
	const summary = (await findRun(database, runId))?.summary;
	if (summary) return tellSealed(database, summary);
	const answer = await openLive(runId, expiresAtMs);
	if (answer.status === 101) return answer;
	const { kind } = (await answer.json()) as Exclude<WatchAnswer, { kind: "watching" }>;
	if (kind === "unknown_run") throw runNotFound(runId);
	throw new HttpError(
		kind,
		"This run cannot be watched by one more just now. Ask GET /api/runs/:runId again and again.",
		{ "retry-after": String(retryAfterSeconds) },
	);
}

/** Its object is left alone: it may have forgotten the run long ago. */
async function tellSealed(database: D1Database, summary: Summary): Promise<Response> {
	const tasks = await listRunTaskStates(database, summary.runId);
	const { 0: client, 1: server } = new WebSocketPair();
	server.accept();
	const states = tasks.map(({ state }) => state);
	server.send(writeSnapshot(summary, states));
	server.send(writeSealed(summary));
	server.close(1000, "sealed");
	return new Response(null, { status: 101, webSocket: client });
}
