import type { RunId } from "../../src/domain/ids.ts";
import type { CoordinatorApi, FindCoordinator } from "./api.ts";

/**
 * The object of a run, by the run's id. A stub has the methods of the API, each answered over RPC; a call rejects
 * when the object cannot be reached or was reset under it, and may then have been carried out.
 */
export function coordinatorsOf(
	namespace: DurableObjectNamespace<CoordinatorApi & Rpc.DurableObjectBranded>,
): FindCoordinator {
	return (runId: RunId) => namespace.getByName(runId) as unknown as CoordinatorApi;
}

/** The other end of a socket that tells of the run. Nothing of who asks goes along. */
export function liveOf(
	namespace: DurableObjectNamespace<CoordinatorApi & Rpc.DurableObjectBranded>,
): (runId: RunId) => Promise<Response> {
	return (runId) => {
		const headers = { upgrade: "websocket" };
		return namespace.getByName(runId).fetch("https://run-coordinator/live", { headers });
	};
}
