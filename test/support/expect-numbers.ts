import { expect } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";

/** The whole of a sealed run's numbers: as if nothing had happened, but for what is said. */
export function expectNumbers(
	summary: Summary,
	planned: number,
	but: {
		readonly verdict?: Summary["verdict"];
		readonly tasks?: Partial<Summary["tasks"]>;
		readonly attempts?: Partial<Summary["attempts"]>;
		/** Where it is not one thing a task. */
		readonly yield?: Summary["yield"];
	} = {},
): void {
	const { state, verdict, balanced, tasks, attempts } = summary;
	expect({ state, verdict, balanced, tasks, attempts, yield: summary.yield }).toEqual({
		state: "sealed",
		verdict: but.verdict ?? "succeeded",
		balanced: true,
		tasks: {
			planned,
			succeeded: planned,
			failed: 0,
			lost: 0,
			cancelled: 0,
			open: 0,
			recovered: 0,
			...but.tasks,
		},
		attempts: {
			total: planned,
			retried: 0,
			leasesExpired: 0,
			lateReports: 0,
			duplicateDeliveries: 0,
			...but.attempts,
		},
		yield: but.yield ?? { thingsMade: planned },
	});
}
