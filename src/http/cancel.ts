import type { RunId } from "../domain/ids.ts";
import { findRun } from "../ledger/run-list.ts";
import { HttpError, runNotFound } from "./errors.ts";
import { refuseBody } from "./json-body.ts";
import type { RequestedRunPorts } from "./requested-run.ts";

/**
 * `POST /api/runs/:runId/cancel`: what has not started is cancelled, what runs may finish. Answers
 * `{runId, cancelled, running}`; a second time changes nothing and answers alike. Takes no body: whoever names tasks
 * in one would see the whole run stop.
 */
export async function postCancel(
	{ database, findCoordinator }: RequestedRunPorts,
	request: Request,
	runId: RunId,
): Promise<Response> {
	await refuseBody(request);
	const answer = await findCoordinator(runId).cancel();
	if (answer.kind === "cancelled") {
		return Response.json({ runId, cancelled: answer.cancelled, running: answer.running });
	}
	// An object forgets a run some days after its seal; D1 knows it for ever.
	if (answer.kind === "unknown_run" && (await findRun(database, runId)) === undefined) {
		throw runNotFound(runId);
	}
	throw new HttpError(409, "run_closed", `The run ${runId} is over: nothing is left to cancel.`);
}
