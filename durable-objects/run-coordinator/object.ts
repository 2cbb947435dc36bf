import { DurableObject } from "cloudflare:workers";
import { type Config, readConfigOrDefaults } from "../../src/config.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Env } from "../../src/env.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import { answeringInTime } from "../../src/ledger/answer-in-time.ts";
import { createLog } from "../../src/log.ts";
import { createProducer } from "../../src/queue/producer.ts";
import { withinTime } from "../../src/time-limit.ts";
import { deployedVersion } from "../../src/version.ts";
import { spareTheRetries } from "../object-alarm.ts";
import { schedulerOf } from "../run-scheduler/client.ts";
import type { ClaimRequest, CoordinatorApi, Report, ReturnRequest, TasksRequest } from "./api.ts";
import { coordinatorsOf } from "./client.ts";
import { Coordinator } from "./coordinator.ts";
import { answerPings, hearSocket, livePortsOf, openSocket } from "./live-sockets.ts";

/**
 * One object a run, named by the run's id. Only plugs the platform in; coordinator.ts is the thing.
 * @param createJobs the jobs of this deployment
 */
export function runCoordinatorClass(createJobs: (env: Env, config: Config) => JobRegistry) {
	return class RunCoordinator extends DurableObject<Env> implements CoordinatorApi {
		readonly #coordinator: Coordinator;

		constructor(ctx: DurableObjectState, env: Env) {
			super(ctx, env);
			const log = createLog("run-coordinator");
			const config = readConfigOrDefaults(env, log);
			this.#coordinator = new Coordinator({
				storage: ctx.storage,
				// Not awaited: a write, put in order with the rows around it and confirmed with them.
				setAlarm: (atMs) => void ctx.storage.setAlarm(atMs),
				getAlarm: () => ctx.storage.getAlarm(),
				destroy: () => ctx.storage.deleteAll(),
				database: answeringInTime(env.DB, withinTime),
				send: createProducer(env.TASKS),
				findCoordinator: coordinatorsOf(env.RUN_COORDINATOR),
				withinTime,
				tellSealed: (summary) => schedulerOf(env.RUN_SCHEDULER).runSealed(summary),
				jobs: createJobs(env, config),
				config,
				nowMs: () => Date.now(),
				dice: () => Math.random(),
				log,
				live: livePortsOf(ctx),
				version: deployedVersion(env),
			});
			answerPings(ctx);
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

		states() {
			return this.#coordinator.states();
		}

		/** A socket of somebody who watches; the Worker has asked who that is. */
		override fetch(request: Request) {
			return openSocket(this.ctx, this.#coordinator.live, request, Date.now());
		}

		override webSocketMessage(socket: WebSocket) {
			hearSocket(socket);
		}

		override webSocketClose() {
			this.#coordinator.live.left();
		}

		override webSocketError() {
			this.#coordinator.live.left();
		}

		wake() {
			return this.#coordinator.wake();
		}

		override async alarm(info?: AlarmInvocationInfo) {
			await spareTheRetries(this.ctx.storage, info);
			await this.#coordinator.onAlarm();
		}
	};
}
