import { parentPort, workerData } from "node:worker_threads";
import type { FaultLimits } from "./faults.ts";
import { installHooks, type Removal } from "./hooks.ts";

/** One thread of the simulation: takes a seed, gives its outcome, and asks for the next. */
export interface ThreadData {
	readonly removals: readonly Removal[];
	readonly limits: FaultLimits;
}

const { removals, limits } = workerData as ThreadData;
installHooks(removals);
const { simulate } = await import("./simulate.ts");

parentPort?.on("message", async (seed: number) => {
	const outcome = await simulate(seed, limits);
	parentPort?.postMessage(outcome);
});
