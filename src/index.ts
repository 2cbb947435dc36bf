import { coordinatorsOf } from "../durable-objects/run-coordinator/client.ts";
import { runCoordinatorClass } from "../durable-objects/run-coordinator/object.ts";
import { startScheduled } from "../durable-objects/run-scheduler/scheduled.ts";
import { loadConfig, readConfigOrDefaults } from "./config.ts";
import type { Env } from "./env.ts";
import { requestIdOf } from "./http/request-id.ts";
import { handleRequest } from "./http/router.ts";
import { createJobs } from "./jobs/registry.ts";
import { createLog } from "./log.ts";
import { handleBatch } from "./queue/batch.ts";
import { Consumer } from "./queue/consumer.ts";
import { handleDeadLetter } from "./queue/dead-letter.ts";

/** Composition root: plugs the platform into the parts, and holds no logic of its own. */
export { TwitchGate } from "../durable-objects/twitch-gate/object.ts";
export const RunCoordinator = runCoordinatorClass(createJobs);

const deadLetterQueue = "daicho-dead-letters";

export default {
	fetch(request, env) {
		const requestId = requestIdOf(request);
		const log = createLog("http");
		return handleRequest(request, {
			env,
			createJobs: () => createJobs(env, readConfigOrDefaults(env, log)),
			requestId,
			log,
		});
	},

	async scheduled(controller, env) {
		const config = loadConfig(env, createLog("cron"));
		const findCoordinator = coordinatorsOf(env.RUN_COORDINATOR);
		const ports = { findCoordinator, jobs: createJobs(env, config) };
		await startScheduled(ports, controller.cron, controller.scheduledTime);
	},

	async queue(batch, env) {
		const config = loadConfig(env, createLog("consumer"));
		const findCoordinator = coordinatorsOf(env.RUN_COORDINATOR);
		if (batch.queue === deadLetterQueue) {
			const ports = { findCoordinator, log: createLog("dead-letter") };
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
			config,
			log: createLog("consumer"),
		});
		await handleBatch(batch, (body, delivery) => consumer.handle(body, delivery));
	},
} satisfies ExportedHandler<Env>;
