import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import type { Actor } from "../domain/actor.ts";
import type { RunId } from "../domain/ids.ts";
import { findRun } from "../ledger/run-list.ts";
import { HttpError, runNotFound } from "./errors.ts";
import { refuseBody } from "./json-body.ts";
import { type Done, type RecordPorts, recordAct } from "./recorded-act.ts";
import { readIdempotencyKey } from "./requested-run.ts";

export interface CancelPorts extends RecordPorts {
	readonly database: D1Database;
	readonly findCoordinator: FindCoordinator;
	readonly who: Actor;
}

/**
 * `POST /api/runs/:runId/cancel`: what has not started is cancelled, what runs may finish. Answers
 * `{runId, cancelled, running}`; a second time changes nothing and answers alike, as does the same request repeated. Takes no body: whoever names tasks
 * in one would see the whole run stop.
 */
export async function postCancel(
	ports: CancelPorts,
	request: Request,
	runId: RunId,
): Promise<Response> {
	const key = readIdempotencyKey(request);
	await refuseBody(request);
	const act = { action: "run.cancel", who: ports.who, subject: runId, detail: {} } as const;
	return recordAct(ports, act, key, {
		perform: () => cancel(ports, runId),
		replay: async (result) => Response.json({ runId, ...readResult(result) }),
	});
}

interface Stopped {
	readonly cancelled: number;
	readonly running: number;
}

function writeResult({ cancelled, running }: Stopped): string {
	return `${cancelled} cancelled, ${running} running`;
}

function readResult(result: string): Stopped {
	const [cancelled = 0, running = 0] = (result.match(/\d+/g) ?? []).map(Number);
	return { cancelled, running };
}

async function cancel({ database, findCoordinator }: CancelPorts, runId: RunId): Promise<Done> {
	const answer = await findCoordinator(runId).cancel();
	if (answer.kind === "cancelled") {
		const { cancelled, running } = answer;
		return {
			answer: Response.json({ runId, cancelled, running }),
			result: writeResult(answer),
		};
	}
	// An object forgets a run some days after its seal; D1 knows it for ever.
	if (answer.kind === "unknown_run" && (await findRun(database, runId)) === undefined) {
		throw runNotFound(runId);
	}
	throw new HttpError("run_closed", `The run ${runId} is over: nothing is left to cancel.`);
}
