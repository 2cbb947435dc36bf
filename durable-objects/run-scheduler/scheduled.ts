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
	for (const job of ports.jobs.values()) {
		if (job.schedule.kind !== "cron" || job.schedule.cron !== cron) continue;
		const runId = runIdForSlot(job.name, slotAtMs);
		await ports.findCoordinator(runId).start({
			runId,
			job: job.name,
			trigger: "cron",
			slotAtMs,
			rerunOf: null,
			taskIds: null,
			window: null,
		});
	}
}
