import { cutMessage, type Failure } from "../../src/domain/outcome.ts";
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
 * Crash anywhere: the run is still `planning` and nothing was sent, so it is planned again from the start.
 * @returns false when there is nothing to plan, because the run was sealed before: sealed is for ever
 */
export async function planRun(context: CoordinatorContext, run: RunRow): Promise<boolean> {
	const { ports } = context;
	let planning: Planning;
	try {
		planning = await askForPlan(context, run);
	} catch (error) {
		const failures = run.failures + 1;
		const reason = describeError(error);
		ports.log("warn", "planning_failed", { runId: run.runId, failures, error: reason });
		if (failures < planningTriesMax) {
			const pauseMs = backoffMs(failures, longestPlanningBackoffMs, ports.dice());
			saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, {});
			return true;
		}
		const message = `The tasks could not be planned in ${planningTriesMax} tries: ${reason}`;
		planning = { kind: "failed", failure: planningFailed("planning_failed", message) };
	}
	if (planning.kind === "planned") beginRunning(context, planning.plan);
	if (planning.kind === "failed") failPlanning(context, planning.failure);
	return planning.kind !== "sealed_before";
}

/** Rejects with what may pass, such as D1 being down. */
async function askForPlan({ ports }: CoordinatorContext, run: RunRow): Promise<Planning> {
	const job = ports.jobs.get(run.job);
	if (job === undefined) {
		const known = [...ports.jobs.keys()].join(", ");
		const message = `No job ${run.job} is registered here; there are: ${known}.`;
		return { kind: "failed", failure: planningFailed("unknown_job", message) };
	}
	const planned = await job.plan({
		runId: run.runId,
		startedAtMs: run.startedAtMs,
		window: windowOf(run),
		taskIds: run.requestedTaskIds,
	});
	if (!planned.ok) return { kind: "failed", failure: planned.error };
	const { fromMs: windowFromMs, toMs: windowToMs } = planned.value.window;
	const open = await openRun(ports.database, { ...run, windowFromMs, windowToMs });
	return open ? { kind: "planned", plan: planned.value } : { kind: "sealed_before" };
}

function planningFailed(code: string, message: string): Failure {
	return { fingerprint: code.replaceAll("_", "-"), code, message: cutMessage(message) };
}

function beginRunning(context: CoordinatorContext, plan: Plan): void {
	const { store } = context;
	store.atomically(() => {
		// Read again: planning awaited, and an alarm that came twice may have got here first.
		const run = store.findRun();
		if (run?.state !== "planning") return;
		store.insertPlannedTasks(plan.taskIds);
		saveRun(
			context,
			run,
			{
				state: moveRun(run.state, "running"),
				windowFromMs: plan.window.fromMs,
				windowToMs: plan.window.toMs,
				plannedTasks: plan.taskIds.length,
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
