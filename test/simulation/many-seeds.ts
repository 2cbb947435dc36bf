import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FaultLimits } from "./faults.ts";
import type { Removal } from "./hooks.ts";
import type { Outcome } from "./simulate.ts";
import type { SeedRequest } from "./simulation-thread.ts";

/** What is loaded stays loaded: whoever takes out something else needs another thread. */
export class SimulationThread {
	readonly #worker: Worker;

	constructor(removals: readonly Removal[] = []) {
		const inside = new URL("./simulation-thread.ts", import.meta.url).pathname;
		this.#worker = new Worker(inside, { workerData: removals });
	}

	/** One seed at a time. Rejects when the thread dies: that is a bug of the simulation. */
	simulate(seed: number, limits: FaultLimits = {}, traced = false): Promise<Outcome> {
		return new Promise((resolve, reject) => {
			const worker = this.#worker;
			const died = (error: Error) =>
				reject(new Error(`seed ${seed}: ${error.message}`, { cause: error }));
			worker.once("error", died);
			worker.once("message", (outcome: Outcome) => {
				worker.off("error", died);
				resolve(outcome);
			});
			const request: SeedRequest = { seed, limits, traced };
			worker.postMessage(request);
		});
	}

	async end(): Promise<void> {
		await this.#worker.terminate();
	}
}

export const threadsMax = Math.min(2, availableParallelism());

export interface Batch {
	readonly seeds: Iterable<number>;
	readonly threads: number;
	/** @returns false when enough is known */
	readonly onOutcome: (outcome: Outcome) => boolean;
}

/** Simulates seeds on several threads, in no fixed order of ending. */
export async function simulateMany({ seeds, threads, onOutcome }: Batch): Promise<void> {
	const waiting = seeds[Symbol.iterator]();
	let goesOn = true;
	const work = async () => {
		const thread = new SimulationThread();
		try {
			while (goesOn) {
				const { value: seed, done } = waiting.next();
				if (done) return;
				goesOn = onOutcome(await thread.simulate(seed)) && goesOn;
			}
		} finally {
			await thread.end();
		}
	};
	await Promise.all(Array.from({ length: threads }, work));
}

export function* range(from: number, count: number): Generator<number> {
	for (let seed = from; seed < from + count; seed += 1) yield seed;
}
