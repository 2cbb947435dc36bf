import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import { decodeJobName, decodeTaskId, runIdForRequest, type TaskId } from "../domain/ids.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Window } from "../domain/run.ts";
import type { Job, JobRegistry } from "../jobs/job.ts";
import { recordRunRequest } from "../ledger/run-requests.ts";
import { badRequest, HttpError } from "./errors.ts";
import { readJsonBody } from "./json-body.ts";

/** `POST /api/runs`: starts a run by hand. */
export interface StartRunPorts {
	readonly database: D1Database;
	readonly findCoordinator: FindCoordinator;
	readonly jobs: JobRegistry;
}

interface StartBody {
	readonly job: Job;
	readonly taskIds: readonly TaskId[] | null;
	readonly window: Window | null;
}

const taskIdsMax = 1_000;
const windowHoursMax = 336;
const idempotencyKey = /^[\x21-\x7e]{1,200}$/;

/**
 * Crash after the key was recorded: the same request again finds the run's id there, and starts it. Crash after
 * the start: it finds the run.
 */
export async function postRun(ports: StartRunPorts, request: Request): Promise<Response> {
	const key = request.headers.get("idempotency-key");
	if (key !== null && !idempotencyKey.test(key)) {
		throw badRequest(
			"invalid_idempotency_key",
			"Idempotency-Key is 1 to 200 visible ASCII characters, such as a UUID.",
		);
	}
	const body = decodeStartBody(await readJsonBody(request), ports.jobs);
	if (!body.ok) throw body.error;
	const { job, taskIds, window } = body.value;
	if (taskIds !== null) await refuseUnknownTasks(job, taskIds);
	const requestKey = key === null ? `once:${crypto.randomUUID()}` : `key:${key}`;
	const bodyHash = await hash(JSON.stringify([job.name, taskIds, window]));
	const requestedAtMs = Date.now();
	const recorded = await recordRunRequest(
		ports.database,
		{ requestKey, bodyHash, requestedAtMs },
		(atMs) => runIdForRequest(job.name, atMs),
	);
	if (!recorded.ok) {
		throw new HttpError(
			409,
			"idempotency_key_reused",
			"This Idempotency-Key was sent before with another body. Use a new key for a new request.",
		);
	}
	const runId = recorded.value;
	await ports.findCoordinator(runId).start({
		runId,
		job: job.name,
		trigger: "manual",
		slotAtMs: null,
		rerunOf: null,
		taskIds,
		window,
	});
	return Response.json({ runId }, { status: 202, headers: { location: `/api/runs/${runId}` } });
}

function decodeStartBody(value: unknown, jobs: JobRegistry): Result<StartBody, HttpError> {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		return err(
			badRequest("invalid_body", 'The body is a JSON object, such as {"job":"collect-clips"}.'),
		);
	}
	const body = value as Record<string, unknown>;
	const unknown = Object.keys(body).find((field) => !["job", "taskIds", "window"].includes(field));
	if (unknown !== undefined) {
		return err(
			badRequest(
				"unknown_field",
				`${JSON.stringify(unknown.slice(0, 40))} is no field of this body; it has job, taskIds and window.`,
			),
		);
	}
	const name = decodeJobName(body["job"]);
	const job = name.ok ? jobs.get(name.value) : undefined;
	if (job === undefined) {
		return err(badRequest("unknown_job", `job is one of: ${[...jobs.keys()].join(", ")}.`));
	}
	const taskIds = decodeTaskIds(body["taskIds"] ?? null);
	if (!taskIds.ok) return taskIds;
	const window = decodeWindow(body["window"] ?? null);
	if (!window.ok) return window;
	return ok({ job, taskIds: taskIds.value, window: window.value });
}

function decodeTaskIds(value: unknown): Result<readonly TaskId[] | null, HttpError> {
	if (value === null) return ok(null);
	const problem = badRequest(
		"invalid_task_ids",
		`taskIds is a list of 1 to ${taskIdsMax} ids, each 1 to 64 letters, digits or _ . : -`,
	);
	if (!Array.isArray(value) || value.length === 0 || value.length > taskIdsMax) return err(problem);
	const taskIds = new Set<TaskId>();
	for (const id of value) {
		const taskId = decodeTaskId(id);
		if (!taskId.ok) return err(problem);
		taskIds.add(taskId.value);
	}
	return ok([...taskIds].sort());
}

function decodeWindow(value: unknown): Result<Window | null, HttpError> {
	if (value === null) return ok(null);
	const problem = badRequest(
		"invalid_window",
		`window is {"from","to"} in RFC 3339 UTC, such as 2026-11-23T17:00:00Z, from before to, at most ${windowHoursMax} hours apart.`,
	);
	if (typeof value !== "object" || Array.isArray(value)) return err(problem);
	const { from, to, ...rest } = value as Record<string, unknown>;
	const fromMs = decodeTime(from);
	const toMs = decodeTime(to);
	if (fromMs === null || toMs === null || Object.keys(rest).length > 0) return err(problem);
	if (fromMs >= toMs || toMs - fromMs > windowHoursMax * 3_600_000) return err(problem);
	return ok({ fromMs, toMs });
}

function decodeTime(value: unknown): number | null {
	if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)) {
		return null;
	}
	const atMs = Date.parse(value);
	// Date.parse turns 31 February into March; a time that does not come back was no time.
	return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 19) !== value.slice(0, 19)
		? null
		: atMs;
}

/** Planning reads only, so the job itself says which ids it knows. */
async function refuseUnknownTasks(job: Job, taskIds: readonly TaskId[]): Promise<void> {
	const nowMs = Date.now();
	const runId = runIdForRequest(job.name, nowMs);
	const plan = await job.plan({ runId, startedAtMs: nowMs, window: null, taskIds });
	const known = new Set(plan.ok ? plan.value.taskIds : []);
	const unknown = taskIds.filter((taskId) => !known.has(taskId));
	if (unknown.length === 0) return;
	throw badRequest(
		"unknown_task_ids",
		`${job.name} has no such tasks (any more): ${unknown.slice(0, 10).join(", ")}${unknown.length > 10 ? ", …" : ""}`,
	);
}

async function hash(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
