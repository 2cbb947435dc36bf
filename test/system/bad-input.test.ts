import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badBodies } from "../support/bad-bodies.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { isOfApi, mutatedRequest, type PlainRequest } from "../support/mutated-requests.ts";
import { type RawAnswer, RawClient } from "../support/raw-request.ts";

/**
 * Whatever is sent to the built Worker, it answers with a status below 500, in its own form and its own words, and the
 * log has the request's id.
 */
let deployment: Deployment;
let client: RawClient;
let runId: string;
let taskId: string;
const tally = new Map<string, number>();
const refused = new Map<string, { status: number; code: string }>();
const startedAtMs = Date.now();

beforeAll(async () => {
	deployment = await deploy({ streamers: 2 }, { MAX_ATTEMPTS: "1" });
	client = new RawClient((await deployment.harness.listen()).url);
	taskId = deployment.twitch.streamers[0]?.id ?? "";
	const answer = await send({ method: "POST", body: '{"job":"collect-clips"}' });
	({ runId } = JSON.parse(answer.text) as { runId: string });
	await deployment.sealed(runId);
});

afterAll(async () => {
	const runs = await deployment.rows("SELECT count(*) AS runs FROM runs");
	const answers = [...tally].sort(([left], [right]) => left.localeCompare(right));
	process.stdout.write(
		`\nanswers to bad input: ${answers.map(([status, count]) => `${status}: ${count}`).join(", ")}; ` +
			`${JSON.stringify(runs[0])}, ${Date.now() - startedAtMs} ms\n`,
	);
	client.close();
	await deployment.close();
});

interface Sent {
	readonly method?: string;
	readonly path?: string;
	readonly query?: string;
	readonly headers?: Record<string, string>;
	readonly body?: string | Buffer;
}

/** With the admin's token and as JSON, unless the headers say otherwise. */
function send({ method = "GET", path = "/api/runs", query, headers = {}, body }: Sent) {
	const request: PlainRequest = {
		method,
		path: path.slice(1).split("/"),
		query: query === undefined ? [] : [query],
		headers: {
			authorization: `Bearer ${adminToken}`,
			...(body === undefined ? {} : { "content-type": "application/json" }),
			...headers,
		},
		body: body === undefined ? null : Buffer.from(body),
	};
	return sendPlain(request);
}

async function sendPlain(request: PlainRequest): Promise<RawAnswer> {
	const answer = await client.send(request);
	tally.set(String(answer.status), (tally.get(String(answer.status)) ?? 0) + 1);
	checkForm(request, answer);
	return answer;
}

/** Words of a database, an engine or a stack, of which none is for a caller. */
const innerWords =
	/D1_|SQLITE|Sqlite|Drizzle|Failed query|(Type|Syntax|Range|Reference)Error|\n\s*at |\.[jt]s\b|node_modules|workerd|undefined|\[object/;

/** Below 500, and in the API's form when it is an error. */
function checkForm(request: PlainRequest, { status, headers, text }: RawAnswer): void {
	const { method, path, body } = request;
	const sent = `${method} /${path.join("/")} ${JSON.stringify(request.headers)} ${String(body).slice(0, 500)}`;
	expect(status, `${text}\nto ${sent}`).toBeGreaterThanOrEqual(200);
	expect(status, `${text}\nto ${sent}`).toBeLessThan(500);
	if (!isOfApi(request)) return;
	if (method === "HEAD" || status < 400) return;
	expect(headers["content-type"]).toBe("application/json");
	expect(headers["cache-control"]).toBe("no-store");
	const answer = JSON.parse(text) as { error: Record<string, string> };
	expect(Object.keys(answer)).toEqual(["error"]);
	const { code = "", message = "", requestId = "", ...rest } = answer.error;
	expect(rest).toEqual({});
	expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
	expect(message.length).toBeGreaterThan(15);
	expect(message.length).toBeLessThan(2_000);
	expect(text).not.toMatch(innerWords);
	expect(requestId).toMatch(/^[\w-]{16,}$/);
	refused.set(requestId, { status, code });
}

async function refusalOf(sent: Sent) {
	const { status, text } = await send(sent);
	const { error } = JSON.parse(text) as { error: { code: string; message: string } };
	return { status, code: error.code, message: error.message };
}

const startBody = () => JSON.stringify({ job: "collect-clips", taskIds: [taskId] });

describe("query parameters", () => {
	const known: [string, string, string[]][] = [
		["GET", "/api/runs", ["job", "state", "verdict", "limit", "cursor"]],
		["GET", "/api/runs/latest", ["job"]],
		["GET", "/api/runs/:runId", []],
		["GET", "/api/runs/:runId/tasks", ["state", "limit", "cursor"]],
		["GET", "/api/runs/:runId/tasks/:taskId", []],
		["GET", "/api/runs/:runId/grid", ["part"]],
		["GET", "/api/runs/:runId/live", []],
		["GET", "/api/matrix", ["job", "runs", "limit", "search", "cursor"]],
		["GET", "/api/audit", ["limit", "cursor"]],
		["GET", "/api/session", []],
		["POST", "/api/session", []],
		["DELETE", "/api/session", []],
		["POST", "/api/runs", []],
		["POST", "/api/runs/:runId/rerun", []],
		["POST", "/api/runs/:runId/cancel", []],
	];
	it.each(known)(
		"that are unknown are refused, the known ones named: %s %s",
		async (method, route, names) => {
			const path = route.replace(":runId", runId).replace(":taskId", taskId);
			for (const query of ["limt=5", "Limit=5", "__proto__=1", "=1", "%00=1", "dryRun=true"]) {
				const refusal = await refusalOf({ method, path, query });
				expect(refusal).toMatchObject({ status: 400, code: "unknown_parameter" });
				for (const name of names) expect(refusal.message).toContain(name);
				if (names.length === 0) expect(refusal.message).toContain("no query parameters");
			}
		},
	);

	it("of the health are nobody's business: monitors add their own", async () => {
		for (const query of ["t=1795454102123", "limit=1&limit=2"]) {
			expect((await send({ path: "/healthz", query })).status).toBe(200);
		}
	});

	it("that stand there twice are refused", async () => {
		for (const query of ["limit=1&limit=2", "limit=1&limit=1", "state=sealed&state=sealed"]) {
			expect(await refusalOf({ query })).toMatchObject({ status: 400, code: "repeated_parameter" });
		}
	});

	it.each([
		["limit=", "invalid_limit"],
		["limit=%31%00", "invalid_limit"],
		["limit=%D9%A3", "invalid_limit"],
		["limit=-1", "invalid_limit"],
		["limit=1.0", "invalid_limit"],
		["limit=99999999999999999999", "invalid_limit"],
		["job=", "invalid_job"],
		["job=%ff%fe", "invalid_job"],
		["job=constructor%00", "invalid_job"],
		["state=constructor", "invalid_state"],
		["state=", "invalid_state"],
		["verdict=__proto__", "invalid_verdict"],
		["cursor=", "invalid_cursor"],
		["cursor=1_constructor", "invalid_cursor"],
		["cursor=99999999999999999999_collect-clips-20261123T1700Z", "invalid_cursor"],
		["cursor=1795454102123_collect-clips-20261123T1700Z%27--", "invalid_cursor"],
	])("with impossible values are refused: %s", async (query, code) => {
		expect(await refusalOf({ query })).toMatchObject({ status: 400, code });
	});
});

describe("ids", () => {
	it.each([
		["%ff%fe"],
		["%00"],
		["collect-clips-20261123T1700Z%00"],
		["collect-clips-20261123T1700Z%20"],
		["..%2f..%2fruns"],
		["__proto__"],
		["x".repeat(8_000)],
		[`collect-clips-20261123T1700Z${"-r1".repeat(40)}`],
	])("that cannot be are not found: %s", async (id) => {
		for (const rest of ["", "/tasks", "/tasks/1"]) {
			const refusal = await refusalOf({ path: `/api/runs/${id}${rest}` });
			expect(refusal).toMatchObject({ status: 404, code: "run_not_found" });
		}
		const task = await refusalOf({ path: `/api/runs/${runId}/tasks/${id.slice(0, 4)}%20` });
		expect(task).toMatchObject({ status: 404, code: "task_not_found" });
	});

	it("that nobody has leave nothing behind in their object", async () => {
		const name = "collect-clips-19990101T0000Z";
		for (const rest of ["", "/tasks", "/tasks/1", "/rerun", "/cancel"]) {
			const post = rest === "/rerun" || rest === "/cancel";
			await refusalOf({
				method: post ? "POST" : "GET",
				path: `/api/runs/${name}${rest}`,
				...(rest === "/rerun" ? { body: '{"scope":"all"}' } : {}),
			});
		}
		const storage = await deployment.worker.getDurableObjectStorage("RUN_COORDINATOR", { name });
		// What begins with `_` is the platform's own.
		const tables = "SELECT name FROM sqlite_master WHERE substr(name, 1, 1) <> '_'";
		expect(await storage.exec(tables)).toEqual([]);
	});
});

describe("bodies", () => {
	it.each(badBodies)("with %s are refused", async (_, body, status, code) => {
		expect(await refusalOf({ method: "POST", body: body() })).toMatchObject({ status, code });
	});

	it("over 256 KB are refused in chunks too, whatever length they claim", async () => {
		const body = Buffer.alloc(400_000, 0x20);
		const chunked = await refusalOf({
			method: "POST",
			body,
			headers: { "transfer-encoding": "chunked" },
		});
		expect(chunked).toMatchObject({ status: 413, code: "body_too_large" });
	});

	it("may begin with a byte-order mark", async () => {
		const headers = { "idempotency-key": "marked" };
		const marked = await send({ method: "POST", headers, body: `\ufeff${startBody()}` });
		expect(marked.status).toBe(202);
		const plain = await send({ method: "POST", headers, body: startBody() });
		expect(plain.text).toBe(marked.text);
	});

	it("of a cancellation are refused, so that nobody means a part and stops the whole", async () => {
		const path = `/api/runs/${runId}/cancel`;
		for (const body of [`{"taskIds":["${taskId}"]}`, "[]", "x", "\0"]) {
			const refusal = await refusalOf({ method: "POST", path, body });
			expect(refusal).toMatchObject({ status: 400, code: "unexpected_body" });
		}
		for (const body of ["{}", " "]) {
			const over = await refusalOf({ method: "POST", path, body });
			expect(over).toMatchObject({ status: 409, code: "run_closed" });
		}
	});
});

describe("headers", () => {
	it.each([
		"",
		"Bearer",
		"Bearer ",
		"Bearer \xff\xfe",
		"Bearer a b",
		"Basic x",
		"\xe9",
		"Bearer\t",
		"x".repeat(8_000),
	])("Authorization %j lets nobody in", async (authorization) => {
		const refusal = await refusalOf({ headers: { authorization } });
		expect(refusal).toMatchObject({ status: 401, code: "unauthorized" });
	});

	it.each(["", "a b", "\xe9", "x".repeat(201), "a,\tb"])(
		"Idempotency-Key %j is refused",
		async (key) => {
			const headers = { "idempotency-key": key };
			const refusal = await refusalOf({ method: "POST", headers, body: startBody() });
			expect(refusal).toMatchObject({ status: 400, code: "invalid_idempotency_key" });
		},
	);

	it.each(["", "*garbage", '"', "W/", ",,,", "\xff", "x".repeat(5_000), "null"])(
		"If-None-Match %j is as good as none",
		async (tag) => {
			const answer = await send({ path: `/api/runs/${runId}`, headers: { "if-none-match": tag } });
			expect(answer.status).toBe(200);
		},
	);

	it.each(["", "text/plain", "application/jsonx", "application/json, text/html", "json", "\xff"])(
		"Content-Type %j is refused",
		async (type) => {
			const headers = { "content-type": type };
			const refusal = await refusalOf({ method: "POST", headers, body: startBody() });
			expect(refusal).toMatchObject({ status: 415, code: "unsupported_media_type" });
		},
	);

	it("that call themselves Cloudflare's do not make the request's id", async () => {
		const answer = await send({ path: "/nowhere", headers: { "cf-ray": "<b>mine</b>" } });
		expect(answer.text).not.toContain("mine");
	});
});

describe("methods", () => {
	it("with a body that they do not have are answered as without", async () => {
		for (const method of ["GET", "HEAD"]) {
			const answer = await send({ method, path: `/api/runs/${runId}`, body: "{}" });
			expect(answer.status).toBe(200);
			expect(answer.text === "").toBe(method === "HEAD");
		}
	});
});

describe("thousands of mutated requests", () => {
	// So many and no others, by the seed: who stopped after a time would ask less on a slow machine. One that fails is told
	// as it is: looking for a shorter one asks tens of thousands.
	it("are answered below 500, in the API's form and words", { timeout: 300_000 }, async () => {
		const known = { adminToken, runIds: [runId, "collect-clips-19990101T0000Z"], taskId };
		await fc.assert(
			fc.asyncProperty(
				fc.array(mutatedRequest(known), { maxLength: 100, size: "max" }),
				async (requests) => {
					await Promise.all(requests.map((request) => sendPlain(request)));
				},
			),
			{ numRuns: 60, seed: 20261123, endOnFailure: true },
		);
		expect([...tally.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(2_000);
		expect((await send({ path: "/healthz" })).status).toBe(200);
	});
});

describe("the log", () => {
	it("has the id, status and code of every request that was refused", async () => {
		const lines = () =>
			deployment.harness
				.getLogs()
				.filter(({ message }) => message.startsWith("{"))
				.map(({ message }) => JSON.parse(message) as Record<string, unknown>)
				.filter(({ event }) => event === "request_refused");
		const missing = () => {
			const ids = new Set(lines().map(({ requestId }) => requestId));
			return [...refused.keys()].filter((requestId) => !ids.has(requestId));
		};
		await expect.poll(missing).toEqual([]);
		const logged = new Map(lines().map((line) => [line["requestId"], line]));
		for (const [requestId, { status, code }] of refused) {
			expect(logged.get(requestId)).toMatchObject({ status, code, level: "warn" });
		}
		expect(deployment.harness.getLogs().filter(({ level }) => level === "error")).toEqual([]);
	});
});
