import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FaultLimits } from "./faults.ts";
import type { Removal } from "./hooks.ts";
import type { Outcome } from "./simulate.ts";
import type { ThreadData } from "./simulation-thread.ts";

export interface Task {
	readonly seeds: Iterable<number>;
	readonly removals?: readonly Removal[];
	readonly limits?: FaultLimits;
	readonly threads?: number;
	/** @returns false when enough is known */
	readonly onOutcome: (outcome: Outcome) => boolean;
}

/** Simulates seeds on all cores, in no fixed order of ending. Rejects when a thread dies: that is a bug of the simulation. */
export async function simulateMany(task: Task): Promise<void> {
	const { removals = [], limits = {}, threads = Math.min(2, availableParallelism()) } = task;
	const seeds = task.seeds[Symbol.iterator]();
	let goesOn = true;
	const thread = () =>
		new Promise<void>((resolve, reject) => {
			const workerData: ThreadData = { removals, limits };
			const worker = new Worker(new URL("./simulation-thread.ts", import.meta.url).pathname, {
				workerData,
			});
			let running: number | null = null;
			const next = () => {
				const { value, done } = seeds.next();
				if (done || !goesOn) return void worker.terminate().then(() => resolve());
				running = value;
				worker.postMessage(value);
			};
			worker.on("message", (outcome: Outcome) => {
				goesOn = task.onOutcome(outcome) && goesOn;
				next();
			});
			worker.on("error", (error) =>
				reject(new Error(`seed ${running}: ${error.message}`, { cause: error })),
			);
			next();
		});
	await Promise.all(Array.from({ length: threads }, thread));
}

export function* range(from: number, count: number): Generator<number> {
	for (let seed = from; seed < from + count; seed += 1) yield seed;
}
