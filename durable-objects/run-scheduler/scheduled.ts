import { runIdForSlot } from "../../src/domain/ids.ts";
import { slotOf } from "../../src/domain/schedule.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import type { FindCoordinator } from "../run-coordinator/api.ts";

/**
 * Starts the run of its slot for every job of a cron expression. A slot that was started already stays one run.
 * @param scheduledAtMs when the cron was due, which is not when it came
 */
export async function startScheduled(
	ports: { readonly findCoordinator: FindCoordinator; readonly jobs: JobRegistry },
	cron: string,
	scheduledAtMs: number,
): Promise<void> {
	const slotAtMs = slotOf(scheduledAtMs);
	const due = [...ports.jobs.values()].filter(
		({ schedule }) => schedule.kind === "cron" && schedule.cron === cron,
	);
	const starts = await Promise.allSettled(
		due.map(({ name }) => {
			const runId = runIdForSlot(name, slotAtMs);
			return ports.findCoordinator(runId).start({
				runId,
				job: name,
				trigger: "cron",
				slotAtMs,
				rerunOf: null,
				taskIds: null,
				window: null,
			});
		}),
	);
	// One job's trouble is not another's, and still the platform is told that the cron failed.
	const failed = starts.filter((start) => start.status === "rejected");
	if (failed.length > 0) throw new AggregateError(failed.map((start) => start.reason));
}
