import type { CoordinatorApi } from "../../durable-objects/run-coordinator/api.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { failure } from "./scripted-job.ts";
import type { World } from "./world.ts";

/**
 * Chances of what goes wrong with one message, send or attempt. Far worse than any real day, and still a day on which
 * work gets done.
 */
export const heavyFaults = {
	messageLost: 0.35,
	messageDoubled: 0.5,
	messageDeadLettered: 0.1,
	sendFailsAfterAll: 0.3,
	consumerDies: 0.1,
	taskRetryable: 0.2,
	taskDeferred: 0.3,
	coordinatorEvicted: 0.05,
};

/** Carries a started run to its seal under heavy faults; the same seed is the same day. */
export async function finishUnderHeavyFaults(
	world: World,
	seed: number,
	faults = heavyFaults,
): Promise<Summary> {
	const chance = chancesOf(seed);
	world.job.outcomeOf = () => {
		if (chance(faults.taskDeferred)) return { kind: "deferred", continuation: "next" };
		return chance(faults.taskRetryable) ? { kind: "retryable", error: failure() } : undefined;
	};
	for (;;) {
		world.sendFails = chance(faults.sendFailsAfterAll) ? "after" : null;
		if (chance(faults.coordinatorEvicted)) await world.restart();
		const message = world.queue.shift();
		if (message === undefined) {
			if ((await world.summary()).state === "sealed") return world.summary();
			await world.ringWhenDue();
			continue;
		}
		// A consumer is busy for a while, so what its tasks wait for is due at many different times.
		world.nowMs += 100;
		if (chance(faults.messageLost)) continue;
		if (chance(faults.messageDoubled)) world.queue.push(message);
		if (chance(faults.messageDeadLettered)) await world.returnDeadLetter(message);
		else if (chance(faults.consumerDies)) await dieAfterClaim(world, message.body);
		else await world.deliver(message);
		if (world.alarmAtMs <= world.nowMs) await world.ring();
	}
}

/** Claims a message's tasks and is never heard of again. */
export async function dieAfterClaim(world: World, body: unknown): Promise<void> {
	const dying = {
		claim: async (request: never) => {
			await world.coordinator.claim(request);
			throw new Error("killed");
		},
	} as unknown as CoordinatorApi;
	await world.consumer(dying).handle(body, 1);
}

/** Chances that come out the same for the same seed (mulberry32). */
function chancesOf(seed: number): (probability: number) => boolean {
	let state = seed;
	return (probability) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 < probability;
	};
}
