import { type IRequestStrict, type RequestHandler, Router } from "itty-router";
import { coordinatorsOf } from "../../durable-objects/run-coordinator/client.ts";
import { type Config, readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import type { JobRegistry } from "../jobs/job.ts";
import { describeError, type Log } from "../log.ts";
import { requireAdmin } from "./auth.ts";
import { postCancel } from "./cancel.ts";
import { errorResponse, HttpError, notFound } from "./errors.ts";
import { getHealth } from "./health.ts";
import { readRunId, readTaskId } from "./params.ts";
import { postRerun } from "./rerun.ts";
import { getLatestRun, getRun, getRuns, getTask, getTasks } from "./runs.ts";
import { postRun } from "./start-run.ts";

export interface HttpPorts {
	readonly env: Env;
	readonly createJobs: (env: Env) => JobRegistry;
	readonly requestId: string;
	readonly log: Log;
}

type ApiRequest = IRequestStrict & Request;
type Handler = RequestHandler<ApiRequest, [HttpPorts]>;

const router = Router<ApiRequest, [HttpPorts], Response>({
	catch: (error: unknown, request: Request, ports: HttpPorts) => refuse(error, request, ports),
});

/** The whole API on one screen. `admin` stands in the line of every route that needs a credential. */
router
	.get("/healthz", (_, { env, createJobs }) => getHealth(env.DB, createJobs(env), Date.now()))
	.get("/api/runs", admin, (request, ports) => getRuns(sources(ports), queryOf(request)))
	.post("/api/runs", admin, (request, ports) => postRun(startPorts(ports), request))
	.get("/api/runs/latest", admin, (request, ports) => getLatestRun(sources(ports), request))
	.get("/api/runs/:runId", admin, (request, ports) =>
		getRun(sources(ports), request, readRunId(request.params["runId"])),
	)
	.get("/api/runs/:runId/tasks", admin, (request, ports) =>
		getTasks(sources(ports), readRunId(request.params["runId"]), queryOf(request)),
	)
	.get("/api/runs/:runId/tasks/:taskId", admin, (request, ports) => {
		const { runId, taskId } = request.params;
		return getTask(sources(ports), readRunId(runId), readTaskId(taskId));
	})
	.post("/api/runs/:runId/rerun", admin, (request, ports) =>
		postRerun(sources(ports), request, readRunId(request.params["runId"])),
	)
	.post("/api/runs/:runId/cancel", admin, (request, ports) =>
		postCancel(sources(ports), readRunId(request.params["runId"])),
	)
	.all("/healthz", allow("GET, HEAD"))
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
	const answer = await router.fetch(new Request(request, { method: "GET" }) as ApiRequest, ports);
	return new Response(null, answer);
}

async function admin(request: ApiRequest, { env }: HttpPorts): Promise<void> {
	await requireAdmin(request, configOf(env).adminToken);
}

/** For known addresses asked with a method that they do not have. */
function allow(methods: string): Handler {
	return (request) => {
		const message = `${request.method} is not possible here; ${methods} is.`;
		throw new HttpError(405, "method_not_allowed", message, { allow: methods });
	};
}

function configOf(env: Env): Config {
	const config = readConfig(env);
	if (config.ok) return config.value;
	throw new HttpError(500, "wrong_configuration", `${config.error.join("; ")}.`);
}

function sources({ env }: HttpPorts) {
	return { database: env.DB, findCoordinator: coordinatorsOf(env.RUN_COORDINATOR) };
}

function startPorts(ports: HttpPorts) {
	return { ...sources(ports), jobs: ports.createJobs(ports.env) };
}

function queryOf(request: Request): URLSearchParams {
	return new URL(request.url).searchParams;
}

/** What nobody expected is told to the log and not to the caller. */
function refuse(error: unknown, request: Request, { requestId, log }: HttpPorts): Response {
	const { pathname } = new URL(request.url);
	const at = { requestId, method: request.method, path: pathname.slice(0, 200) };
	if (error instanceof HttpError) {
		log("warn", "request_refused", { ...at, status: error.status, code: error.code });
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
