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

/** Crash anywhere: the run is still `planning` and nothing was sent, so it is planned again from the start. */
export async function planRun(
	context: CoordinatorContext,
	run: RunRow,
): Promise<"planned" | "not_yet" | "failed" | "sealed_before"> {
	const { ports } = context;
	const job = ports.jobs.get(run.job);
	if (job === undefined) {
		failPlanning(context, {
			fingerprint: "unknown-job",
			code: "unknown_job",
			message: `No job ${run.job} is registered here; there are: ${[...ports.jobs.keys()].join(", ")}.`,
		});
		return "failed";
	}
	let plan: Plan;
	try {
		const planned = await job.plan({
			runId: run.runId,
			startedAtMs: run.startedAtMs,
			window: windowOf(run),
			taskIds: run.requestedTaskIds,
		});
		if (!planned.ok) {
			failPlanning(context, planned.error);
			return "failed";
		}
		plan = planned.value;
		if (!(await openRun(ports.database, run))) {
			// Asked for again long after its seal: sealed is for ever, so there is nothing to do.
			ports.log("warn", "run_sealed_before", { runId: run.runId });
			return "sealed_before";
		}
	} catch (error) {
		ports.log("warn", "planning_failed", { runId: run.runId, error: describeError(error) });
		const failures = run.failures + 1;
		if (failures < planningTriesMax) {
			const pauseMs = backoffMs(failures, longestPlanningBackoffMs, ports.dice());
			saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, {});
			return "not_yet";
		}
		failPlanning(context, {
			fingerprint: "planning-failed",
			code: "planning_failed",
			message: cutMessage(
				`The tasks could not be planned in ${planningTriesMax} tries: ${describeError(error)}`,
			),
		});
		return "failed";
	}
	beginRunning(context, plan);
	return "planned";
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
