import type { FaultLimits } from "./faults.ts";
import { installHooks } from "./hooks.ts";
import { countSaved } from "./recoveries.ts";
import type { Outcome } from "./simulate.ts";

/** Inside of a simulator: takes a seed, gives its outcome, and waits for the next. Ends with whoever started it. */
export interface SeedRequest {
	readonly seed: number;
	readonly limits: FaultLimits;
	readonly traced: boolean;
}

installHooks(JSON.parse(process.argv[2] ?? "[]"));
const { simulate } = await import("./simulate.ts");

process.on("message", async ({ seed, limits, traced }: SeedRequest) => {
	let saved: Record<string, number> = {};
	const outcome = await simulate(seed, limits, traced, ({ database }) => {
		saved = countSaved(database);
	});
	const answer: Outcome = { ...outcome, recoveries: { ...outcome.recoveries, ...saved } };
	process.send?.(answer);
});
