import { type SchedulerApi, schedulerObjectName } from "./api.ts";

/** The one scheduler. A call rejects when the object cannot be reached, and may then have been carried out. */
export function schedulerOf(
	namespace: DurableObjectNamespace<SchedulerApi & Rpc.DurableObjectBranded>,
): SchedulerApi {
	return namespace.getByName(schedulerObjectName) as unknown as SchedulerApi;
}
