import { type JobName, runIdAfter } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { describeError } from "../../src/log.ts";
import type { CoordinatorContext } from "./context.ts";
import type { RunRow } from "./store.ts";

/**
 * Step 10, and what comes before it: the runs that come after this one, and word to the scheduler. Both are recorded
 * with the seal and tried until they are done, so a crash anywhere does one of them twice, which changes nothing.
 */
const longestBackoffMs = 900_000;

/** @returns whether nothing is left to do and the run has been kept for its time */
export async function isForgettable(context: CoordinatorContext, run: RunRow): Promise<boolean> {
	const { ports, store } = context;
	const forgetAtMs = (run.confirmedAtMs ?? 0) + ports.config.coordinatorRetentionMs;
	if (isSettled(run)) return ports.nowMs() >= forgetAtMs;
	if ((run.tryAgainAtMs ?? 0) > ports.nowMs()) return false;
	try {
		// One's trouble is not another's: what went wrong is told also while a run after it cannot be started.
		const done = await Promise.allSettled([
			...run.startsAfter.map((job) => startAfter(context, run, job)),
			...(run.sealUntold ? [tellSealed(context, run)] : []),
		]);
		const failed = done.find((step) => step.status === "rejected");
		if (failed !== undefined) throw failed.reason;
		store.updateRun({ failures: 0, tryAgainAtMs: null });
	} catch (error) {
		const failures = (store.findRun()?.failures ?? 0) + 1;
		const pauseMs = backoffMs(failures, longestBackoffMs, ports.dice());
		const { runId } = run;
		ports.log("warn", "after_seal_failed", { runId, failures, error: describeError(error) });
		store.updateRun({ failures, tryAgainAtMs: ports.nowMs() + pauseMs });
		return false;
	}
	return ports.nowMs() >= forgetAtMs;
}

/** Nothing is left to do but to be forgotten. */
export function isSettled({ state, startsAfter, sealUntold }: RunRow): boolean {
	return state === "sealed" && startsAfter.length === 0 && !sealUntold;
}

/** A start whose answer is lost is asked again: its id comes from this run, so it is one run. */
async function startAfter(
	{ ports, store }: CoordinatorContext,
	run: RunRow,
	job: JobName,
): Promise<void> {
	const runId = runIdAfter(job, run.runId);
	await ports.withinTime(
		ports.findCoordinator(runId).start({
			runId,
			job,
			trigger: "after",
			slotAtMs: run.slotAtMs,
			rerunOf: null,
			taskIds: null,
			window: null,
		}),
	);
	const left = store.findRun()?.startsAfter.filter((other) => other !== job) ?? [];
	store.updateRun({ startsAfter: left });
}

/** Whoever watches over the runs hears how this one ended; what it has heard already it does not hear again. */
async function tellSealed({ ports, store }: CoordinatorContext, run: RunRow): Promise<void> {
	if (run.summary !== null) {
		await ports.withinTime(ports.tellSealed(JSON.parse(run.summary) as Summary));
	}
	store.updateRun({ sealUntold: false });
}
