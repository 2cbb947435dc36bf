import { engineFailure, type Failure } from "../../src/domain/outcome.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import { moveRun } from "../../src/domain/run.ts";
import type { Plan } from "../../src/jobs/job.ts";
import { openRun } from "../../src/ledger/runs.ts";
import { describeError } from "../../src/log.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import type { RunRow } from "./store.ts";

/** Step 2: the job is asked for its tasks, and everything is written before anything is sent. */
const planningTriesMax = 3;
const longestPlanningBackoffMs = 10_000;

type Planning =
	| { readonly kind: "planned"; readonly plan: Plan }
	| { readonly kind: "failed"; readonly failure: Failure }
	/** D1 has the run as closed: it was sealed, and forgotten here, long ago. */
	| { readonly kind: "sealed_before" };

/**
 * Crash anywhere: the run is still `planning` and nothing was sent, so it is planned again from the start. A try
 * counts before it is made: one that takes the whole object down with it counts as well.
 * @returns false when there is nothing to plan, because the run was sealed before: sealed is for ever
 */
export async function planRun(context: CoordinatorContext, run: RunRow): Promise<boolean> {
	const { ports } = context;
	const failures = run.failures + 1;
	const pauseMs = backoffMs(failures, longestPlanningBackoffMs, ports.dice());
	saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, {});
	if (failures > planningTriesMax || ports.nowMs() >= run.deadlineAtMs) {
		const message = `The tasks could not be planned in ${tellTries(failures - 1)}: see the log.`;
		failPlanning(context, engineFailure("planning_failed", message));
		return true;
	}
	try {
		const planning = await askForPlan(context, run);
		if (planning.kind === "planned") beginRunning(context, planning.plan);
		if (planning.kind === "failed") failPlanning(context, planning.failure);
		if (planning.kind !== "sealed_before") return true;
		// Closed by this very run, when it went on while D1 was asked: an alarm that came twice, or a cancel.
		return context.store.findRun()?.state !== "planning";
	} catch (error) {
		const reason = describeError(error);
		ports.log("warn", "planning_failed", { runId: run.runId, failures, error: reason });
		if (failures >= planningTriesMax) {
			const message = `The tasks could not be planned in ${tellTries(failures)}: ${reason}`;
			failPlanning(context, engineFailure("planning_failed", message));
		}
		return true;
	}
}

function tellTries(count: number): string {
	return count === 1 ? "1 try" : `${count} tries`;
}

/** Rejects with what may pass, such as D1 being down. */
async function askForPlan({ ports }: CoordinatorContext, run: RunRow): Promise<Planning> {
	const job = ports.jobs.get(run.job);
	if (job === undefined) {
		const known = [...ports.jobs.keys()].join(", ");
		const message = `No job ${run.job} is registered here; there are: ${known}.`;
		return { kind: "failed", failure: engineFailure("unknown_job", message) };
	}
	const planned = await job.plan({
		runId: run.runId,
		startedAtMs: run.startedAtMs,
		window: windowOf(run),
		taskIds: run.requestedTaskIds,
	});
	const { fromMs, toMs } = planned.ok ? planned.value.window : { fromMs: null, toMs: null };
	const row = { ...run, windowFromMs: fromMs, windowToMs: toMs };
	// Also when planning failed: a run that was sealed long ago must not be sealed a second time.
	if (!(await openRun(ports.database, row))) return { kind: "sealed_before" };
	return planned.ok
		? { kind: "planned", plan: planned.value }
		: { kind: "failed", failure: planned.error };
}

function beginRunning(context: CoordinatorContext, plan: Plan): void {
	const { store } = context;
	store.atomically(() => {
		// Read again: planning awaited, and an alarm that came twice may have got here first.
		const run = store.findRun();
		if (run?.state !== "planning") return;
		const taskIds = [...new Set(plan.taskIds)];
		store.insertPlannedTasks(taskIds);
		saveRun(
			context,
			run,
			{
				state: moveRun(run.state, "running"),
				windowFromMs: plan.window.fromMs,
				windowToMs: plan.window.toMs,
				plannedTasks: taskIds.length,
				failures: 0,
				tryAgainAtMs: null,
			},
			// The row of the run; what the plan itself asked, the job says.
			{ ...plan.meters, d1Queries: (plan.meters["d1Queries"] ?? 0) + 1 },
		);
	});
}

function failPlanning(context: CoordinatorContext, failure: Failure): void {
	const { store } = context;
	store.atomically(() => {
		const run = store.findRun();
		if (run?.state !== "planning") return;
		saveRun(
			context,
			run,
			{
				state: moveRun(run.state, "sealing"),
				planningFailure: failure,
				plannedTasks: 0,
				fanOutDone: true,
				failures: 0,
				tryAgainAtMs: null,
			},
			{},
		);
	});
}

function windowOf(run: RunRow): { fromMs: number; toMs: number } | null {
	const { windowFromMs: fromMs, windowToMs: toMs } = run;
	return fromMs === null || toMs === null ? null : { fromMs, toMs };
}
