import type { CoordinatorApi } from "../../durable-objects/run-coordinator/api.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { World } from "./world.ts";

/**
 * A process that dies while it waits for the n-th of its calls: before that took effect, or after. What was under way
 * never goes on; a new coordinator starts on the same storage, and the platform repeats the alarm or the message.
 */
export class Interruption {
	readonly at: number;
	readonly when: "before" | "after";
	/** What it waited for when it died: `send`, `d1`, `claim`, `perform` or `report`; null while it lives. */
	diedIn: string | null = null;
	readonly #death = Promise.withResolvers<void>();
	#calls = 0;

	constructor(at: number, when: "before" | "after") {
		this.at = at;
		this.when = when;
	}

	readonly around = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
		this.#calls += 1;
		if (this.#calls !== this.at) return call();
		if (this.when === "after") await call();
		this.diedIn = name;
		this.#death.resolve();
		return new Promise<never>(() => undefined);
	};

	/** @returns whether the step was cut off */
	async dies(step: () => Promise<unknown>): Promise<boolean> {
		if (this.diedIn !== null) {
			await step();
			return false;
		}
		await Promise.race([step(), this.#death.promise]);
		return this.diedIn !== null;
	}
}

export interface Interrupted {
	readonly summary: Summary;
	/** Tasks of the message whose consumer died; 0 when it was not a consumer. */
	readonly tasksOfDead: number;
}

/** Starts a run and carries it to its seal through one death. Every message that is there comes before the alarm. */
export async function finishInterrupted(
	world: World,
	interruption: Interruption,
): Promise<Interrupted> {
	world.around = interruption.around;
	let tasksOfDead = 0;
	await world.start();
	for (let steps = 0; steps < 1_000; steps += 1) {
		const summary = await world.summary();
		if (summary.state === "sealed") return { summary, tasksOfDead };
		const message = world.queue.shift();
		if (message === undefined) {
			if (!(await interruption.dies(() => world.ringWhenDue()))) continue;
			await world.restart();
			// The platform repeats an alarm that was cut off.
			await world.ring();
			continue;
		}
		const consumer = world.consumer(coordinatorOf(world));
		if (!(await interruption.dies(() => consumer.handle(message.body, 1)))) continue;
		await world.restart();
		tasksOfDead = message.body.taskIds.length;
		// The queue repeats a message that was not acknowledged.
		await world.deliver(message, 2);
	}
	throw new Error("the run does not seal");
}

/** The coordinator as a consumer reaches it: each call is one that it may die in. */
function coordinatorOf(world: World): CoordinatorApi {
	const { coordinator } = world;
	return {
		claim: (request: never) => world.around("claim", () => coordinator.claim(request)),
		report: (report: never) => world.around("report", () => coordinator.report(report)),
	} as unknown as CoordinatorApi;
}
