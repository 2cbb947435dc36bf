import { type IRequestStrict, type RequestHandler, Router } from "itty-router";
import { coordinatorsOf, liveOf } from "../../durable-objects/run-coordinator/client.ts";
import { schedulerOf } from "../../durable-objects/run-scheduler/client.ts";
import { readCredentials } from "../auth/credentials.ts";
import { readConfig } from "../config.ts";
import type { Role } from "../domain/actor.ts";
import { decodeRunId } from "../domain/ids.ts";
import type { Env } from "../env.ts";
import type { JobRegistry } from "../jobs/job.ts";
import { describeError, type Log } from "../log.ts";
import { getAudit } from "./audit.ts";
import { type AuthPorts, type Caller, identify } from "./auth.ts";
import { postCancel } from "./cancel.ts";
import { errorResponse, HttpError, notFound } from "./errors.ts";
import { getGrid } from "./grid.ts";
import { getHealth } from "./health.ts";
import { getLive } from "./live.ts";
import { getMatrix } from "./matrix.ts";
import { requireSameOrigin } from "./origin.ts";
import { checkQuery, readRunId, readTaskId } from "./params.ts";
import { postRerun } from "./rerun.ts";
import { getLatestRun, getRun, getRuns, getTask, getTasks } from "./runs.ts";
import {
	getIncidents,
	getSchedule,
	postPause,
	postResume,
	type ScheduleActPorts,
	type SchedulePorts,
} from "./schedule.ts";
import { secureAnswer } from "./security-headers.ts";
import { deleteSession, getSession, postSession } from "./session.ts";
import { postRun } from "./start-run.ts";
import { taskNamesOf } from "./task-names.ts";

export interface HttpPorts {
	readonly env: Env;
	readonly createJobs: () => JobRegistry;
	readonly requestId: string;
	readonly log: Log;
}

type ApiRequest = IRequestStrict & Request & { caller?: Caller };
type Handler = RequestHandler<ApiRequest, [HttpPorts]>;

const router = Router<ApiRequest, [HttpPorts], Response>({
	catch: (error: unknown, request: ApiRequest, ports: HttpPorts) => refuse(error, request, ports),
});

/**
 * The whole API on one screen. `viewer` or `operator` stands in the line of every route that needs a credential, `takes`
 * in that of every route that does something, with the query parameters that it knows.
 */
router
	.get("/healthz", (_, ports) => getHealth(ports.env.DB, schedulePorts(ports), Date.now()))
	.get("/api/session", viewer, takes(), (request) => getSession(callerOf(request)))
	.post("/api/session", takes(), (request, ports) =>
		postSession(authPorts(ports), request, () => requireConfig(ports)),
	)
	.delete("/api/session", takes(), (request, ports) => deleteSession(authPorts(ports), request))
	.get("/api/runs", viewer, takes("job", "state", "verdict", "limit", "cursor"), (request, ports) =>
		getRuns(sources(ports), queryOf(request)),
	)
	.post("/api/runs", operator, takes(), (request, ports) =>
		postRun(startPorts(request, ports), request),
	)
	.get("/api/runs/latest", viewer, takes("job"), (request, ports) =>
		getLatestRun(sources(ports), request),
	)
	.get("/api/runs/:runId", viewer, takes(), (request, ports) =>
		getRun(sources(ports), request, readRunId(request.params["runId"])),
	)
	.get("/api/runs/:runId/grid", viewer, takes("part"), (request, ports) => {
		const runId = readRunId(request.params["runId"]);
		return getGrid(namedSources(ports), request, runId, queryOf(request));
	})
	.get("/api/runs/:runId/live", viewer, takes(), (request, ports) => {
		const { expiresAtMs } = callerOf(request);
		return getLive(liveSources(ports), request, readRunId(request.params["runId"]), expiresAtMs);
	})
	.get("/api/runs/:runId/tasks", viewer, takes("state", "limit", "cursor"), (request, ports) =>
		getTasks(namedSources(ports), readRunId(request.params["runId"]), queryOf(request)),
	)
	.get("/api/runs/:runId/tasks/:taskId", viewer, takes(), (request, ports) => {
		const { runId, taskId } = request.params;
		return getTask(namedSources(ports), readRunId(runId), readTaskId(taskId));
	})
	.post("/api/runs/:runId/rerun", operator, takes(), (request, ports) =>
		postRerun(startPorts(request, ports), request, readRunId(request.params["runId"])),
	)
	.post("/api/runs/:runId/cancel", operator, takes(), (request, ports) =>
		postCancel(actPorts(request, ports), request, readRunId(request.params["runId"])),
	)
	.get("/api/schedule", viewer, takes(), (_, ports) => getSchedule(schedulePorts(ports)))
	.post("/api/schedule/pause", operator, takes(), (request, ports) =>
		postPause(scheduleActPorts(request, ports), request),
	)
	.post("/api/schedule/resume", operator, takes(), (request, ports) =>
		postResume(scheduleActPorts(request, ports), request),
	)
	.get("/api/incidents", viewer, takes("limit"), (request, ports) =>
		getIncidents(schedulePorts(ports), queryOf(request)),
	)
	.get("/api/matrix", viewer, takes("job", "runs", "limit", "search", "cursor"), (request, ports) =>
		getMatrix(namedSources(ports), request, queryOf(request)),
	)
	.get("/api/audit", viewer, takes("limit", "cursor"), (request, ports) =>
		getAudit(ports.env.DB, queryOf(request)),
	)
	.all("/healthz", allow("GET, HEAD"))
	.all("/api/session", allow("GET, HEAD, POST, DELETE"))
	.all("/api/schedule", viewer, allow("GET, HEAD"))
	.all("/api/schedule/pause", viewer, allow("POST"))
	.all("/api/schedule/resume", viewer, allow("POST"))
	.all("/api/incidents", viewer, allow("GET, HEAD"))
	.all("/api/matrix", viewer, allow("GET, HEAD"))
	.all("/api/audit", viewer, allow("GET, HEAD"))
	.all("/api/runs", viewer, allow("GET, HEAD, POST"))
	.all("/api/runs/:runId", viewer, allow("GET, HEAD"))
	.all("/api/runs/:runId/rerun", viewer, allow("POST"))
	.all("/api/runs/:runId/cancel", viewer, allow("POST"))
	.all("/api/runs/:runId/grid", viewer, allow("GET, HEAD"))
	.all("/api/runs/:runId/live", viewer, allow("GET"))
	.all("/api/runs/:runId/tasks", viewer, allow("GET, HEAD"))
	.all("/api/runs/:runId/tasks/:taskId", viewer, allow("GET, HEAD"))
	.all("*", () => {
		throw notFound("not_found", "There is nothing at this address. The API begins at /api/runs.");
	});

/** Never rejects. */
export async function handleRequest(request: Request, ports: HttpPorts): Promise<Response> {
	if (request.method !== "HEAD") {
		return secureAnswer(await router.fetch(request as ApiRequest, ports));
	}
	// Without the body: a HEAD with one is odd and allowed, a GET with one cannot be made.
	const get = new Request(request.url, { headers: request.headers });
	const answer = secureAnswer(await router.fetch(get as ApiRequest, ports));
	return new Response(null, answer);
}

/** Whoever is signed in, or has a token. */
function viewer(request: ApiRequest, ports: HttpPorts): Promise<void> {
	return admit(request, ports, "viewer");
}

/** Who may act. */
function operator(request: ApiRequest, ports: HttpPorts): Promise<void> {
	return admit(request, ports, "operator");
}

/** By what lets the viewer in: who came by Access cannot sign in with a token. */
const howToAct: Readonly<Record<Caller["via"], string>> = {
	cookie: "To act, sign out, and in again with the ADMIN_TOKEN.",
	token: "To act, send the ADMIN_TOKEN.",
	access: "To act, be named in the variable ACCESS_OPERATORS.",
};

async function admit(request: ApiRequest, ports: HttpPorts, needed: Role): Promise<void> {
	const caller = await identify(request, authPorts(ports));
	// A token is sent on purpose; a cookie, and what Access adds, by the browser, whoever made it ask.
	if (caller.via !== "token" && isAct(request)) requireSameOrigin(request);
	requireConfig(ports);
	if (needed === "operator" && caller.role !== "operator") {
		throw new HttpError("operators_only", `A viewer reads. ${howToAct[caller.via]}`);
	}
	request.caller = caller;
}

/** An upgrade counts: a socket is not kept from other pages by anything but this. */
function isAct({ method, headers }: Request): boolean {
	return !/^(GET|HEAD)$/.test(method) || headers.has("upgrade");
}

/** After the credential: what is wrong here is nobody else's business. */
function requireConfig({ env }: HttpPorts): void {
	const config = readConfig(env);
	if (config.ok) return;
	throw new HttpError("wrong_configuration", `${config.error.join("; ")}.`);
}

function callerOf({ caller }: ApiRequest): Caller {
	if (caller === undefined) throw new Error("a route without viewer or operator has no caller");
	return caller;
}

function authPorts({ env, log }: HttpPorts): AuthPorts {
	const { credentials } = readCredentials(env);
	return { credentials, database: env.DB, nowMs: Date.now(), log };
}

/** Refuses every query parameter but these. */
function takes(...parameters: string[]): Handler {
	return (request) => checkQuery(queryOf(request), parameters);
}

/** For known addresses asked with a method that they do not have. */
function allow(methods: string): Handler {
	return (request) => {
		const message = `${request.method} is not possible here; ${methods} is.`;
		throw new HttpError("method_not_allowed", message, { allow: methods });
	};
}

function sources({ env }: HttpPorts) {
	return { database: env.DB, findCoordinator: coordinatorsOf(env.RUN_COORDINATOR) };
}

function namedSources(ports: HttpPorts) {
	return { ...sources(ports), nameTasks: taskNamesOf(ports.createJobs(), ports.log) };
}

function liveSources({ env }: HttpPorts) {
	return { database: env.DB, openLive: liveOf(env.RUN_COORDINATOR) };
}

function actPorts(request: ApiRequest, ports: HttpPorts) {
	const { name, role, via } = callerOf(request);
	return { ...sources(ports), log: ports.log, who: { name, role, via } };
}

function startPorts(request: ApiRequest, ports: HttpPorts) {
	return { ...actPorts(request, ports), jobs: ports.createJobs() };
}

function scheduleActPorts(request: ApiRequest, ports: HttpPorts): ScheduleActPorts {
	return { ...schedulePorts(ports), ...actPorts(request, ports) };
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
		"unavailable",
		"The ledger could not be reached just now. Try again; if it stays so, look for the requestId in the logs.",
	);
	return errorResponse(unavailable, requestId);
}
