import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import { jobOfRun, type RunId, type TaskId } from "../domain/ids.ts";
import { runStates, verdicts } from "../domain/run.ts";
import type { Summary } from "../domain/summary.ts";
import { taskStates } from "../domain/task.ts";
import { findRun, listRuns, type RunRecord } from "../ledger/run-list.ts";
import { findRunTask, listRunTasks } from "../ledger/run-tasks.ts";
import type { TaskView } from "../ledger/task-view.ts";
import { listRunsMax, listTasksMax } from "../limits.ts";
import { notFound, runNotFound } from "./errors.ts";
import {
	readJob,
	readLimit,
	readOneOf,
	readRunCursor,
	readTaskCursor,
	writeRunCursor,
} from "./params.ts";
import { summaryWithEtag } from "./responses.ts";
import { type NameTasks, nameOf } from "./task-names.ts";

/**
 * Reading runs. A sealed run is answered from D1 and its object is left alone; an open one from its coordinator.
 * A run that D1 does not know may still be open: D1 was down when it started.
 */
export interface RunSources {
	readonly database: D1Database;
	readonly findCoordinator: FindCoordinator;
}

export interface NamedSources extends RunSources {
	readonly nameTasks: NameTasks;
}

const listRunsStandard = 20;
const listTasksStandard = 100;

export async function getRuns(sources: RunSources, query: URLSearchParams): Promise<Response> {
	const limit = readLimit(query, listRunsStandard, listRunsMax);
	const filter = {
		job: readJob(query),
		state: readOneOf(query, "state", runStates),
		verdict: readOneOf(query, "verdict", verdicts),
	};
	const records = await listRuns(sources.database, filter, readRunCursor(query), limit);
	const last = records.at(-1);
	// One object that cannot be reached must not hide the others: its run is left out this time.
	const answers = await Promise.allSettled(records.map((record) => summaryOf(sources, record)));
	const runs = answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined));
	return Response.json({
		runs: runs.filter((run) => run !== undefined),
		cursor: records.length === limit && last !== undefined ? writeRunCursor(last) : null,
	});
}

export async function getLatestRun(sources: RunSources, request: Request): Promise<Response> {
	const job = readJob(new URL(request.url).searchParams);
	const sealed = { job, state: "sealed", verdict: null } as const;
	const [latest] = await listRuns(sources.database, sealed, null, 1);
	const summary = latest?.summary ?? null;
	if (summary === null) {
		throw notFound("run_not_found", "No run has been sealed yet. POST /api/runs starts one.");
	}
	return summaryWithEtag(request, summary);
}

export async function getRun(
	sources: RunSources,
	request: Request,
	runId: RunId,
): Promise<Response> {
	const record = await findRun(sources.database, runId);
	const summary =
		record === undefined ? await liveSummary(sources, runId, []) : await summaryOf(sources, record);
	if (summary === undefined) throw runNotFound(runId);
	return summaryWithEtag(request, summary);
}

export async function getTasks(
	sources: NamedSources,
	runId: RunId,
	query: URLSearchParams,
): Promise<Response> {
	const after = readTaskCursor(query);
	const limit = readLimit(query, listTasksStandard, listTasksMax);
	const state = readOneOf(query, "state", taskStates);
	const { database, findCoordinator } = sources;
	if ((await findRun(database, runId))?.summary) {
		const tasks = await listRunTasks(database, { runId, after, limit, state });
		const cursor = tasks.length === limit ? tasks.at(-1)?.taskId : undefined;
		return Response.json({ tasks: await named(sources, runId, tasks), cursor: cursor ?? null });
	}
	const page = await findCoordinator(runId).tasks({ after, limit, state });
	if (page.kind === "unknown_run") throw runNotFound(runId);
	return Response.json({ tasks: await named(sources, runId, page.tasks), cursor: page.next });
}

export async function getTask(
	sources: NamedSources,
	runId: RunId,
	taskId: TaskId,
): Promise<Response> {
	const { database, findCoordinator } = sources;
	const sealed = (await findRun(database, runId))?.summary;
	const task: TaskView | { kind: string } = sealed
		? ((await findRunTask(database, runId, taskId)) ?? { kind: "unknown_task" })
		: await findCoordinator(runId).task(taskId);
	if (!("kind" in task)) {
		const [withName] = await named(sources, runId, [task]);
		return Response.json(withName);
	}
	if (task.kind === "unknown_run") throw runNotFound(runId);
	throw notFound(
		"task_not_found",
		`The run ${runId} has no such task, or its tasks are no longer kept (TASK_RETENTION_DAYS).`,
	);
}

/** With what people call each of them. */
async function named({ nameTasks }: NamedSources, runId: RunId, tasks: readonly TaskView[]) {
	const taskIds = tasks.map(({ taskId }) => taskId);
	const names = await nameTasks(jobOfRun(runId), taskIds);
	return tasks.map(({ taskId, ...task }) => ({ taskId, ...nameOf(names?.get(taskId)), ...task }));
}

async function summaryOf(sources: RunSources, record: RunRecord): Promise<Summary | undefined> {
	return record.summary ?? liveSummary(sources, record.runId, record.reruns);
}

async function liveSummary(
	{ findCoordinator }: RunSources,
	runId: RunId,
	reruns: readonly RunId[],
): Promise<Summary | undefined> {
	const summary = await findCoordinator(runId).summary();
	return "kind" in summary ? undefined : { ...summary, reruns };
}
