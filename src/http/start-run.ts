import { decodeJobName, type JobName, runIdForRequest, type TaskId } from "../domain/ids.ts";
import type { Window } from "../domain/run.ts";
import { formatTime } from "../domain/summary.ts";
import type { Job, JobRegistry } from "../jobs/job.ts";
import { decodeDryRun, decodeObject, decodeTaskIds, describeTaskIds } from "./body-fields.ts";
import { badRequest } from "./errors.ts";
import { answerDryRun } from "./estimate.ts";
import { readJsonBody } from "./json-body.ts";
import { type RequestedRunPorts, readIdempotencyKey, startRequestedRun } from "./requested-run.ts";
import { decodeTime } from "./times.ts";

/** `POST /api/runs`: starts a run by hand, or says with `dryRun` what it would take. */
export interface StartRunPorts extends RequestedRunPorts {
	readonly jobs: JobRegistry;
}

interface StartBody {
	readonly job: Job;
	readonly taskIds: readonly TaskId[] | null;
	readonly window: Window | null;
	readonly dryRun: boolean;
}

const windowHoursMax = 336;

export async function postRun(ports: StartRunPorts, request: Request): Promise<Response> {
	const key = readIdempotencyKey(request);
	const body = decodeStartBody(await readJsonBody(request), ports.jobs);
	const { job, taskIds, window } = body;
	if (body.dryRun) {
		if (taskIds !== null) await refuseUnknownTasks(ports.jobs, job.name, taskIds);
		const tasks = taskIds ?? (await planTasks(ports.jobs, job.name));
		return answerDryRun(ports.database, job.name, tasks.length, { job: job.name });
	}
	return startRequestedRun(
		ports,
		{ action: "run.start", subject: job.name, detail: describeBody(body) },
		key,
		[job.name, taskIds, window],
		{ kind: "time", nameRun: (atMs) => runIdForRequest(job.name, atMs) },
		async () => {
			if (taskIds !== null) await refuseUnknownTasks(ports.jobs, job.name, taskIds);
			return { job: job.name, trigger: "manual", slotAtMs: null, rerunOf: null, taskIds, window };
		},
	);
}

function decodeStartBody(value: unknown, jobs: JobRegistry): StartBody {
	const body = decodeObject(value, ["job", "taskIds", "window", "dryRun"]);
	const name = decodeJobName(body["job"]);
	const job = name.ok ? jobs.get(name.value) : undefined;
	if (job === undefined) {
		throw badRequest("unknown_job", `job is one of: ${[...jobs.keys()].join(", ")}.`);
	}
	const taskIds = body["taskIds"] === undefined ? null : decodeTaskIds(body["taskIds"]);
	const window = body["window"] === undefined ? null : decodeWindow(body["window"]);
	return { job, taskIds, window, dryRun: decodeDryRun(body["dryRun"]) };
}

function describeBody({ taskIds, window }: StartBody): Readonly<Record<string, string | number>> {
	return {
		...(taskIds === null ? {} : describeTaskIds(taskIds)),
		...(window === null ? {} : { from: formatTime(window.fromMs), to: formatTime(window.toMs) }),
	};
}

function decodeWindow(value: unknown): Window {
	const problem = badRequest(
		"invalid_window",
		`window is {"from","to"} in RFC 3339 UTC, such as 2026-11-23T17:00:00Z, from before to, at most ${windowHoursMax} hours apart, in the years 2000 to 2099.`,
	);
	if (typeof value !== "object" || value === null) throw problem;
	const { from, to, ...rest } = value as Record<string, unknown>;
	const fromMs = decodeTime(from);
	const toMs = decodeTime(to);
	if (fromMs === null || toMs === null || Object.keys(rest).length > 0) throw problem;
	if (fromMs >= toMs || toMs - fromMs > windowHoursMax * 3_600_000) throw problem;
	return { fromMs, toMs };
}

/**
 * Planning reads only, so the job itself says which tasks it has.
 * @param taskIds of which; null for all
 */
export async function planTasks(
	jobs: JobRegistry,
	name: JobName,
	taskIds: readonly TaskId[] | null = null,
): Promise<readonly TaskId[]> {
	const startedAtMs = Date.now();
	const runId = runIdForRequest(name, startedAtMs);
	const plan = await jobs.get(name)?.plan({ runId, startedAtMs, window: null, taskIds });
	return plan?.ok ? plan.value.taskIds : [];
}

async function refuseUnknownTasks(
	jobs: JobRegistry,
	name: JobName,
	taskIds: readonly TaskId[],
): Promise<void> {
	const known = new Set(await planTasks(jobs, name, taskIds));
	const unknown = taskIds.filter((taskId) => !known.has(taskId));
	if (unknown.length === 0) return;
	throw badRequest(
		"unknown_task_ids",
		`${name} has no such tasks (any more): ${unknown.slice(0, 10).join(", ")}${unknown.length > 10 ? ", …" : ""}`,
	);
}
