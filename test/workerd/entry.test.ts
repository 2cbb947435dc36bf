import { applyD1Migrations, createMessageBatch, createScheduledController } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SchedulerApi } from "../../durable-objects/run-scheduler/api.ts";
import { schedulerOf } from "../../durable-objects/run-scheduler/client.ts";
import worker from "../../src/index.ts";
import { createLog } from "../../src/log.ts";
import { announceCron } from "../../src/schedule-proofs.ts";
import { env } from "./env.ts";

/** What the platform calls: that each event gets to its part. */
beforeEach(() => applyD1Migrations(env.DB, env.MIGRATIONS));

describe("a batch of the dead-letter queue", () => {
	it("goes to the dead-letter handler, and its message is acknowledged", async () => {
		const logged = vi.spyOn(console, "warn").mockImplementation(() => undefined);
		const body = {
			version: 1,
			runId: "collect-clips-20200101T0000Z",
			messageNo: 1,
			taskIds: ["1"],
		};
		for (const queue of ["daicho-dead-letters", "daicho-tasks"]) {
			const message = { id: queue, timestamp: new Date(), attempts: 1, body };
			const batch = createMessageBatch(queue, [message]);
			await worker.queue(batch, env as never);
		}
		const events = logged.mock.calls.map(([line]) => JSON.parse(String(line)).event);
		expect(events).toEqual(["dead_letter_returned", "message_of_unknown_run"]);
		logged.mockRestore();
	});
});

describe("cron", () => {
	const controller = (scheduledTime: number) =>
		createScheduledController({ scheduledTime, cron: "0 * * * *" });

	it("has the run of its slot started, and the schedule says so", async () => {
		const slotAtMs = Date.parse("2026-11-23T17:00:00Z");
		await worker.scheduled(controller(slotAtMs), env as never);
		const { jobs, proofOfLife } = await schedulerOf(env.RUN_SCHEDULER as never).schedule();
		expect(jobs[0]?.slots[0]).toMatchObject({
			slot: "2026-11-23T17:00:00Z",
			account: "late",
			trigger: "cron",
			runId: "collect-clips-20261123T1700Z",
		});
		expect(proofOfLife.cron).not.toBeNull();
	});

	it("that cannot reach the scheduler tries again, and at last tells the platform", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout"] });
		const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
		const cronCame = vi.fn(async () => {
			throw new Error("reset");
		});
		const announced = announceCron(
			{ cronCame } as unknown as SchedulerApi,
			controller(0),
			createLog("cron"),
		);
		const outcome = expect(announced).rejects.toThrow("reset");
		await vi.runAllTimersAsync();
		await outcome;
		expect(cronCame).toHaveBeenCalledTimes(5);
		vi.useRealTimers();
		logged.mockRestore();
	});
});
