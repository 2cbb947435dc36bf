import type { CoordinatorApi } from "../durable-objects/run-coordinator/api.ts";
import type { SchedulerApi } from "../durable-objects/run-scheduler/api.ts";
import type { GateApi } from "../durable-objects/twitch-gate/api.ts";
import type { TaskMessage } from "./domain/message.ts";

/** Bindings, vars and secrets as wrangler.toml declares them. Vars are read through config.ts only. */
export interface Env {
	readonly DB: D1Database;
	readonly TASKS: Queue<TaskMessage>;
	readonly RUN_COORDINATOR: DurableObjectNamespace<CoordinatorApi & Rpc.DurableObjectBranded>;
	readonly RUN_SCHEDULER: DurableObjectNamespace<SchedulerApi & Rpc.DurableObjectBranded>;
	readonly TWITCH_GATE: DurableObjectNamespace<GateApi & Rpc.DurableObjectBranded>;
	readonly CF_VERSION_METADATA: WorkerVersionMetadata;
	readonly [name: string]: unknown;
}
