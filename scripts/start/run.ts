import { setTimeout as sleep } from "node:timers/promises";
import type { RunId } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { Api } from "./api.ts";

/**
 * Milliseconds between two looks at an open run. Each look folds all of its rows in the coordinator, so a larger run
 * is looked at less often.
 */
export function pollMsFor(plannedTasks: number): number {
	return Math.min(Math.max(plannedTasks / 10, 500), 2_000);
}

/** Follows a run until it is sealed. @returns its final summary */
export async function followRun(
	api: Pick<Api, "getRun">,
	runId: RunId,
	onProgress: (summary: Summary) => void = () => {},
): Promise<Summary> {
	for (;;) {
		const summary = await api.getRun(runId);
		if (summary.state === "sealed") return summary;
		onProgress(summary);
		await sleep(pollMsFor(summary.tasks.planned));
	}
}
