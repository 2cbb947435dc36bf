import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskMessage } from "../../src/domain/message.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import {
	type Habit,
	habits,
	type QuotingTwitch,
	startQuotingTwitch,
	type TokenHabit,
	tokenHabits,
} from "../support/quoting-twitch.ts";

/**
 * P8: no token, secret or header is found in a log, a ledger row or an answer, whatever Twitch quotes and callers send.
 * The one place that keeps a secret is the TwitchGate object, whose work that is.
 */
const accessToken = "planted-access-token-b1946ac92492d2347c6235b4";
const clientSecret = "planted-client-secret-591785b794601e212b260e25";
/** Somebody's, sent to where it does not belong. */
const strayToken = "planted-stray-token-d3b07384d113edec49eaa6238ad5ff00";
const planted = [accessToken, clientSecret, strayToken, adminToken];

let deployment: Deployment;
let twitch: QuotingTwitch;
const answers: string[] = [];
const runIds: string[] = [];

beforeAll(async () => {
	twitch = await startQuotingTwitch({ accessToken, clientSecret });
	const urls = { TWITCH_API_URL: twitch.apiUrl, TWITCH_AUTH_URL: twitch.authUrl };
	deployment = await deploy({ streamers: 30, clientSecret }, { ...urls, MAX_ATTEMPTS: "1" });
});
afterAll(async () => {
	await deployment.close();
	await twitch.close();
});

function idOf(index: number): string {
	const streamer = deployment.twitch.streamers[index];
	if (streamer === undefined) throw new Error("no such streamer");
	return streamer.id;
}

/** Every answer is kept, with its headers. */
async function ask(path: string, init?: RequestInit): Promise<{ status: number; body: string }> {
	const answer = await deployment.api(path, init);
	const body = await answer.text();
	answers.push(JSON.stringify([...answer.headers]), body);
	return { status: answer.status, body };
}

async function runAll(body: object = {}): Promise<Summary> {
	const answer = await ask("/api/runs", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job: "collect-clips", ...body }),
	});
	const { runId } = JSON.parse(answer.body) as { runId: string };
	runIds.push(runId);
	return deployment.sealed(runId);
}

async function tasksOf(runId: string): Promise<TaskView[]> {
	const { body } = await ask(`/api/runs/${runId}/tasks`);
	const { tasks } = JSON.parse(body) as { tasks: TaskView[] };
	for (const { taskId } of tasks) await ask(`/api/runs/${runId}/tasks/${taskId}`);
	return tasks;
}

/** Everything that the ledger holds: all tables of D1, and of every run's own SQLite. */
async function ledgerRows(): Promise<string[]> {
	const tables =
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'";
	const rows: string[] = [];
	for (const { name } of await deployment.rows<{ name: string }>(tables)) {
		for (const row of await deployment.rows(`SELECT * FROM "${name}"`)) {
			rows.push(`D1 ${name} ${JSON.stringify(row)}`);
		}
	}
	for (const runId of runIds) {
		const storage = await deployment.worker.getDurableObjectStorage("RUN_COORDINATOR", {
			name: runId,
		});
		for (const { name } of (await storage.exec(tables)) as { name: string }[]) {
			for (const row of await storage.exec(`SELECT * FROM "${name}"`)) {
				rows.push(`${runId} ${name} ${JSON.stringify(row)}`);
			}
		}
	}
	return rows;
}

/** Lines with a planted secret, or with half of one. */
function leaks(lines: readonly string[]): string[] {
	const parts = planted.flatMap((secret) => [
		secret,
		secret.slice(0, 24),
		secret.slice(-16),
		Buffer.from(secret).toString("base64").slice(0, 24),
	]);
	return lines.flatMap((line) => {
		const at = Math.max(...parts.map((part) => line.indexOf(part)));
		return at < 0 ? [] : [`${line.slice(0, 60)} … ${line.slice(Math.max(0, at - 100), at + 60)}`];
	});
}

async function expectNoLeaks(): Promise<void> {
	const logs = deployment.harness.getLogs().map((line) => JSON.stringify(line));
	const rows = await ledgerRows();
	expect(logs.length * rows.length * answers.length).toBeGreaterThan(0);
	expect({ logs: leaks(logs), rows: leaks(rows), answers: leaks(answers) }).toEqual({
		logs: [],
		rows: [],
		answers: [],
	});
}

describe("no planted secret is found in a log, a row or an answer", () => {
	it("when Twitch quotes what it was sent in every way it can", async () => {
		const names = Object.keys(habits) as Habit[];
		for (const [index, habit] of names.entries()) twitch.habits.set(idOf(index), habit);
		const sealed = await runAll();
		const tasks = await tasksOf(sealed.runId);
		const codes = new Set(tasks.map(({ error }) => error?.code));
		// Every habit has done its work: there was something to leak.
		expect(twitch.quoted).toBeGreaterThanOrEqual(names.length);
		// A page without one proper clip is no failure, and the harness itself follows redirects.
		expect(sealed.tasks.failed).toBeGreaterThanOrEqual(names.length - 2);
		expect(codes.size).toBeGreaterThanOrEqual(7);
		expect(JSON.stringify(tasks)).toContain("[hidden]");
		await expectNoLeaks();
	});

	it.each(Object.keys(tokenHabits) as TokenHabit[])(
		"when the token is refused and the token endpoint quotes the secret: %s",
		async (habit) => {
			twitch.habits.clear();
			for (const { id } of deployment.twitch.streamers) twitch.habits.set(id, "unauthorized");
			twitch.tokenHabit = habit;
			const sealed = await runAll();
			expect(sealed.tasks.failed).toBe(30);
			expect(sealed.errors.map(({ code }) => code)).toEqual([
				expect.stringMatching(/^twitch_(credentials|auth_unavailable)$/),
			]);
			await tasksOf(sealed.runId);
			twitch.tokenHabit = null;
			await expectNoLeaks();
		},
	);

	it("when messages that nobody can read come out of the queues", async () => {
		const { TASKS, DEAD_LETTERS } = await deployment.worker.getEnv();
		const message = { version: 1, runId: runIds[0], messageNo: 1, taskIds: [idOf(0)] };
		const bodies: unknown[] = [
			strayToken,
			{ authorization: `Bearer ${strayToken}` },
			{ ...message, version: strayToken },
			{ ...message, runId: strayToken },
			{ ...message, messageNo: strayToken },
			{ ...message, taskIds: strayToken },
			{ ...message, taskIds: [`${strayToken} `] },
			{ ...message, taskIds: [strayToken], runId: "collect-clips-19990101T0000Z" },
			{ ...message, secret: strayToken },
			[strayToken],
		];
		const queues = [TASKS, DEAD_LETTERS as Queue<TaskMessage>];
		for (const queue of queues) {
			await queue.sendBatch(bodies.map((body) => ({ body: body as TaskMessage })));
		}
		const unreadable = () =>
			deployment.harness.getLogs().filter(({ message }) => message.includes("_unreadable")).length;
		await expect.poll(unreadable, { timeout: 20_000 }).toBe(16);
		await expectNoLeaks();
	});

	it("when callers send them in addresses, headers and bodies", async () => {
		const before = runIds.length;
		const json = { "content-type": "application/json" };
		const { status } = await ask("/api/runs", {
			method: "POST",
			headers: { ...json, "idempotency-key": strayToken },
			body: JSON.stringify({ job: "collect-clips", taskIds: [idOf(29)] }),
		});
		expect(status).toBe(202);
		expect((await ask(`/healthz?token=${strayToken}`)).status).toBe(200);
		const stray = { headers: { authorization: `Bearer ${strayToken}` } };
		const requests: [string, RequestInit?][] = [
			[`/api?access_token=${strayToken}`],
			[`/api/runs?access_token=${strayToken}`],
			[`/api/runs?${strayToken}`],
			[`/api/runs?cursor=${strayToken}&job=${strayToken}&state=${strayToken}`],
			[`/api/runs?limit=${strayToken}`],
			[`/api/runs?limit=1&limit=${strayToken}`],
			[`/api/runs/latest?job=${strayToken}`],
			[`/api/${strayToken}`],
			[`/api/${adminToken}/runs`],
			[`/api/runs/${strayToken}`],
			[`/api/runs/${strayToken}/tasks`],
			[`/api/runs/${runIds[0]}/tasks/${strayToken}`],
			[`/api/runs/${runIds[0]}/tasks?cursor=${strayToken}&state=${strayToken}`],
			[`/api/runs/${runIds[0]}/cancel`, { method: "POST", body: strayToken }],
			[`/api/runs/${runIds[0]}`, stray],
			["/api/runs", { ...stray, method: "DELETE" }],
			["/api/runs", { headers: { authorization: `Basic ${btoa(`daicho:${strayToken}`)}` } }],
			["/api/runs", { headers: { authorization: strayToken } }],
			["/api/nothing", { headers: { cookie: strayToken, "x-api-key": strayToken } }],
			["/api/nothing", { headers: { "cf-ray": strayToken, "user-agent": strayToken } }],
			["/api/runs", { method: "POST", headers: json, body: strayToken }],
			["/api/runs", { method: "POST", headers: json, body: JSON.stringify({ job: strayToken }) }],
			[
				"/api/runs",
				{
					method: "POST",
					headers: json,
					body: JSON.stringify({ job: "collect-clips", window: strayToken }),
				},
			],
			[
				"/api/runs",
				{ method: "POST", headers: { ...json, "idempotency-key": `${strayToken} ` }, body: "{}" },
			],
			["/api/runs", { method: "POST", headers: { "content-type": strayToken }, body: "{}" }],
			[
				`/api/runs/${runIds[0]}/rerun`,
				{ method: "POST", headers: json, body: JSON.stringify({ scope: strayToken }) },
			],
		];
		for (const [path, init] of requests) {
			const answer = await ask(path, init);
			expect(answer.status, path).toBeGreaterThanOrEqual(400);
			expect(answer.status, path).toBeLessThan(500);
		}
		expect(runIds.length).toBe(before);
		await expectNoLeaks();
	});
});

describe("the log of a run", () => {
	/** Every line since `clearLogs`, parsed: a line that is no JSON fails the test. */
	const lines = () =>
		deployment.harness
			.getLogs()
			.map(({ message }) => JSON.parse(message) as Record<string, unknown>)
			.filter(({ service }) => service !== "http");

	it("in which all went well is two lines, each with service, level, event and run", async () => {
		twitch.habits.clear();
		deployment.harness.clearLogs();
		const sealed = await runAll();
		expect(sealed).toMatchObject({ verdict: "succeeded", tasks: { planned: 30, succeeded: 30 } });
		const written = deployment.harness.getLogs().length;
		expect(lines()).toEqual([
			{
				service: "run-coordinator",
				level: "info",
				event: "run_started",
				runId: sealed.runId,
				trigger: "manual",
			},
			{
				service: "run-coordinator",
				level: "info",
				event: "run_sealed",
				runId: sealed.runId,
				verdict: "succeeded",
			},
		]);
		process.stdout.write(`\nlines of log of a good run of 30 streamers: ${written}\n`);
		expect(written).toBe(2);
	});

	it("in which tasks failed has one line more for each, with run, task, attempt and code", async () => {
		twitch.habits.set(idOf(3), "notFound");
		twitch.habits.set(idOf(4), "serverError");
		deployment.harness.clearLogs();
		const sealed = await runAll();
		const failed = {
			service: "run-coordinator",
			level: "warn",
			event: "task_failed",
			runId: sealed.runId,
			attempt: 1,
		};
		expect(lines().filter(({ event }) => event === "task_failed")).toEqual(
			expect.arrayContaining([
				{ ...failed, taskId: idOf(3), code: "twitch_not_found" },
				{ ...failed, taskId: idOf(4), code: "twitch_server_error" },
			]),
		);
		expect(lines()).toHaveLength(4);
	});
});
