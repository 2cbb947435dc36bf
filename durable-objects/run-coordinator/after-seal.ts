import { type JobName, runIdAfter } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import { describeError } from "../../src/log.ts";
import type { CoordinatorContext } from "./context.ts";
import type { RunRow } from "./store.ts";

/** Step 10, and the runs that come after this one: recorded with the seal, tried until they are started. */
const longestStartBackoffMs = 900_000;

/** @returns whether nothing is left to do and the run has been kept for its time */
export async function isForgettable(context: CoordinatorContext, run: RunRow): Promise<boolean> {
	const { ports, store } = context;
	if (run.startsAfter.length > 0 && (run.tryAgainAtMs ?? 0) > ports.nowMs()) return false;
	for (const job of run.startsAfter) {
		if (!(await startAfter(context, run, job))) return false;
		const left = store.findRun()?.startsAfter.filter((other) => other !== job) ?? [];
		store.updateRun({ startsAfter: left, failures: 0, tryAgainAtMs: null });
	}
	return ports.nowMs() >= (run.confirmedAtMs ?? 0) + ports.config.coordinatorRetentionMs;
}

/** A start whose answer is lost is asked again: its id comes from this run, so it is one run. */
async function startAfter(
	{ ports, store }: CoordinatorContext,
	run: RunRow,
	job: JobName,
): Promise<boolean> {
	const runId = runIdAfter(job, run.runId);
	try {
		await ports.findCoordinator(runId).start({
			runId,
			job,
			trigger: "after",
			slotAtMs: run.slotAtMs,
			rerunOf: null,
			taskIds: null,
			window: null,
		});
		return true;
	} catch (error) {
		const failures = (store.findRun()?.failures ?? 0) + 1;
		const pauseMs = backoffMs(failures, longestStartBackoffMs, ports.dice());
		ports.log("warn", "start_after_failed", { runId, failures, error: describeError(error) });
		store.updateRun({ failures, tryAgainAtMs: ports.nowMs() + pauseMs });
		return false;
	}
}
