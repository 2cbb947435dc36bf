import { type RunId, rootRunId, type TaskId } from "../domain/ids.ts";
import type { Window } from "../domain/run.ts";
import { formatTime } from "../domain/summary.ts";
import type { TaskState } from "../domain/task.ts";
import { findRun, type RunRecord } from "../ledger/run-list.ts";
import { countRunTasks, listRunTaskIds } from "../ledger/run-tasks.ts";
import {
	decodeDryRun,
	decodeFingerprint,
	decodeObject,
	decodeTaskIds,
	describeTaskIds,
} from "./body-fields.ts";
import { badRequest, HttpError, runNotFound } from "./errors.ts";
import { answerDryRun } from "./estimate.ts";
import { readJsonBody } from "./json-body.ts";
import { type RequestedRunPorts, readIdempotencyKey, startRequestedRun } from "./requested-run.ts";
import { planTasks, type StartRunPorts } from "./start-run.ts";

/**
 * `POST /api/runs/:runId/rerun`: a new run from a sealed one, with its window. The old one stays as it was and lists
 * the new one among its `reruns`.
 */
const scopes = ["failed", "cause", "all", "selection"] as const;
type Scope = (typeof scopes)[number];

interface RerunBody {
	readonly scope: Scope;
	/** Of scope `selection`; null for any other. */
	readonly taskIds: readonly TaskId[] | null;
	/** Of scope `cause`: as in `errors` of the run's summary; null for any other. */
	readonly fingerprint: string | null;
	readonly dryRun: boolean;
}

const failedStates: readonly TaskState[] = ["failed", "lost"];

export async function postRerun(
	ports: StartRunPorts,
	request: Request,
	runId: RunId,
): Promise<Response> {
	const key = readIdempotencyKey(request);
	const body = decodeRerunBody(await readJsonBody(request));
	if (body.dryRun) {
		const run = await findSealedRun(ports, runId);
		const taskIds = await selectTasks(ports, run, body);
		const tasks = taskIds?.length ?? (await planTasks(ports.jobs, run.job)).length;
		const window = viewWindow(run.window);
		const asked = { rerunOf: runId, scope: body.scope, window };
		return answerDryRun(ports.database, run.job, tasks, asked);
	}
	return startRequestedRun(
		ports,
		{ action: "run.rerun", subject: runId, detail: describeBody(body) },
		key,
		["rerun", runId, body.scope, body.taskIds ?? body.fingerprint],
		{ kind: "rerun", root: rootRunId(runId) },
		async () => {
			const run = await findSealedRun(ports, runId);
			return {
				job: run.job,
				trigger: "rerun",
				slotAtMs: null,
				rerunOf: runId,
				taskIds: await selectTasks(ports, run, body),
				window: run.window,
			};
		},
	);
}

function decodeRerunBody(value: unknown): RerunBody {
	const body = decodeObject(value, ["scope", "taskIds", "fingerprint", "dryRun"]);
	const scope = scopes.find((one) => one === body["scope"]);
	if (scope === undefined) {
		throw badRequest("invalid_scope", `scope is one of ${scopes.join(", ")}.`);
	}
	if ((scope === "selection") !== (body["taskIds"] !== undefined)) {
		throw badRequest("invalid_task_ids", "taskIds goes with scope selection, and only with it.");
	}
	if ((scope === "cause") !== (body["fingerprint"] !== undefined)) {
		throw badRequest("invalid_fingerprint", "fingerprint goes with scope cause, and only with it.");
	}
	return {
		scope,
		taskIds: scope === "selection" ? decodeTaskIds(body["taskIds"]) : null,
		fingerprint: scope === "cause" ? decodeFingerprint(body["fingerprint"]) : null,
		dryRun: decodeDryRun(body["dryRun"]),
	};
}

function describeBody(body: RerunBody): Readonly<Record<string, string | number>> {
	const { scope, taskIds, fingerprint } = body;
	if (fingerprint !== null) return { scope, fingerprint };
	return taskIds === null ? { scope } : { scope, ...describeTaskIds(taskIds) };
}

function viewWindow(window: Window | null) {
	return window && { from: formatTime(window.fromMs), to: formatTime(window.toMs) };
}

async function findSealedRun(
	{ database, findCoordinator }: RequestedRunPorts,
	runId: RunId,
): Promise<RunRecord> {
	const run = await findRun(database, runId);
	if (run !== undefined && run.summary !== null) return run;
	if (run === undefined && "kind" in (await findCoordinator(runId).summary())) {
		throw runNotFound(runId);
	}
	throw new HttpError(
		"run_open",
		`The run ${runId} is not sealed yet: wait for it, or cancel it first.`,
	);
}

/**
 * @returns the tasks of the new run, which the job must still have: it would leave out the others without a word, and a
 *   run of nothing succeeds; null for all that the job plans, when the old run planned none
 */
async function selectTasks(
	{ database, jobs }: StartRunPorts,
	run: RunRecord,
	body: RerunBody,
): Promise<readonly TaskId[] | null> {
	const planned = run.summary?.tasks.planned ?? 0;
	if (body.scope === "all" && planned === 0) return null;
	const there = await planTasks(jobs, run.job, await pickTasks(database, run, planned, body));
	if (there.length > 0) return there;
	throw new HttpError("nothing_to_rerun", `${run.job} has none of these tasks any more.`);
}

/** Those of the old run. */
async function pickTasks(
	database: D1Database,
	run: RunRecord,
	planned: number,
	{ scope, taskIds, fingerprint }: RerunBody,
): Promise<readonly TaskId[]> {
	// They are deleted some at a time: of a half no rerun is made that says it is the whole.
	if ((await countRunTasks(database, run.runId)) < planned) {
		throw new HttpError(
			"tasks_forgotten",
			`The tasks of ${run.runId} are no longer kept (TASK_RETENTION_DAYS).`,
		);
	}
	const ofFailed = scope === "failed" || scope === "cause";
	const known = await listRunTaskIds(
		database,
		run.runId,
		ofFailed ? failedStates : null,
		fingerprint,
	);
	if (taskIds !== null) {
		const there = new Set(known);
		const missing = taskIds.filter((taskId) => !there.has(taskId));
		if (missing.length === 0) return taskIds;
		const named = missing.slice(0, 10).join(", ");
		throw badRequest("unknown_task_ids", `The run ${run.runId} has no tasks ${named}.`);
	}
	if (known.length > 0) return known;
	throw new HttpError(
		"nothing_to_rerun",
		fingerprint === null
			? `No task of ${run.runId} failed or was lost.`
			: `No task of ${run.runId} failed or was lost with the fingerprint ${fingerprint}: see errors in its summary.`,
	);
}
