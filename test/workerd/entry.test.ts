import { applyD1Migrations, createMessageBatch } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import { startScheduled } from "../../durable-objects/run-scheduler/scheduled.ts";
import { type RunId, toJobName } from "../../src/domain/ids.ts";
import worker from "../../src/index.ts";
import { createRegistry } from "../../src/jobs/job.ts";
import { ScriptedJob } from "../support/scripted-job.ts";
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
	it("starts the jobs of its expression only, and one that fails harms no other", async () => {
		const cron = { kind: "cron", cron: "0 * * * *" } as const;
		const jobs = createRegistry([
			new ScriptedJob(0, "hourly", cron),
			new ScriptedJob(0, "broken", cron),
			new ScriptedJob(0, "daily", { kind: "cron", cron: "0 0 * * *" }),
			new ScriptedJob(0, "follower", { kind: "after", job: toJobName("hourly") }),
			new ScriptedJob(0, "by-hand"),
		]);
		const started: string[] = [];
		const findCoordinator = ((runId: RunId) => ({
			start: async () => {
				if (runId.startsWith("broken")) throw new Error("reset");
				started.push(runId);
			},
		})) as unknown as FindCoordinator;
		const atMs = Date.parse("2026-11-23T17:00:42Z");
		await expect(startScheduled({ findCoordinator, jobs }, "0 * * * *", atMs)).rejects.toThrow();
		expect(started).toEqual(["hourly-20261123T1700Z"]);
	});
});
