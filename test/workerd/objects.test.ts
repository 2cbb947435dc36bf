import {
	abortAllDurableObjects,
	applyD1Migrations,
	evictDurableObject,
	listDurableObjectIds,
	runDurableObjectAlarm,
	runInDurableObject,
} from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runIdForRequest, toJobName, toTaskId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { RunCoordinator, TwitchGate } from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { env } from "./env.ts";

/** The exported objects with workerd's own alarms, queue, evictions and crashes. Twitch is a scripted fetch here. */
const job = toJobName("collect-clips");
let requests = 0;

beforeEach(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	await env.DB.prepare("DELETE FROM streamers").run();
	vi.restoreAllMocks();
});

/** `fetch` of the Worker under test runs in the same isolate as the test. */
function answerTwitch(clips: (broadcasterId: string) => Response | Promise<Response>): void {
	vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
		const url = new URL(input instanceof Request ? input.url : String(input));
		if (url.pathname.endsWith("/token")) {
			return Response.json({ access_token: "token", expires_in: 5_000_000, token_type: "bearer" });
		}
		return clips(url.searchParams.get("broadcaster_id") ?? "");
	});
}

/** A Twitch that keeps everybody waiting until it is released. */
function holdTwitch() {
	const held = Promise.withResolvers<void>();
	const twitch = { asked: 0, release: () => held.resolve() };
	answerTwitch(async () => {
		twitch.asked += 1;
		await held.promise;
		return Response.json({ data: [], pagination: {} });
	});
	return twitch;
}

async function addStreamers(count: number): Promise<void> {
	const ids = Array.from({ length: count }, (_, index) => String(1_000 + index));
	await env.DB.prepare(
		`INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms)
		SELECT value, 'login' || value, 'Name ' || value, 1, 0 FROM json_each(?1)`,
	)
		.bind(JSON.stringify(ids))
		.run();
}

function newRequest(): RunRequest {
	requests += 1;
	return {
		runId: runIdForRequest(job, Date.now() + requests),
		job,
		trigger: "manual",
		slotAtMs: null,
		rerunOf: null,
		taskIds: null,
		window: null,
	};
}

async function sealed(runId: string): Promise<Summary> {
	return vi.waitFor(
		async () => {
			const summary = await env.RUN_COORDINATOR.getByName(runId).summary();
			if ("kind" in summary || summary.state !== "sealed") throw new Error("not sealed yet");
			return summary as Summary;
		},
		{ timeout: 20_000, interval: 20 },
	);
}

describe("a run on workerd", () => {
	it("is carried from start to seal by the object's own alarm and the real queue", async () => {
		answerTwitch(() => Response.json({ data: [], pagination: {} }));
		await addStreamers(30);
		const request = newRequest();
		await env.RUN_COORDINATOR.getByName(request.runId).start(request);
		const summary = await sealed(request.runId);
		expect(summary).toMatchObject({ verdict: "succeeded", balanced: true });
		expect(summary.tasks).toMatchObject({ planned: 30, succeeded: 30 });
	});

	it("goes on where it was when the object is evicted in the middle", async () => {
		const twitch = holdTwitch();
		await addStreamers(30);
		const request = newRequest();
		const stub = env.RUN_COORDINATOR.getByName(request.runId);
		await stub.start(request);
		await eventually(() => expect(twitch.asked).toBeGreaterThan(5));
		await evictDurableObject(stub);
		twitch.release();
		const summary = await sealed(request.runId);
		expect(summary).toMatchObject({ verdict: "succeeded", balanced: true });
		expect(summary.attempts.total).toBe(30);
	});

	it("survives a crash of every object while consumers are at work", async () => {
		const twitch = holdTwitch();
		await addStreamers(40);
		const request = newRequest();
		await env.RUN_COORDINATOR.getByName(request.runId).start(request);
		await eventually(() => expect(twitch.asked).toBeGreaterThan(5));
		await abortAllDurableObjects();
		twitch.release();
		const summary = await sealed(request.runId);
		expect(summary).toMatchObject({ verdict: "succeeded", balanced: true });
		expect(summary.tasks).toMatchObject({ planned: 40, succeeded: 40, open: 0 });
		expect(summary.attempts).toMatchObject({ total: 40, leasesExpired: 0 });
	});

	it("that is sealed has one alarm left, to forget itself, and deletes everything when it rings", async () => {
		answerTwitch(() => Response.json({ data: [], pagination: {} }));
		const request = newRequest();
		const stub = env.RUN_COORDINATOR.getByName(request.runId);
		await stub.start(request);
		await sealed(request.runId);
		const alarmAtMs = await eventually(() =>
			runInDurableObject(stub, async (_, { storage }) => {
				const atMs = await storage.getAlarm();
				if (atMs === null) throw new Error("the alarm has not ended yet");
				return atMs;
			}),
		);
		expect(alarmAtMs - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
		vi.spyOn(Date, "now").mockReturnValue(alarmAtMs);
		await runDurableObjectAlarm(stub);
		vi.restoreAllMocks();
		expect(await stub.summary()).toEqual({ kind: "unknown_run" });
		expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).toBeNull();
	});

	it("goes on with the default when a later deployment has a wrong var", async () => {
		const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
		const stub = env.RUN_COORDINATOR.getByName(newRequest().runId);
		await runInDurableObject(stub, (_, state) => {
			const wrong = { ...env, LEASE_SECONDS: "two minutes", TWITCH_AUTH_URL: "nowhere" };
			expect(() => new RunCoordinator(state, wrong)).not.toThrow();
			expect(() => new TwitchGate(state, wrong)).not.toThrow();
		});
		const [line = "{}"] = said.mock.calls.map(([text]) => String(text));
		expect(JSON.parse(line)).toMatchObject({
			service: "run-coordinator",
			event: "wrong_configuration",
			problems: [
				expect.stringContaining("LEASE_SECONDS"),
				expect.stringContaining("TWITCH_AUTH_URL"),
			],
		});
	});

	it("that took its object down each time it rang sets another alarm before the platform gives up", async () => {
		const stub = env.RUN_COORDINATOR.getByName(newRequest().runId);
		await runInDurableObject(stub, async (instance, { storage }) => {
			const ring = (retryCount: number) =>
				(instance as unknown as { alarm(info: object): Promise<void> }).alarm({
					isRetry: retryCount > 0,
					retryCount,
				});
			await ring(3);
			expect(await storage.getAlarm()).toBeNull();
			await ring(4);
			expect(await storage.getAlarm()).toBeGreaterThan(Date.now() + 50_000);
			await storage.deleteAlarm();
		});
	});

	it("that nobody started stores nothing when it is asked", async () => {
		const before = await listDurableObjectIds(env.RUN_COORDINATOR);
		const stub = env.RUN_COORDINATOR.getByName("collect-clips-20200101T0000Z");
		expect(await stub.summary()).toEqual({ kind: "unknown_run" });
		expect(await stub.task(toTaskId("1"))).toEqual({ kind: "unknown_run" });
		await runInDurableObject(stub, async (_, { storage }) => {
			expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
			expect(await storage.getAlarm()).toBeNull();
		});
		expect((await listDurableObjectIds(env.RUN_COORDINATOR)).length).toBeLessThanOrEqual(
			before.length + 1,
		);
	});

	it("writes at most five rows a task into its own ledger", async () => {
		answerTwitch(() => Response.json({ data: [], pagination: {} }));
		await addStreamers(200);
		const request = newRequest();
		await env.RUN_COORDINATOR.getByName(request.runId).start(request);
		const { meters } = await sealed(request.runId);
		expect((meters["ledgerRowsWritten"] ?? 0) / 200).toBeLessThanOrEqual(5);
	});
});
