import { addCounts, type Counts, sumCounts } from "../../src/domain/counts.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import { decideVerdict, moveRun } from "../../src/domain/run.ts";
import type { Task } from "../../src/domain/task.ts";
import { foldTotals } from "../../src/domain/totals.ts";
import type { Job } from "../../src/jobs/job.ts";
import { forgetOldTasks, writeTasksStatements } from "../../src/ledger/run-tasks.ts";
import { closeRun, sealRunStatement } from "../../src/ledger/runs.ts";
import { type TaskView, viewTask } from "../../src/ledger/task-view.ts";
import { sealChunksPerAlarmMax } from "../../src/limits.ts";
import { describeError } from "../../src/log.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { foldStates } from "./folds.ts";
import { summarizeRun } from "./reads.ts";
import type { RunRow } from "./store.ts";

/**
 * Step 9: the run is closed in D1, its yields are counted from the store, and the result is written.
 *
 * Crash anywhere: the position (`sealedUpTo`) and the sums up to it are in the run row, writing a chunk again
 * changes nothing, and the finished summary is fixed here before D1 gets it, so a repeated seal is the same one.
 */
const chunkTasks = 500;
const longestSealBackoffMs = 900_000;

/** @returns false when there is nothing to seal, because the run was sealed before: sealed is for ever */
export async function sealRun(context: CoordinatorContext): Promise<boolean> {
	const { ports, store } = context;
	try {
		const started = store.findRun();
		if (started?.state !== "sealing") return true;
		const isSealed = await closeRun(ports.database, started, ports.nowMs());
		for (let chunks = 0; chunks < sealChunksPerAlarmMax; chunks += 1) {
			const run = store.findRun();
			if (run?.state !== "sealing") return true;
			// With what was never said here: long ago, and forgotten. Planning could not ask D1, and gave up.
			if (isSealed && run.summary === null) return false;
			if (await sealNextChunk(context, run)) {
				await forgetTasks(context);
				return true;
			}
		}
	} catch (error) {
		const run = store.findRun();
		if (run?.state !== "sealing") throw error;
		const failures = run.failures + 1;
		const pauseMs = backoffMs(failures, longestSealBackoffMs, ports.dice());
		ports.log("warn", "seal_failed", { runId: run.runId, failures, error: describeError(error) });
		saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, {});
	}
	return true;
}

/** @returns whether that was the last one and D1 has confirmed the seal */
async function sealNextChunk(context: CoordinatorContext, run: RunRow): Promise<boolean> {
	const { ports, store } = context;
	const tasks = store.pageTasks(run.sealedUpTo, chunkTasks);
	const views = await tallyTasks(context, run, tasks);
	if (!isStillAt(context, run)) return false;
	const sum = addCounts(run.sealedYield, sumCounts(views.map((view) => view.yield)));
	const writes = writeTasksStatements(ports.database, run.runId, views);
	const last = tasks.at(-1);
	if (tasks.length === chunkTasks && last !== undefined) {
		await ports.database.batch(writes);
		if (!isStillAt(context, run)) return false;
		saveRun(context, run, { sealedUpTo: last.taskId, sealedYield: sum, failures: 0 }, {});
		return false;
	}
	const seal = fixSeal(context, run, sum);
	await ports.database.batch([
		...writes,
		sealRunStatement(ports.database, { runId: run.runId, ...seal }),
	]);
	if (!isStillAt(context, run)) return false;
	store.updateRun({
		state: moveRun("sealing", "sealed"),
		confirmedAtMs: ports.nowMs(),
		startsAfter: [...ports.jobs.values()]
			.filter((job) => job.schedule.kind === "after" && job.schedule.job === run.job)
			.map((job) => job.name),
		sealUntold: true,
		failures: 0,
		tryAgainAtMs: null,
	});
	ports.log("info", "run_sealed", { runId: run.runId, verdict: seal.verdict });
	return true;
}

/** To be asked after each await: an alarm that came twice may have sealed further meanwhile, and what it did stays. */
function isStillAt({ store }: CoordinatorContext, run: RunRow): boolean {
	const current = store.findRun();
	return current?.state === "sealing" && current.sealedUpTo === run.sealedUpTo;
}

async function tallyTasks(
	{ ports, store }: CoordinatorContext,
	run: RunRow,
	tasks: readonly Task[],
): Promise<TaskView[]> {
	if (tasks.length === 0) return [];
	const job = ports.jobs.get(run.job);
	// A job that is gone since cannot count; what its consumers reported is the best there is.
	const yields = job === undefined ? new Map<TaskId, Counts>() : await tally(job, run, tasks);
	const attempts = Map.groupBy(
		store.attemptsOf(tasks.map((task) => task.taskId)),
		(attempt) => attempt.taskId,
	);
	return tasks.map((task) =>
		viewTask(task, attempts.get(task.taskId) ?? [], yields.get(task.taskId)),
	);
}

function tally(
	job: Job,
	run: RunRow,
	tasks: readonly Task[],
): Promise<ReadonlyMap<TaskId, Counts>> {
	return job.tally({
		runId: run.runId,
		window: { fromMs: run.windowFromMs ?? 0, toMs: run.windowToMs ?? 0 },
		tasks: tasks.map((task) => ({ taskId: task.taskId, reported: task.yield })),
	});
}

/** The summary as it will be for ever; made once. */
function fixSeal(
	context: CoordinatorContext,
	stale: RunRow,
	yielded: Counts,
): {
	verdict: NonNullable<RunRow["verdict"]>;
	sealedAtMs: number;
	summary: string;
} {
	const { ports, store } = context;
	// Read again: the tally awaited, and another alarm may have fixed it.
	const run = store.findRun() ?? stale;
	if (run.summary !== null && run.verdict !== null && run.sealedAtMs !== null) {
		return { verdict: run.verdict, sealedAtMs: run.sealedAtMs, summary: run.summary };
	}
	// A clock may step back: no run ends before it started.
	const sealedAtMs = Math.max(run.startedAtMs, ports.nowMs());
	const verdict = decideVerdict({
		cancelled: run.cancelledAtMs !== null,
		timedOut: run.timedOut,
		planningFailed: run.planningFailure !== null,
		totals: foldTotals(run.plannedTasks ?? 0, foldStates(ports.storage)),
	});
	const sealed: RunRow = { ...run, state: "sealed", verdict, sealedAtMs };
	const summarized = summarizeRun(context, sealed, yielded);
	// Never seen, and sealed all the same: the summary says so for ever, and the log now.
	if (!summarized.balanced) ports.log("error", "run_unbalanced", { runId: run.runId });
	const summary = JSON.stringify(summarized);
	store.updateRun({ verdict, sealedAtMs, summary });
	return { verdict, sealedAtMs, summary };
}

/** Old rows go with each seal. What fails here is tried with the next one. */
async function forgetTasks({ ports, store }: CoordinatorContext): Promise<void> {
	const nowMs = ports.nowMs();
	try {
		await forgetOldTasks(ports.database, nowMs - ports.config.taskRetentionMs, nowMs);
	} catch (error) {
		const runId = store.findRun()?.runId ?? "";
		ports.log("warn", "tasks_not_forgotten", { runId, error: describeError(error) });
	}
}
