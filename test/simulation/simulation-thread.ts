import { parentPort, workerData } from "node:worker_threads";
import type { FaultLimits } from "./faults.ts";
import { installHooks, type Removal } from "./hooks.ts";
import { countSaved } from "./recoveries.ts";
import type { Outcome } from "./simulate.ts";

/** Inside of a thread: takes a seed, gives its outcome, and waits for the next. */
export interface SeedRequest {
	readonly seed: number;
	readonly limits: FaultLimits;
	readonly traced: boolean;
}

installHooks(workerData as readonly Removal[]);
const { simulate } = await import("./simulate.ts");

parentPort?.on("message", async ({ seed, limits, traced }: SeedRequest) => {
	let saved: Record<string, number> = {};
	const outcome = await simulate(seed, limits, traced, ({ database }) => {
		saved = countSaved(database);
	});
	const answer: Outcome = { ...outcome, recoveries: { ...outcome.recoveries, ...saved } };
	parentPort?.postMessage(answer);
});
