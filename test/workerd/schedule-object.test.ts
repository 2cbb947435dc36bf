import {
	applyD1Migrations,
	evictDurableObject,
	runDurableObjectAlarm,
	runInDurableObject,
} from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { schedulerObjectName } from "../../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName, toRunId } from "../../src/domain/ids.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import type { RunCoordinator, RunScheduler } from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { env } from "./env.ts";

/** The exported RunScheduler with workerd's own alarms, beside real coordinators. Twitch has no streamers here. */
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
const minuteMs = 60_000;

const realNow = Date.now.bind(Date);

beforeEach(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	vi.restoreAllMocks();
	await beginAnew();
});

async function beginAnew(): Promise<void> {
	await runInDurableObject(scheduler(), (_, { storage }) => {
		for (const table of ["schedules", "slots", "runs", "proofs", "incidents", "deliveries"]) {
			storage.sql.exec(`DELETE FROM ${table}`);
		}
	});
	await scheduler().look();
	await runDurableObjectAlarm(scheduler());
}

function scheduler() {
	return env.RUN_SCHEDULER.getByName(schedulerObjectName);
}

function newestSlot(): number {
	return previousSlots("0 * * * *", Date.now(), 1)[0] ?? 0;
}

/** As if the schedule had been watched for so long, and neither cron nor alarm had come. */
async function sleepFor(ms: number): Promise<void> {
	await runInDurableObject(scheduler(), (_, { storage }) => {
		storage.sql.exec("UPDATE schedules SET expected_since_ms = expected_since_ms - ?", ms);
	});
}

/**
 * Rings the alarm so long after the slot of the hour before this one, the newest that there is then, and in the three hours
 * before that nothing came. By a clock that is behind: what is to ring then rings at once.
 * @returns the slot, and the accounts, newest first
 */
async function ringAfterOutage(afterSlotMs: number) {
	const slotAtMs = newestSlot() - hourMs;
	const behindMs = realNow() - (slotAtMs + afterSlotMs);
	vi.spyOn(Date, "now").mockImplementation(() => realNow() - behindMs);
	await beginAnew();
	await sleepFor(3 * hourMs + 10 * minuteMs);
	await runDurableObjectAlarm(scheduler());
	const { jobs } = await scheduler().schedule();
	return { slotAtMs, accounts: jobs[0]?.slots.map(({ account }) => account) ?? [] };
}

async function sealedRun(runId: string) {
	return vi.waitFor(
		async () => {
			const summary = await env.RUN_COORDINATOR.getByName(runId).summary();
			if ("kind" in summary || summary.state !== "sealed") throw new Error("not sealed yet");
			return summary;
		},
		{ timeout: 20_000, interval: 20 },
	);
}

describe("the scheduler on workerd", () => {
	it("runs the newest slot of an outage when its alarm rings again, and hears how the run ended", async () => {
		const { slotAtMs, accounts } = await ringAfterOutage(3 * minuteMs);
		expect(accounts.slice(1)).toEqual(["missed", "missed", "missed"]);
		const runId = runIdForSlot(job, slotAtMs);
		await sealedRun(runId);
		await eventually(async () => {
			const [slot] = (await scheduler().schedule()).jobs[0]?.slots ?? [];
			expect(slot).toMatchObject({ runId, trigger: "alarm", verdict: "succeeded" });
		});
	});

	it("leaves the newest slot of an outage to its cron, as long as that may still come", async () => {
		const { accounts } = await ringAfterOutage(minuteMs);
		expect(accounts).toEqual(["due", "missed", "missed", "missed"]);
	});

	it("notices at a request that its alarm is gone, and sets it again", async () => {
		await runInDurableObject(scheduler(), (_, { storage }) => storage.deleteAlarm());
		await evictDurableObject(scheduler());
		await scheduler().look();
		const alarmAtMs = await runInDurableObject(scheduler(), (_, { storage }) => storage.getAlarm());
		expect(alarmAtMs).toBeGreaterThan(Date.now() - 1_000);
		const { open } = await scheduler().incidents();
		expect(open).toMatchObject([{ kind: "alarm_dead" }]);
	});

	it("an instance that lives on notices it as well", async () => {
		await runInDurableObject(scheduler(), (_, { storage }) => storage.deleteAlarm());
		await scheduler().look();
		expect(
			await runInDurableObject(scheduler(), (_, { storage }) => storage.getAlarm()),
		).not.toBeNull();
	});

	it("finds an open run whose coordinator has no alarm any more, and wakes it", async () => {
		const runId = toRunId("collect-clips-20260101T000000000Z-m");
		const coordinator = env.RUN_COORDINATOR.getByName(runId);
		const request = {
			runId,
			job,
			trigger: "manual" as const,
			slotAtMs: null,
			rerunOf: null,
			taskIds: null,
			window: null,
		};
		// The alarm dies before it rings once: nobody but the record of the request knows of the run.
		await runInDurableObject(
			coordinator,
			async (instance: InstanceType<typeof RunCoordinator>, { storage }) => {
				await instance.start(request);
				await storage.deleteAlarm();
			},
		);
		await env.DB.prepare(
			"INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms) VALUES ('k', ?1, 'h', ?2)",
		)
			.bind(runId, Date.now())
			.run();
		await runInDurableObject(scheduler(), (_, { storage }) => {
			storage.sql.exec("DELETE FROM proofs WHERE kind = 'ledger'");
		});
		await scheduler().look();
		expect(await sealedRun(runId)).toMatchObject({ verdict: "succeeded", balanced: true });
	});

	it("and waking a thousand times sets one alarm", async () => {
		const runId = toRunId("collect-clips-20260101T000000001Z-m");
		const coordinator = env.RUN_COORDINATOR.getByName(runId);
		await runInDurableObject(
			coordinator,
			async (instance: InstanceType<typeof RunCoordinator>, { storage }) => {
				const request = { runId, job, trigger: "manual" as const, slotAtMs: null };
				await instance.start({ ...request, rerunOf: null, taskIds: null, window: null });
				await storage.deleteAlarm();
				const setAlarm = vi.spyOn(storage, "setAlarm");
				const answers = await Promise.all(Array.from({ length: 1_000 }, () => instance.wake()));
				expect(setAlarm).toHaveBeenCalledTimes(1);
				expect(answers.every((answer) => answer.kind === "awake" && answer.woken)).toBe(true);
			},
		);
		await sealedRun(runId);
	});

	it("an alarm that the platform has retried often sets another one before it is given up", async () => {
		await runInDurableObject(
			scheduler(),
			async (instance: InstanceType<typeof RunScheduler>, { storage }) => {
				const setAlarm = vi.spyOn(storage, "setAlarm");
				await instance.alarm({ retryCount: 4, isRetry: true, scheduledTime: Date.now() });
				expect(setAlarm.mock.calls[0]?.[0]).toBeGreaterThan(Date.now());
			},
		);
	});
});
