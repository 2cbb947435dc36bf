import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { FaultLimits } from "./faults.ts";
import type { Removal } from "./hooks.ts";
import type { Outcome } from "./simulate.ts";
import type { SeedRequest } from "./simulator-process.ts";

/**
 * A process that simulates seeds. What is loaded stays loaded: whoever takes out something else needs another one.
 * Threads of one process are in each other's way: two of them did five sixths of what two processes do.
 */
export class Simulator {
	readonly #process: ChildProcess;

	constructor(removals: readonly Removal[] = []) {
		const inside = new URL("./simulator-process.ts", import.meta.url).pathname;
		this.#process = fork(inside, [JSON.stringify(removals)], {
			execArgv: ["--disable-warning=ExperimentalWarning"],
		});
	}

	/** One seed at a time. Rejects when the process ends: that is a bug of the simulation, and stands on standard error. */
	simulate(seed: number, limits: FaultLimits = {}, traced = false): Promise<Outcome> {
		return new Promise((resolve, reject) => {
			const ended = (code: number | null) =>
				reject(new Error(`seed ${seed}: the simulator ended with ${code}`));
			this.#process.once("exit", ended);
			this.#process.once("message", (outcome: Outcome) => {
				this.#process.off("exit", ended);
				resolve(outcome);
			});
			const request: SeedRequest = { seed, limits, traced };
			this.#process.send(request);
		});
	}

	async end(): Promise<void> {
		const { exitCode, signalCode } = this.#process;
		if (exitCode !== null || signalCode !== null) return;
		this.#process.kill();
		await once(this.#process, "exit");
	}
}

/** One a core; eight at most, for each holds a world of its own in memory. */
export const processesStandard = Math.min(8, availableParallelism());

export interface Batch {
	readonly seeds: Iterable<number>;
	readonly processes: number;
	/** @returns false when enough is known */
	readonly onOutcome: (outcome: Outcome) => boolean;
}

/** Simulates seeds on several processes, in no fixed order of ending. */
export async function simulateMany({ seeds, processes, onOutcome }: Batch): Promise<void> {
	const waiting = seeds[Symbol.iterator]();
	let goesOn = true;
	const work = async () => {
		const simulator = new Simulator();
		try {
			while (goesOn) {
				const { value: seed, done } = waiting.next();
				if (done) return;
				goesOn = onOutcome(await simulator.simulate(seed)) && goesOn;
			}
		} finally {
			await simulator.end();
		}
	};
	await Promise.all(Array.from({ length: processes }, work));
}

export function* range(from: number, count: number): Generator<number> {
	for (let seed = from; seed < from + count; seed += 1) yield seed;
}
