import type { RunId } from "../../src/domain/ids.ts";
import type { CoordinatorApi, FindCoordinator } from "./api.ts";
import { expiresHeader } from "./live-sockets.ts";

/**
 * The object of a run, by the run's id. A stub has the methods of the API, each answered over RPC; a call rejects
 * when the object cannot be reached or was reset under it, and may then have been carried out.
 */
export function coordinatorsOf(
	namespace: DurableObjectNamespace<CoordinatorApi & Rpc.DurableObjectBranded>,
): FindCoordinator {
	return (runId: RunId) => namespace.getByName(runId) as unknown as CoordinatorApi;
}

/** The other end of a socket that tells of the run. Of who asks, only when their session expires goes along. */
export function liveOf(
	namespace: DurableObjectNamespace<CoordinatorApi & Rpc.DurableObjectBranded>,
): (runId: RunId, expiresAtMs: number | null) => Promise<Response> {
	return (runId, expiresAtMs) => {
		const expires = expiresAtMs === null ? {} : { [expiresHeader]: String(expiresAtMs) };
		const headers = { upgrade: "websocket", ...expires };
		return namespace.getByName(runId).fetch("https://run-coordinator/live", { headers });
	};
}
