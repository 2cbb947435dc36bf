import { type IRequestStrict, type RequestHandler, Router } from "itty-router";
import { coordinatorsOf } from "../../durable-objects/run-coordinator/client.ts";
import { schedulerOf } from "../../durable-objects/run-scheduler/client.ts";
import { readAdminToken, readConfig } from "../config.ts";
import { decodeRunId } from "../domain/ids.ts";
import type { Env } from "../env.ts";
import type { JobRegistry } from "../jobs/job.ts";
import { describeError, type Log } from "../log.ts";
import { requireAdmin } from "./auth.ts";
import { postCancel } from "./cancel.ts";
import { errorResponse, HttpError, notFound } from "./errors.ts";
import { getHealth } from "./health.ts";
import { checkQuery, readRunId, readTaskId } from "./params.ts";
import { postRerun } from "./rerun.ts";
import { getLatestRun, getRun, getRuns, getTask, getTasks } from "./runs.ts";
import {
	getIncidents,
	getSchedule,
	postPause,
	postResume,
	type SchedulePorts,
} from "./schedule.ts";
import { postRun } from "./start-run.ts";

export interface HttpPorts {
	readonly env: Env;
	readonly createJobs: () => JobRegistry;
	readonly requestId: string;
	readonly log: Log;
}

type ApiRequest = IRequestStrict & Request;
type Handler = RequestHandler<ApiRequest, [HttpPorts]>;

const router = Router<ApiRequest, [HttpPorts], Response>({
	catch: (error: unknown, request: ApiRequest, ports: HttpPorts) => refuse(error, request, ports),
});

/**
 * The whole API on one screen. `admin` stands in the line of every route that needs a credential, `takes` in that of
 * every route that does something, with the query parameters that it knows.
 */
router
	.get("/healthz", (_, ports) => getHealth(ports.env.DB, schedulePorts(ports), Date.now()))
	.get("/api/runs", admin, takes("job", "state", "verdict", "limit", "cursor"), (request, ports) =>
		getRuns(sources(ports), queryOf(request)),
	)
	.post("/api/runs", admin, takes(), (request, ports) => postRun(startPorts(ports), request))
	.get("/api/runs/latest", admin, takes("job"), (request, ports) =>
		getLatestRun(sources(ports), request),
	)
	.get("/api/runs/:runId", admin, takes(), (request, ports) =>
		getRun(sources(ports), request, readRunId(request.params["runId"])),
	)
	.get("/api/runs/:runId/tasks", admin, takes("state", "limit", "cursor"), (request, ports) =>
		getTasks(sources(ports), readRunId(request.params["runId"]), queryOf(request)),
	)
	.get("/api/runs/:runId/tasks/:taskId", admin, takes(), (request, ports) => {
		const { runId, taskId } = request.params;
		return getTask(sources(ports), readRunId(runId), readTaskId(taskId));
	})
	.post("/api/runs/:runId/rerun", admin, takes(), (request, ports) =>
		postRerun(sources(ports), request, readRunId(request.params["runId"])),
	)
	.post("/api/runs/:runId/cancel", admin, takes(), (request, ports) =>
		postCancel(sources(ports), request, readRunId(request.params["runId"])),
	)
	.get("/api/schedule", admin, takes(), (_, ports) => getSchedule(schedulePorts(ports)))
	.post("/api/schedule/pause", admin, takes(), (request, ports) =>
		postPause(schedulePorts(ports), request),
	)
	.post("/api/schedule/resume", admin, takes(), (request, ports) =>
		postResume(schedulePorts(ports), request),
	)
	.get("/api/incidents", admin, takes(), (_, ports) => getIncidents(schedulePorts(ports)))
	.all("/healthz", allow("GET, HEAD"))
	.all("/api/schedule", admin, allow("GET, HEAD"))
	.all("/api/schedule/pause", admin, allow("POST"))
	.all("/api/schedule/resume", admin, allow("POST"))
	.all("/api/incidents", admin, allow("GET, HEAD"))
	.all("/api/runs", admin, allow("GET, HEAD, POST"))
	.all("/api/runs/:runId", admin, allow("GET, HEAD"))
	.all("/api/runs/:runId/rerun", admin, allow("POST"))
	.all("/api/runs/:runId/cancel", admin, allow("POST"))
	.all("/api/runs/:runId/tasks", admin, allow("GET, HEAD"))
	.all("/api/runs/:runId/tasks/:taskId", admin, allow("GET, HEAD"))
	.all("*", () => {
		throw notFound("not_found", "There is nothing at this address. The API begins at /api/runs.");
	});

/** Never rejects. */
export async function handleRequest(request: Request, ports: HttpPorts): Promise<Response> {
	if (request.method !== "HEAD") return router.fetch(request as ApiRequest, ports);
	// Without the body: a HEAD with one is odd and allowed, a GET with one cannot be made.
	const get = new Request(request.url, { headers: request.headers });
	const answer = await router.fetch(get as ApiRequest, ports);
	return new Response(null, answer);
}

async function admin(request: ApiRequest, { env }: HttpPorts): Promise<void> {
	await requireAdmin(request, readAdminToken(env));
	// After the credential: what is wrong here is nobody else's business.
	const config = readConfig(env);
	if (config.ok) return;
	throw new HttpError(500, "wrong_configuration", `${config.error.join("; ")}.`);
}

/** Refuses every query parameter but these. */
function takes(...parameters: string[]): Handler {
	return (request) => checkQuery(queryOf(request), parameters);
}

/** For known addresses asked with a method that they do not have. */
function allow(methods: string): Handler {
	return (request) => {
		const message = `${request.method} is not possible here; ${methods} is.`;
		throw new HttpError(405, "method_not_allowed", message, { allow: methods });
	};
}

function sources({ env }: HttpPorts) {
	return { database: env.DB, findCoordinator: coordinatorsOf(env.RUN_COORDINATOR) };
}

function startPorts(ports: HttpPorts) {
	return { ...sources(ports), jobs: ports.createJobs() };
}

function schedulePorts({ env, createJobs }: HttpPorts): SchedulePorts {
	return { scheduler: schedulerOf(env.RUN_SCHEDULER), jobs: createJobs() };
}

function queryOf(request: Request): URLSearchParams {
	return new URL(request.url).searchParams;
}

/** What nobody expected is told to the log and not to the caller. */
function refuse(error: unknown, request: ApiRequest, { requestId, log }: HttpPorts): Response {
	// The route and not the path: people paste tokens into addresses, too.
	const { method, route, params } = request;
	const runId = decodeRunId(params?.["runId"]);
	const at = { requestId, method, route, ...(runId.ok ? { runId: runId.value } : {}) };
	if (error instanceof HttpError) {
		const level = error.status >= 500 ? "error" : "warn";
		log(level, "request_refused", { ...at, status: error.status, code: error.code });
		return errorResponse(error, requestId);
	}
	log("error", "request_failed", { ...at, error: describeError(error) });
	const unavailable = new HttpError(
		503,
		"unavailable",
		"The ledger could not be reached just now. Try again; if it stays so, look for the requestId in the logs.",
	);
	return errorResponse(unavailable, requestId);
}
