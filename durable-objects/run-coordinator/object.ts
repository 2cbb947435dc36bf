import { DurableObject } from "cloudflare:workers";
import { getConfig } from "../../src/config.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Env } from "../../src/env.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import { createLog } from "../../src/log.ts";
import { createProducer } from "../../src/queue/producer.ts";
import { deployedVersion } from "../../src/version.ts";
import type { ClaimRequest, CoordinatorApi, Report, ReturnRequest, TasksRequest } from "./api.ts";
import { coordinatorsOf } from "./client.ts";
import { Coordinator } from "./coordinator.ts";

/**
 * One object a run, named by the run's id. Only plugs the platform in; coordinator.ts is the thing.
 * @param createJobs the jobs of this deployment
 */
export function runCoordinatorClass(createJobs: (env: Env) => JobRegistry) {
	return class RunCoordinator extends DurableObject<Env> implements CoordinatorApi {
		readonly #coordinator: Coordinator;

		constructor(ctx: DurableObjectState, env: Env) {
			super(ctx, env);
			this.#coordinator = new Coordinator({
				storage: ctx.storage,
				// Not awaited: a write, put in order with the rows around it and confirmed with them.
				setAlarm: (atMs) => void ctx.storage.setAlarm(atMs),
				destroy: () => ctx.storage.deleteAll(),
				database: env.DB,
				send: createProducer(env.TASKS),
				findCoordinator: coordinatorsOf(env.RUN_COORDINATOR),
				jobs: createJobs(env),
				config: getConfig(env),
				nowMs: () => Date.now(),
				dice: () => Math.random(),
				makeId: () => crypto.randomUUID(),
				log: createLog("run-coordinator"),
				version: deployedVersion(env),
			});
			void ctx.blockConcurrencyWhile(() => this.#coordinator.prepare());
		}

		start(request: RunRequest) {
			return this.#coordinator.start(request);
		}

		claim(request: ClaimRequest) {
			return this.#coordinator.claim(request);
		}

		report(report: Report) {
			return this.#coordinator.report(report);
		}

		returnMessage(request: ReturnRequest) {
			return this.#coordinator.returnMessage(request);
		}

		cancel() {
			return this.#coordinator.cancel();
		}

		summary() {
			return this.#coordinator.summary();
		}

		tasks(request: TasksRequest) {
			return this.#coordinator.tasks(request);
		}

		task(taskId: TaskId) {
			return this.#coordinator.task(taskId);
		}

		override alarm() {
			return this.#coordinator.onAlarm();
		}
	};
}
