import { DurableObject } from "cloudflare:workers";
import { type Config, readConfigOrDefaults } from "../../src/config.ts";
import type { JobName } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { Env } from "../../src/env.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import { answeringInTime } from "../../src/ledger/answer-in-time.ts";
import { createLog } from "../../src/log.ts";
import { createChannels } from "../../src/notify/channels.ts";
import { withinTime } from "../../src/time-limit.ts";
import { spareTheRetries } from "../object-alarm.ts";
import { coordinatorsOf } from "../run-coordinator/client.ts";
import type { CronEvent, PauseRequest, SchedulerApi } from "./api.ts";
import { Scheduler } from "./scheduler.ts";

/**
 * The one object of the schedule. Only plugs the platform in; scheduler.ts is the thing.
 * @param createJobs the jobs of this deployment
 */
export function runSchedulerClass(createJobs: (env: Env, config: Config) => JobRegistry) {
	return class RunScheduler extends DurableObject<Env> implements SchedulerApi {
		readonly #scheduler: Scheduler;

		constructor(ctx: DurableObjectState, env: Env) {
			super(ctx, env);
			const log = createLog("run-scheduler");
			const config = readConfigOrDefaults(env, log);
			this.#scheduler = new Scheduler({
				storage: ctx.storage,
				// Not awaited: a write, put in order with the rows around it and confirmed with them.
				setAlarm: (atMs) => void ctx.storage.setAlarm(atMs),
				getAlarm: () => ctx.storage.getAlarm(),
				database: answeringInTime(env.DB, withinTime),
				findCoordinator: coordinatorsOf(env.RUN_COORDINATOR),
				jobs: createJobs(env, config),
				channels: createChannels(config, {
					// Looked up at each call, so that tests can put another one in its place.
					fetch: (input, init) => fetch(input, init),
					now: () => Date.now(),
				}),
				withinTime,
				config,
				nowMs: () => Date.now(),
				dice: () => Math.random(),
				log,
			});
			void ctx.blockConcurrencyWhile(() => this.#scheduler.prepare());
		}

		cronCame(event: CronEvent) {
			return this.#scheduler.cronCame(event);
		}

		look() {
			return this.#scheduler.look();
		}

		runSealed(summary: Summary) {
			return this.#scheduler.runSealed(summary);
		}

		schedule() {
			return this.#scheduler.schedule();
		}

		incidents(pastMax?: number) {
			return this.#scheduler.incidents(pastMax);
		}

		pause(request: PauseRequest) {
			return this.#scheduler.pause(request);
		}

		resume(job: JobName) {
			return this.#scheduler.resume(job);
		}

		dutyOf(job: JobName, slotAtMs: number) {
			return this.#scheduler.dutyOf(job, slotAtMs);
		}

		override async alarm(info?: AlarmInvocationInfo) {
			await spareTheRetries(this.ctx.storage, info);
			await this.#scheduler.onAlarm();
		}
	};
}
