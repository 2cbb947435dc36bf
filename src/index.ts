import { coordinatorsOf } from "../durable-objects/run-coordinator/client.ts";
import { runCoordinatorClass } from "../durable-objects/run-coordinator/object.ts";
import { schedulerOf } from "../durable-objects/run-scheduler/client.ts";
import { runSchedulerClass } from "../durable-objects/run-scheduler/object.ts";
import { loadConfig, readConfigOrDefaults } from "./config.ts";
import type { Env } from "./env.ts";
import { requestIdOf } from "./http/request-id.ts";
import { handleRequest } from "./http/router.ts";
import { createJobs } from "./jobs/registry.ts";
import { createLog } from "./log.ts";
import { handleBatch } from "./queue/batch.ts";
import { Consumer } from "./queue/consumer.ts";
import { handleDeadLetter } from "./queue/dead-letter.ts";
import { announceCron, lookAfterSchedule } from "./schedule-proofs.ts";
import { withinTime } from "./time-limit.ts";

/** Composition root: plugs the platform into the parts, and holds no logic of its own. */
export { TwitchGate } from "../durable-objects/twitch-gate/object.ts";
export const RunCoordinator = runCoordinatorClass(createJobs);
export const RunScheduler = runSchedulerClass(createJobs);

const deadLetterQueue = "daicho-dead-letters";

export default {
	fetch(request, env, context) {
		const requestId = requestIdOf(request);
		const log = createLog("http");
		context.waitUntil(lookAfterSchedule(schedulerOf(env.RUN_SCHEDULER), Date.now(), log));
		return handleRequest(request, {
			env,
			createJobs: () => createJobs(env, readConfigOrDefaults(env, log)),
			requestId,
			log,
		});
	},

	async scheduled(controller, env) {
		const log = createLog("cron");
		loadConfig(env, log);
		await announceCron(schedulerOf(env.RUN_SCHEDULER), controller, log);
	},

	async queue(batch, env) {
		const config = loadConfig(env, createLog("consumer"));
		const findCoordinator = coordinatorsOf(env.RUN_COORDINATOR);
		if (batch.queue === deadLetterQueue) {
			const ports = { findCoordinator, withinTime, log: createLog("dead-letter") };
			await handleBatch(batch, (body) => handleDeadLetter(body, ports));
			return;
		}
		const consumer = new Consumer({
			findCoordinator,
			jobs: createJobs(env, config),
			fetch: (input, init) => fetch(input, init),
			nowMs: () => Date.now(),
			dice: () => Math.random(),
			makeId: () => crypto.randomUUID(),
			sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
			withinTime,
			config,
			log: createLog("consumer"),
		});
		await handleBatch(batch, (body, delivery) => consumer.handle(body, delivery));
	},
} satisfies ExportedHandler<Env>;
