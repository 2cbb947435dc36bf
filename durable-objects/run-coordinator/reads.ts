import { type Counts, shapeCounts } from "../../src/domain/counts.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import { buildSummary, type ErrorGroup, type Summary } from "../../src/domain/summary.ts";
import { writeRuns } from "../../src/domain/task-letters.ts";
import { foldTotals, type StateFold } from "../../src/domain/totals.ts";
import { type TaskView, viewTask } from "../../src/ledger/task-view.ts";
import type { TaskStates, TasksPage, TasksRequest, UnknownTask } from "./api.ts";
import type { CoordinatorContext } from "./context.ts";
import { foldErrors, foldReportedYield, foldStates } from "./folds.ts";
import type { RunRow } from "./store.ts";

/** What the engine itself meters, in the order of the summary; a job's own names stand between. */
const queueMeters = ["messages", "messagesUnconfirmed", "queueOperations"];
const storageMeters = [
	"d1Queries",
	"d1RowsRead",
	"d1RowsWritten",
	"ledgerRowsRead",
	"ledgerRowsWritten",
	"coordinatorRequests",
	"alarms",
];

/**
 * @param yielded what the store says, when it has been asked; else what the reports said
 * @param folded the tasks' numbers, when they are known; else they are folded from the rows
 */
export function summarizeRun(
	{ ports }: CoordinatorContext,
	run: RunRow,
	yielded: Counts = foldReportedYield(ports.storage),
	folded: { readonly states: StateFold[]; readonly errors: ErrorGroup[] } = {
		states: foldStates(ports.storage),
		errors: foldErrors(ports.storage),
	},
): Summary {
	const job = ports.jobs.get(run.job);
	const folds = folded.states;
	const sum = (pick: (fold: (typeof folds)[number]) => number) =>
		folds.reduce((total, fold) => total + pick(fold), 0);
	const sealed = run.state === "sealed";
	return buildSummary({
		...run,
		// Fixed while sealing already, and true only when D1 has taken it.
		verdict: sealed ? run.verdict : null,
		sealedAtMs: sealed ? run.sealedAtMs : null,
		nowMs: ports.nowMs(),
		totals: foldTotals(run.plannedTasks ?? 0, folds),
		yield: shapeCounts(job?.yieldNames ?? Object.keys(yielded), yielded),
		attempts: {
			total: sum((fold) => fold.attempts),
			retried: sum((fold) => fold.retries),
			leasesExpired: sum((fold) => fold.leasesExpired),
			lateReports: run.lateReports,
			duplicateDeliveries: run.duplicateDeliveries,
		},
		meters: shapeCounts([...queueMeters, ...(job?.meterNames ?? []), ...storageMeters], run.meters),
		errors: folded.errors,
		version: ports.version,
	});
}

export function listTasks({ reader }: CoordinatorContext, request: TasksRequest): TasksPage {
	const tasks = reader.pageTasks(
		request.after,
		request.limit + 1,
		request.state === null ? undefined : [request.state],
	);
	const page = tasks.slice(0, request.limit);
	const attempts = Map.groupBy(
		reader.attemptsOf(page.map((task) => task.taskId)),
		(attempt) => attempt.taskId,
	);
	return {
		kind: "tasks",
		tasks: page.map((task) => viewTask(task, attempts.get(task.taskId) ?? [])),
		next: tasks.length > request.limit ? (page.at(-1)?.taskId ?? null) : null,
	};
}

export function listStates({ reader }: CoordinatorContext): TaskStates {
	const tasks = reader.listStates();
	return {
		kind: "states",
		taskIds: tasks.map(({ taskId }) => taskId),
		states: writeRuns(tasks.map(({ state }) => state)),
	};
}

export function readTask({ reader }: CoordinatorContext, taskId: TaskId): TaskView | UnknownTask {
	const [task] = reader.findTasks([taskId]);
	if (task === undefined) return { kind: "unknown_task" };
	return viewTask(task, reader.attemptsOf([taskId]));
}
