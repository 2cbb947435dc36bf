import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskMessage } from "../../src/domain/message.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";

/** A deployment with wrong vars: nothing runs on a guess, the operator is told, and nobody else. */
const pasted = "a-secret-that-was-set-under-the-wrong-name";
const runId = "collect-clips-20261123T1700Z";
let deployment: Deployment;

beforeAll(async () => {
	const wrong = { LEASE_SECONDS: "soon", MAX_ATTEMPTS: "0", CLIP_WINDOW_HOURS: pasted };
	deployment = await deploy({ streamers: 2 }, wrong);
});
afterAll(() => deployment.close());

const problems = [
	'LEASE_SECONDS is "soon"; it must be a whole number of seconds from 20 to 900',
	'MAX_ATTEMPTS is "0"; it must be a whole number of attempts from 1 to 20',
	`CLIP_WINDOW_HOURS is a value of ${pasted.length} characters; it must be a whole number of hours from 1 to 336`,
];
const names = ["LEASE_SECONDS", "MAX_ATTEMPTS", "CLIP_WINDOW_HOURS", "soon", "configuration"];

const routes: [string, string][] = [
	["GET", "/api/runs"],
	["POST", "/api/runs"],
	["GET", "/api/runs/latest"],
	["GET", `/api/runs/${runId}`],
	["GET", `/api/runs/${runId}/tasks`],
	["GET", `/api/runs/${runId}/tasks/1`],
	["POST", `/api/runs/${runId}/rerun`],
	["POST", `/api/runs/${runId}/cancel`],
	["DELETE", "/api/runs"],
	["GET", "/api/session"],
	["GET", "/api/audit"],
	["GET", "/api/matrix"],
	["GET", `/api/runs/${runId}/grid`],
	["GET", `/api/runs/${runId}/live`],
];

function logged(event: string) {
	return deployment.harness
		.getLogs()
		.filter(({ message }) => message.startsWith("{"))
		.map(({ message }) => JSON.parse(message) as Record<string, unknown>)
		.filter((line) => line["event"] === event);
}

describe("with wrong vars", () => {
	it.each(routes)("the operator is told all of them: %s %s", async (method, path) => {
		const answer = await deployment.api(path, { method });
		expect(answer.status).toBe(500);
		const { error } = (await answer.json()) as { error: Record<string, string> };
		expect(error["code"]).toBe("wrong_configuration");
		for (const problem of problems) expect(error["message"]).toContain(problem);
		expect(error["message"]).not.toContain(pasted);
		expect(logged("request_refused").at(-1)).toMatchObject({
			level: "error",
			requestId: error["requestId"],
			code: "wrong_configuration",
		});
	});

	it.each(routes)("nobody without the token learns of it: %s %s", async (method, path) => {
		for (const authorization of ["", "Bearer wrong"]) {
			const answer = await deployment.api(path, { method, headers: { authorization } });
			expect(answer.status).toBe(401);
			const text = await answer.text();
			for (const name of names) expect(text).not.toContain(name);
		}
	});

	it("nobody gets a session, and who has the token is told why", async () => {
		const signIn = async (token: string) => {
			const answer = await deployment.api("/api/session", {
				method: "POST",
				headers: { "content-type": "application/json", authorization: "" },
				body: JSON.stringify({ token }),
			});
			expect(answer.headers.get("set-cookie")).toBeNull();
			return { status: answer.status, text: await answer.text() };
		};
		const right = await signIn(adminToken);
		expect(right.status).toBe(500);
		expect(right.text).toContain("wrong_configuration");
		const wrong = await signIn("wrong");
		expect(wrong.status).toBe(401);
		for (const name of names) expect(wrong.text).not.toContain(name);
		expect(await deployment.rows("SELECT * FROM audit")).toEqual([]);
	});

	it("the health is told as ever, and nothing of the vars", async () => {
		const answer = await deployment.harness.fetch("/healthz");
		expect(answer.status).toBe(200);
		const text = await answer.text();
		for (const name of names) expect(text).not.toContain(name);
	});

	it("the cron fails, and says why in the log", async () => {
		const { outcome } = await deployment.worker.scheduled({ cron: "0 * * * *" });
		expect(outcome).toBe("exception");
		const said = logged("wrong_configuration").filter(({ service }) => service === "cron");
		expect(said).toEqual([
			{ service: "cron", level: "error", event: "wrong_configuration", problems },
		]);
		expect(await deployment.rows("SELECT * FROM runs")).toEqual([]);
	});

	it("a message is left to the queue, and the log says why", async () => {
		const { TASKS } = await deployment.worker.getEnv();
		const message = { version: 1, runId, messageNo: 1, taskIds: ["1"] } as unknown as TaskMessage;
		await TASKS.send(message);
		const said = () =>
			logged("wrong_configuration").filter(({ service }) => service === "consumer");
		await expect.poll(() => said().length, { timeout: 10_000 }).toBeGreaterThan(0);
		expect(said()[0]).toMatchObject({ level: "error", problems });
		expect(JSON.stringify(deployment.harness.getLogs())).not.toContain(pasted);
	});
});
