import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";

/** Who did what, when, to what: on the built Worker, also when the log cannot be written. */
interface Entry {
	readonly id: string;
	readonly at: string;
	readonly who: { readonly name: string; readonly role: string; readonly via: string };
	readonly action: string;
	readonly subject: string;
	readonly detail: Record<string, unknown>;
	readonly result: string | null;
}

const viewerToken = "a-viewer-token-of-the-tests";
const byToken = { name: "admin token", role: "operator", via: "token" };
let deployment: Deployment;
let origin: string;

beforeAll(async () => {
	deployment = await deploy(
		{ streamers: 8 },
		{ VIEWER_TOKEN: viewerToken, MAX_ATTEMPTS: "1", REQUEST_TIMEOUT_SECONDS: "60" },
	);
	origin = new URL((await deployment.harness.listen()).url).origin;
});
afterAll(() => deployment.close());
afterEach(() => deployment.rows("DELETE FROM audit"));

function idOf(index: number): string {
	const streamer = deployment.twitch.streamers[index];
	if (streamer === undefined) throw new Error("no such streamer");
	return streamer.id;
}

function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
	return deployment.api(path, {
		method: "POST",
		headers: { "content-type": "application/json", ...headers },
		body: body === undefined ? null : JSON.stringify(body),
	});
}

async function start(body: object = {}, headers: Record<string, string> = {}): Promise<string> {
	const answer = await post("/api/runs", { job: "collect-clips", ...body }, headers);
	expect(answer.status).toBe(202);
	return ((await answer.json()) as { runId: string }).runId;
}

async function page(query = ""): Promise<{ entries: Entry[]; nextCursor: string | null }> {
	const answer = await deployment.api(`/api/audit${query}`, {
		headers: { authorization: `Bearer ${viewerToken}` },
	});
	expect(answer.status).toBe(200);
	return (await answer.json()) as { entries: Entry[]; nextCursor: string | null };
}

const entries = async () => (await page()).entries;

async function signIn(): Promise<string> {
	const answer = await post("/api/session", { token: adminToken }, { authorization: "", origin });
	return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("the audit log", () => {
	it("has a start with what was asked for, and the run that came of it", async () => {
		const window = { from: "2026-11-22T00:00:00Z", to: "2026-11-22T01:00:00Z" };
		const before = Date.now();
		const runId = await start({ taskIds: [idOf(0), idOf(1)], window });
		const [entry, ...others] = await entries();
		expect(others).toEqual([]);
		expect(entry).toEqual({
			id: expect.stringMatching(/^\d{13}-[0-9a-f]{16}$/),
			at: expect.stringMatching(/^20.*Z$/),
			who: byToken,
			action: "run.start",
			subject: "collect-clips",
			detail: {
				tasks: 2,
				taskIds: [idOf(0), idOf(1)].sort().join(", "),
				from: "2026-11-22T00:00:00.000Z",
				to: "2026-11-22T01:00:00.000Z",
			},
			result: runId,
		});
		expect(Date.parse(entry?.at ?? "")).toBeGreaterThanOrEqual(before);
		await deployment.sealed(runId);
	});

	it("has a rerun with its old and its new run, and nothing of a dry run", async () => {
		const runId = await start({ taskIds: [idOf(0)] });
		await deployment.sealed(runId);
		expect((await post(`/api/runs/${runId}/rerun`, { scope: "all", dryRun: true })).status).toBe(
			200,
		);
		const answer = await post(`/api/runs/${runId}/rerun`, { scope: "all" });
		expect(answer.status).toBe(202);
		await deployment.sealed(`${runId}-r1`);
		expect((await entries())[0]).toMatchObject({
			who: byToken,
			action: "run.rerun",
			subject: runId,
			detail: { scope: "all" },
			result: `${runId}-r1`,
		});
		expect(await entries()).toHaveLength(2);
	});

	it("has a cancel with what it stopped, and nothing of one that came too late", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const sealed = await start({ taskIds: [idOf(1)] });
		await deployment.sealed(sealed);
		const runId = await start();
		const cancelled = await post(`/api/runs/${runId}/cancel`);
		const answer = (await cancelled.json()) as { cancelled: number; running: number };
		expect((await entries())[0]).toMatchObject({
			who: byToken,
			action: "run.cancel",
			subject: runId,
			result: `${answer.cancelled} cancelled, ${answer.running} running`,
		});
		deployment.twitch.respondWith(idOf(0), null);
		await deployment.sealed(runId);
		expect((await post(`/api/runs/${sealed}/cancel`)).status).toBe(409);
		expect((await post("/api/runs/collect-clips-20200101T0000Z/cancel")).status).toBe(404);
		const starts = ["run.start", "run.start"];
		expect((await entries()).map(({ action }) => action)).toEqual(["run.cancel", ...starts]);
	});

	it("has pauses and resumes, with why", async () => {
		const until = new Date(Date.now() + 3_600_000).toISOString();
		const pause = { job: "collect-clips", until, reason: "<script>alert(1)</script>" };
		expect((await post("/api/schedule/pause", pause)).status).toBe(200);
		expect((await post("/api/schedule/resume", { job: "collect-clips" })).status).toBe(200);
		expect((await post("/api/schedule/pause", { ...pause, until: "soon" })).status).toBe(400);
		expect(await entries()).toEqual([
			expect.objectContaining({ action: "schedule.resume", subject: "collect-clips" }),
			expect.objectContaining({
				action: "schedule.pause",
				subject: "collect-clips",
				detail: { until, reason: pause.reason },
				result: `paused until ${until}`,
			}),
		]);
	});

	it("has signing in and out, of one session, and nothing of a wrong token", async () => {
		const wrong = await post("/api/session", { token: "wrong" }, { origin });
		expect(wrong.status).toBe(401);
		const cookie = await signIn();
		const out = { authorization: "", cookie, origin };
		for (let times = 0; times < 2; times += 1) {
			await deployment.api("/api/session", { method: "DELETE", headers: out });
		}
		const [signedOut, signedIn, ...others] = await entries();
		expect(others).toEqual([]);
		expect(signedIn).toMatchObject({
			who: byToken,
			action: "session.sign_in",
			subject: expect.stringMatching(/^session [0-9a-f]{8}$/),
			result: expect.stringMatching(/^until 20/),
		});
		expect(signedOut).toMatchObject({
			who: { ...byToken, via: "cookie" },
			action: "session.sign_out",
			subject: signedIn?.subject,
		});
		expect(JSON.stringify([signedIn, signedOut])).not.toContain(cookie.slice(20, 60));
	});

	it("says who acted by a session, and has a request that is repeated once", async () => {
		const headers = { authorization: "", cookie: await signIn(), origin, "idempotency-key": "k" };
		const body = { job: "collect-clips", taskIds: [idOf(3)] };
		const answers = await Promise.all(
			[1, 2, 3, 4].map(() => post("/api/runs", body, { ...headers })),
		);
		expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
		const [first] = answers;
		if (first === undefined) throw new Error("no answer");
		const { runId } = (await first.json()) as { runId: string };
		await deployment.sealed(runId);
		await post("/api/runs", body, headers);
		const rerun = { scope: "all" };
		for (let times = 0; times < 3; times += 1) {
			const again = await post(`/api/runs/${runId}/rerun`, rerun, headers).then(
				({ status }) => status,
			);
			// The key was used for a start before.
			expect(again).toBe(409);
		}
		for (let times = 0; times < 3; times += 1) {
			await post(`/api/runs/${runId}/rerun`, rerun, { ...headers, "idempotency-key": "r" });
			await post("/api/schedule/resume", { job: "collect-clips" }, headers);
		}
		await deployment.sealed(`${runId}-r1`);
		const found = await entries();
		expect(found.map(({ action }) => action).sort()).toEqual(
			["run.rerun", "run.start", "schedule.resume", "session.sign_in"].sort(),
		);
		for (const { action, who } of found) {
			expect(who.via).toBe(action === "session.sign_in" ? "token" : "cookie");
		}
	});

	it("has the result of a request that came again after its answer was lost, and the act is not done twice", async () => {
		const until = new Date(Date.now() + 3_600_000).toISOString();
		const pause = { job: "collect-clips", until, reason: "D1 is moved" };
		const key = { "idempotency-key": "lost" };
		const paused = async () => {
			const answer = await deployment.api("/api/schedule");
			return ((await answer.json()) as { jobs: { paused: object | null }[] }).jobs[0]?.paused;
		};
		expect((await post("/api/schedule/pause", pause, key)).status).toBe(200);
		// As after a Worker that was cut off between the act and its result.
		await deployment.rows("UPDATE audit SET result = NULL");
		expect((await post("/api/schedule/pause", pause, key)).status).toBe(200);
		expect(await entries()).toMatchObject([{ result: `paused until ${until}` }]);

		expect((await post("/api/schedule/resume", { job: "collect-clips" })).status).toBe(200);
		const late = await post("/api/schedule/pause", pause, key);
		expect(late.status).toBe(200);
		expect(await late.json()).toMatchObject({ job: "collect-clips", paused: null });
		expect(await paused()).toBeNull();
		expect((await entries()).map(({ action }) => action)).toEqual([
			"schedule.resume",
			"schedule.pause",
		]);
	});

	it("answers a cancel that is repeated with its key with what it did, also when the run is long over", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const runId = await start();
		const key = { "idempotency-key": "stop" };
		const cancel = async () => {
			const answer = await post(`/api/runs/${runId}/cancel`, undefined, key);
			return { status: answer.status, body: await answer.json() };
		};
		const first = await cancel();
		expect(first).toMatchObject({ status: 200, body: { runId } });
		await deployment.rows("UPDATE audit SET result = NULL WHERE action = 'run.cancel'");
		deployment.twitch.respondWith(idOf(0), null);
		await deployment.sealed(runId);
		const { status, body } = await cancel();
		expect(status).toBe(200);
		expect(await cancel()).toEqual({ status, body });
		const found = await entries();
		expect(found.map(({ action }) => action)).toEqual(["run.cancel", "run.start"]);
		const { cancelled, running } = body as { cancelled: number; running: number };
		expect(found[0]?.result).toBe(`${cancelled} cancelled, ${running} running`);
	});

	it("comes page by page, newest first, each entry once", async () => {
		for (let times = 0; times < 7; times += 1) {
			await post("/api/schedule/resume", { job: "collect-clips" });
		}
		const seen: Entry[] = [];
		let cursor: string | null = "";
		for (let pages = 0; cursor !== null; pages += 1) {
			expect(pages).toBeLessThan(5);
			const next: string = cursor === "" ? "" : `&cursor=${cursor}`;
			const answer: { entries: Entry[]; nextCursor: string | null } = await page(`?limit=3${next}`);
			seen.push(...answer.entries);
			cursor = answer.nextCursor;
		}
		expect(seen).toHaveLength(7);
		const ids = seen.map(({ id }) => id);
		expect(ids).toEqual([...new Set(ids)].sort().reverse());
	});

	it.each(["limit=0", "limit=101", "cursor=x", "cursor=", "before=1"])(
		"asked for with %s is refused",
		async (query) => {
			const answer = await deployment.api(`/api/audit?${query}`);
			expect(answer.status).toBe(400);
		},
	);
});

describe("when the log cannot be written", () => {
	const broken = async (statement: string, mend: string, act: () => Promise<void>) => {
		await deployment.rows(statement);
		try {
			await act();
		} finally {
			await deployment.rows(mend);
		}
	};
	const without = (act: () => Promise<void>) =>
		broken("ALTER TABLE audit RENAME TO audit_gone", "ALTER TABLE audit_gone RENAME TO audit", act);

	it("nothing is done, and the caller hears that", async () => {
		deployment.twitch.respondWith(idOf(0), { hang: true, times: 1 });
		const runId = await start();
		const cookie = await signIn();
		const requests = await deployment.rows("SELECT * FROM run_requests");
		await without(async () => {
			const acts = [
				() => post("/api/runs", { job: "collect-clips" }),
				() => post(`/api/runs/${runId}/cancel`),
				() => post("/api/schedule/pause", { job: "collect-clips", reason: "because" }),
				() => post("/api/session", { token: adminToken }, { origin }),
				() =>
					deployment.api("/api/session", {
						method: "DELETE",
						headers: { authorization: "", cookie, origin },
					}),
			];
			for (const act of acts) {
				const answer = await act();
				expect(answer.status).toBe(503);
				expect(answer.headers.get("set-cookie")).toBeNull();
				expect(await answer.text()).toContain('"unavailable"');
			}
			// Reading goes on.
			expect((await deployment.api("/api/runs")).status).toBe(200);
		});
		expect(await deployment.rows("SELECT * FROM run_requests")).toEqual(requests);
		const schedule = (await (await deployment.api("/api/schedule")).json()) as {
			jobs: { paused: unknown }[];
		};
		expect(schedule.jobs[0]?.paused).toBeNull();
		const session = { headers: { authorization: "", cookie } };
		expect((await deployment.api("/api/session", session)).status).toBe(200);
		deployment.twitch.respondWith(idOf(0), null);
		expect(await deployment.sealed(runId)).toMatchObject({ tasks: { cancelled: 0 } });
	});

	it("only after the act, the act is done and its entry says that nobody knows", async () => {
		deployment.harness.clearLogs();
		await broken(
			`CREATE TRIGGER no_results BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'no'); END`,
			"DROP TRIGGER no_results",
			async () => {
				const answer = await post("/api/schedule/resume", { job: "collect-clips" });
				expect(answer.status).toBe(200);
			},
		);
		expect(await entries()).toEqual([
			expect.objectContaining({ action: "schedule.resume", who: byToken, result: null }),
		]);
		expect(JSON.stringify(deployment.harness.getLogs())).toContain("audit_unfinished");
	});
});
