import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
	IncidentsView,
	JobScheduleView,
	ScheduleView,
} from "../../durable-objects/run-scheduler/api.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import { type Deployment, deploy } from "../support/deployment.ts";
import { eventually } from "../support/eventually.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

/** The schedule and its incidents on the built Worker, with receivers over real HTTP. */
const webhookSecret = `whsec_${Buffer.from("a secret of 32 bytes for signing").toString("base64")}`;
const hourMs = 3_600_000;
let deployment: Deployment;
let discord: Receiver;
let webhook: Receiver;
let heartbeat: Receiver;

beforeAll(async () => {
	[discord, webhook, heartbeat] = await Promise.all([
		startReceiver(),
		startReceiver(),
		startReceiver(),
	]);
	deployment = await deploy(
		{ streamers: 4 },
		{
			MAX_ATTEMPTS: "1",
			DISCORD_WEBHOOK_URL: `${discord.url}/api/webhooks/1/discord-secret-path`,
			WEBHOOK_URL: `${webhook.url}/hook?key=webhook-secret-key`,
			WEBHOOK_SECRET: webhookSecret,
			HEARTBEAT_URL: `${heartbeat.url}/ping/heartbeat-secret-uuid`,
			PUBLIC_URL: "https://daicho.example.com",
			LANGUAGE: "ja",
		},
	);
});
afterAll(async () => {
	await deployment.close();
	await Promise.all([discord.close(), webhook.close(), heartbeat.close()]);
});

/** The slot of `hours` ago; the cron names it, so it is run. */
function slotAgo(hours: number): number {
	return (previousSlots("0 * * * *", Date.now(), 1)[0] ?? 0) - hours * hourMs;
}

async function runSlot(slotAtMs: number) {
	await deployment.worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(slotAtMs) });
	const stamp = new Date(slotAtMs).toISOString().replace(/[-:]/g, "").slice(0, 13);
	return deployment.sealed(`collect-clips-${stamp}Z`);
}

async function get<T>(path: string): Promise<T> {
	const answer = await deployment.api(path);
	expect(answer.status).toBe(200);
	return (await answer.json()) as T;
}

function post(path: string, body: unknown) {
	return deployment.api(path, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
}

/** Those of this test: a full hour that passes meanwhile has a slot of its own. */
function pastSlots(job: JobScheduleView | undefined): JobScheduleView["slots"] {
	return job?.slots.filter(({ account }) => account !== "due") ?? [];
}

describe("a run that fails", () => {
	it("is told to Discord, to a signed webhook and to the heartbeat, each once", async () => {
		for (const { id } of deployment.twitch.streamers) {
			deployment.twitch.respondWith(id, { status: 500, body: "", times: 1 });
		}
		const summary = await runSlot(slotAgo(9));
		expect(summary.verdict).toBe("failed");
		await eventually(() => {
			const told = discord.received.filter(({ body }) => body.includes("run_failed"));
			expect(told).toHaveLength(1);
			expect(webhook.received.filter(({ body }) => body.includes("run_failed"))).toHaveLength(1);
			expect(heartbeat.received.map(({ path }) => path.replace(/\?.*/, ""))).toEqual([
				"/ping/heartbeat-secret-uuid/start",
				"/ping/heartbeat-secret-uuid/fail",
			]);
		});
		const sent = discord.received.find(({ body }) => body.includes("run_failed"));
		const { embeds } = JSON.parse(sent?.body ?? "{}") as { embeds: Record<string, unknown>[] };
		expect(embeds[0]).toMatchObject({
			title: expect.stringMatching(/[ぁ-ん]/),
			url: `https://daicho.example.com/runs/${summary.runId}`,
		});
		const signed = webhook.received.find(({ body }) => body.includes("run_failed"));
		const payload = new Webhook(webhookSecret).verify(
			signed?.body ?? "",
			signed?.headers as Record<string, string>,
		);
		expect(payload).toMatchObject({
			type: "incident.opened",
			data: {
				kind: "run_failed",
				runId: summary.runId,
				evidence: { tasks: { planned: 4, failed: 4 } },
			},
		});
	});

	it("is an open incident until a good run, which is told, too", async () => {
		const before = await get<IncidentsView>("/api/incidents");
		expect(before.channels).toEqual({ discord: true, webhook: true, heartbeat: true });
		expect(before.open.map(({ kind }) => kind)).toContain("run_failed");
		await runSlot(slotAgo(8));
		await eventually(async () => {
			const { past } = await get<IncidentsView>("/api/incidents");
			expect(past.find(({ kind }) => kind === "run_failed")).toMatchObject({
				closedAt: expect.any(String),
				deliveries: [
					{ channel: "discord", phase: "opened", state: "delivered", attempts: 1 },
					{ channel: "webhook", phase: "opened", state: "delivered", attempts: 1 },
					{ channel: "discord", phase: "closed", state: "delivered", attempts: 1 },
					{ channel: "webhook", phase: "closed", state: "delivered", attempts: 1 },
				],
			});
		});
		expect(webhook.received.map(({ body }) => JSON.parse(body).type)).toContain("incident.closed");
		// Who asks all day whether something is wrong does not have all that was wrong read each time.
		const { past: none, channels } = await get<IncidentsView>("/api/incidents?limit=0");
		expect([none, channels]).toEqual([[], before.channels]);
		expect((await get<IncidentsView>("/api/incidents?limit=1")).past).toHaveLength(1);
		expect((await deployment.api("/api/incidents?limit=51")).status).toBe(400);
	});

	it("keeps the addresses of receivers to itself", async () => {
		discord.answers.push({ status: 404 });
		for (const { id } of deployment.twitch.streamers) {
			deployment.twitch.respondWith(id, { status: 500, body: "", times: 1 });
		}
		await runSlot(slotAgo(7));
		await eventually(async () => {
			const text = JSON.stringify(await get<IncidentsView>("/api/incidents"));
			expect(text).toContain("The receiver answered 404");
			for (const secret of ["secret-path", "secret-key", "secret-uuid", webhookSecret]) {
				expect(text).not.toContain(secret);
			}
		});
	});
});

describe("the schedule", () => {
	it("shows each slot's account with how its run ended", async () => {
		// While the alarm rings, there is none.
		const { jobs, proofOfLife, nextAlarm } = await eventually(async () => {
			const view = await get<ScheduleView>("/api/schedule");
			expect(view.nextAlarm).not.toBeNull();
			return view;
		});
		expect(jobs[0]).toMatchObject({ job: "collect-clips", cron: "0 * * * *", paused: null });
		const verdicts = pastSlots(jobs[0]).map(({ verdict }) => verdict);
		expect(verdicts).toEqual(["failed", "succeeded", "failed"]);
		expect(proofOfLife).toMatchObject({ cron: expect.any(String), http: expect.any(String) });
		expect(Date.parse(nextAlarm ?? "")).toBeGreaterThan(Date.now() - 1_000);
	});

	it("is paused with a reason and an end, and resumed", async () => {
		const until = new Date(Date.now() + hourMs).toISOString();
		const paused = await post("/api/schedule/pause", {
			job: "collect-clips",
			until,
			reason: "配信サイトの工事",
		});
		expect(paused.status).toBe(200);
		expect(((await paused.json()) as JobScheduleView).paused).toEqual({
			since: expect.any(String),
			until,
			reason: "配信サイトの工事",
		});
		await deployment.worker.scheduled({
			cron: "0 * * * *",
			scheduledTime: new Date(slotAgo(6)),
		});
		const { jobs } = await get<ScheduleView>("/api/schedule");
		expect(pastSlots(jobs[0])[0]).toMatchObject({ account: "paused", runId: null });
		const resumed = await post("/api/schedule/resume", { job: "collect-clips" });
		expect(((await resumed.json()) as JobScheduleView).paused).toBeNull();
	});

	it("without a time is paused for a day: no pause goes on for ever", async () => {
		const paused = await post("/api/schedule/pause", { job: "collect-clips", reason: "no time" });
		const { until } = ((await paused.json()) as JobScheduleView).paused ?? { until: "" };
		expect(Date.parse(until) - Date.now()).toBeGreaterThan(24 * hourMs - 60_000);
		await post("/api/schedule/resume", { job: "collect-clips" });
	});

	it.each([
		["no reason", { job: "collect-clips" }, "invalid_reason"],
		["an empty reason", { job: "collect-clips", reason: " " }, "invalid_reason"],
		["a reason of two lines", { job: "collect-clips", reason: "a\nb" }, "invalid_reason"],
		["a reason without end", { job: "collect-clips", reason: "x".repeat(201) }, "invalid_reason"],
		["a job that is none", { job: "nobody", reason: "x" }, "unknown_job"],
		[
			"a time that is over",
			{ job: "collect-clips", reason: "x", until: "2020-01-01T00:00:00Z" },
			"invalid_until",
		],
		[
			"a time too far ahead",
			{ job: "collect-clips", reason: "x", until: "2099-01-01T00:00:00Z" },
			"invalid_until",
		],
		["no time at all", { job: "collect-clips", reason: "x", until: "tomorrow" }, "invalid_until"],
		["a field that is none", { job: "collect-clips", reason: "x", untill: "?" }, "unknown_field"],
	])("refuses to be paused with %s", async (_, body, code) => {
		const answer = await post("/api/schedule/pause", body);
		expect(answer.status).toBe(400);
		expect(((await answer.json()) as { error: { code: string } }).error.code).toBe(code);
		const { jobs } = await get<ScheduleView>("/api/schedule");
		expect(jobs[0]?.paused).toBeNull();
	});

	it.each(["/api/schedule", "/api/incidents"])(
		"is shown to nobody without a credential: %s",
		async (path) => {
			expect((await deployment.harness.fetch(path)).status).toBe(401);
		},
	);

	it.each(["/api/schedule/pause", "/api/schedule/resume"])(
		"is changed by nobody without one: %s",
		async (path) => {
			const answer = await deployment.harness.fetch(path, { method: "POST", body: "{}" });
			expect(answer.status).toBe(401);
		},
	);
});
