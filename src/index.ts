import { coordinatorsOf } from "../durable-objects/run-coordinator/client.ts";
import { runCoordinatorClass } from "../durable-objects/run-coordinator/object.ts";
import { startScheduled } from "../durable-objects/run-scheduler/scheduled.ts";
import { getConfig } from "./config.ts";
import type { Env } from "./env.ts";
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
		const requestId = request.headers.get("cf-ray") ?? crypto.randomUUID();
		return handleRequest(request, { env, createJobs, requestId, log: createLog("http") });
	},

	async scheduled(controller, env) {
		const findCoordinator = coordinatorsOf(env.RUN_COORDINATOR);
		const ports = { findCoordinator, jobs: createJobs(env) };
		await startScheduled(ports, controller.cron, controller.scheduledTime);
	},

	async queue(batch, env) {
		const findCoordinator = coordinatorsOf(env.RUN_COORDINATOR);
		if (batch.queue === deadLetterQueue) {
			const ports = { findCoordinator, log: createLog("dead-letter") };
			await handleBatch(batch, (body) => handleDeadLetter(body, ports));
			return;
		}
		const consumer = new Consumer({
			findCoordinator,
			jobs: createJobs(env),
			fetch: (input, init) => fetch(input, init),
			nowMs: () => Date.now(),
			dice: () => Math.random(),
			makeId: () => crypto.randomUUID(),
			sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
			config: getConfig(env),
			log: createLog("consumer"),
		});
		await handleBatch(batch, (body, delivery) => consumer.handle(body, delivery));
	},
} satisfies ExportedHandler<Env>;
