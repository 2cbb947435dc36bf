import { describe, expect, it } from "vitest";
import { isEmptyStorage } from "../../../durable-objects/migrate.ts";
import { toJobName } from "../../../src/domain/ids.ts";
import { err } from "../../../src/domain/result.ts";
import { failure, ScriptedJob, taskIdOf } from "../scripted-job.ts";
import { type Platform, slotAtMs, World } from "../world.ts";

export type WithPlatform = (use: (platform: Platform) => Promise<void>) => Promise<void>;

/** Runs that are started, planned and sent. */
export function startedWorlds(withPlatform: WithPlatform) {
	return (tasks: number, use: (world: World) => Promise<void>): Promise<void> =>
		withPlatform(async (platform) => {
			const world = new World(platform, new ScriptedJob(tasks));
			await world.start();
			await world.ring();
			await use(world);
		});
}

/** A run from its start to its seal, on any platform's SQL. */
export function describeRun(withPlatform: WithPlatform): void {
	describe("a run", () => {
		it("plans, sends, is claimed, reported and sealed, and everybody sees one result", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				expect(await world.start()).toEqual({ created: true, state: "planning" });
				await world.ring();
				expect(world.queue.map(({ body }) => body.taskIds.length)).toEqual([12, 12, 6]);
				const [open] = await platform.rows("SELECT state, closed_at_ms FROM runs");
				expect(open).toEqual({ state: "running", closed_at_ms: null });

				world.nowMs += 4_000;
				const summary = await world.finish();
				expect(summary).toMatchObject({
					runId: "scripted-20261123T1700Z",
					job: "scripted",
					trigger: "cron",
					slot: "2026-11-23T17:00:00Z",
					rerunOf: null,
					reruns: [],
					state: "sealed",
					verdict: "succeeded",
					startedAt: "2026-11-23T17:00:00.412Z",
					sealedAt: "2026-11-23T17:00:04.412Z",
					durationMs: 4_000,
					tasks: {
						planned: 30,
						succeeded: 30,
						failed: 0,
						lost: 0,
						cancelled: 0,
						open: 0,
						recovered: 0,
					},
					balanced: true,
					yield: { thingsMade: 30 },
					attempts: {
						total: 30,
						retried: 0,
						leasesExpired: 0,
						lateReports: 0,
						duplicateDeliveries: 0,
					},
					errors: [],
					version: "0.0.0-test",
				});
				expect(summary.meters).toMatchObject({
					messages: 3,
					queueOperations: 9,
					thingRequests: 30,
				});
				const [sealed] = await platform.rows("SELECT state, verdict, summary FROM runs");
				expect(sealed).toMatchObject({ state: "sealed", verdict: "succeeded" });
				expect(JSON.parse(String(sealed?.["summary"]))).toEqual(summary);
				const [tasks] = await platform.rows(
					"SELECT count(*) AS tasks, count(DISTINCT task_id) AS ids FROM run_tasks WHERE state = 'succeeded'",
				);
				expect(tasks).toEqual({ tasks: 30, ids: 30 });
			}));

		it("of no tasks seals at once, and has succeeded", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(0));
				await world.start();
				await world.ring();
				const summary = await world.summary();
				expect(summary).toMatchObject({ state: "sealed", verdict: "succeeded", balanced: true });
				expect(summary.tasks.planned).toBe(0);
				expect(world.queue).toEqual([]);
			}));

		it("that is asked for several times, also at once, is one run", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				const answers = await Promise.all([world.start(), world.start(), world.start()]);
				expect(answers.filter((answer) => answer.created)).toHaveLength(1);
				await world.finish();
				expect(await world.start()).toEqual({ created: false, state: "sealed" });
				expect(world.job.performed).toHaveLength(3);
				expect(await platform.rows("SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 1 }]);
			}));

		it("that nobody started answers unknown_run to everything and leaves no trace", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				const { coordinator } = world;
				const unknown = { kind: "unknown_run" };
				const taskIds = [taskIdOf(0)];
				const claimId = "claim" as never;
				const leaseToken = "lease" as never;
				expect(await coordinator.claim({ messageNo: 1, taskIds, claimId, delivery: 1 })).toEqual(
					unknown,
				);
				expect(
					await coordinator.report({ messageNo: 1, leaseToken, results: [], meters: {} }),
				).toEqual(unknown);
				expect(await coordinator.returnMessage({ messageNo: 1 })).toEqual(unknown);
				expect(await coordinator.summary()).toEqual(unknown);
				expect(await coordinator.tasks({ after: null, limit: 10, state: null })).toEqual(unknown);
				expect(await coordinator.task(taskIdOf(0))).toEqual(unknown);
				await world.ring();
				expect(world.alarms).toEqual([]);
				expect(isEmptyStorage(platform.storage)).toBe(true);
			}));

		it("of named tasks has those and no others", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(10));
				await world.start({ taskIds: [taskIdOf(2), taskIdOf(5)] });
				expect((await world.finish()).tasks).toMatchObject({ planned: 2, succeeded: 2 });
				expect(world.job.performed.map((item) => item.taskId)).toEqual([taskIdOf(2), taskIdOf(5)]);
			}));

		it("of 1,201 tasks never has more than 40 messages in flight, and seals in chunks", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(1_201));
				await world.start();
				await world.ring();
				expect(world.queue).toHaveLength(40);
				let most = 0;
				for (;;) {
					most = Math.max(most, world.queue.length);
					const message = world.queue.shift();
					if (message === undefined) break;
					await world.deliver(message);
					if (world.alarmAtMs <= world.nowMs) await world.ring();
				}
				expect(most).toBe(40);
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", balanced: true });
				expect(summary.tasks.succeeded).toBe(1_201);
				expect(summary.yield).toEqual({ thingsMade: 1_201 });
				expect(summary.meters["messages"]).toBe(101);
				expect(await platform.rows("SELECT count(*) AS tasks FROM run_tasks")).toEqual([
					{ tasks: 1_201 },
				]);
			}));

		it("starts the runs that come after it, again until they are started, and only then forgets", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(1));
				await world.start();
				world.startFails = true;
				await world.finish();
				for (let tries = 0; tries < 5; tries += 1) await world.ringWhenDue();
				expect(world.startedAfter).toEqual([]);
				expect(world.alarmAtMs - world.nowMs).toBeLessThanOrEqual(900_000);
				world.nowMs += world.config.coordinatorRetentionMs;
				await world.ring();
				expect(world.destroyed).toBe(false);
				world.startFails = false;
				await world.ringWhenDue();
				await world.ring();
				expect(world.startedAfter).toMatchObject([
					{ runId: "follower-20261123T1700Z-a", job: "follower", trigger: "after", slotAtMs },
				]);
			}));

		it("is told to the scheduler also while the run after it cannot be started", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(1));
				world.startFails = true;
				await world.start();
				await world.finish();
				await world.ringWhenDue();
				expect(world.told).toHaveLength(1);
			}));

		it("is forgotten seven days after its seal was confirmed, and is then unknown", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(1));
				await world.start();
				await world.finish();
				expect(world.alarmAtMs - world.nowMs).toBe(7 * 86_400_000);
				await world.ring();
				expect(world.destroyed).toBe(false);
				await world.ringWhenDue();
				expect(world.destroyed).toBe(true);
				expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
			}));

		it("that is asked for again after it was forgotten stays as it was sealed, and forgets itself", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				await world.start();
				await world.finish();
				await world.ringWhenDue();
				const sealed = await platform.rows("SELECT * FROM runs");
				expect(await world.start()).toMatchObject({ created: true });
				await world.ring();
				expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
				expect(await platform.rows("SELECT * FROM runs")).toEqual(sealed);
				expect(world.job.performed).toHaveLength(3);
			}));

		it("shows the same task while it is open and when D1 has it", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(2));
				await world.start();
				await world.ring();
				expect(await world.coordinator.task(taskIdOf(0))).toMatchObject({
					state: "planned",
					attempts: [],
				});
				await world.finish();
				expect(await world.coordinator.task(taskIdOf(0))).toMatchObject({
					taskId: taskIdOf(0),
					state: "succeeded",
					recovered: false,
					yield: { thingsMade: 1 },
					meters: { thingRequests: 1 },
					attempts: [{ attempt: 1, outcome: "succeeded", durationMs: 0 }],
				});
				expect(await world.coordinator.task(taskIdOf(7))).toEqual({ kind: "unknown_task" });
				const page = await world.coordinator.tasks({ after: null, limit: 1, state: "succeeded" });
				expect(page).toMatchObject({ kind: "tasks", next: taskIdOf(0) });
			}));
	});

	describe("planning", () => {
		it("of a job that is not registered seals the run failed, with the reason", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				await world.start({ job: toJobName("no-such-job") });
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "failed", balanced: true });
				expect(summary.errors).toMatchObject([{ code: "unknown_job", taskIds: [] }]);
			}));

		it("that the job refuses seals the run failed, with the job's reason", () =>
			withPlatform(async (platform) => {
				const job = new ScriptedJob(3);
				job.planning = async () => err(failure("no_streamers_table"));
				const world = new World(platform, job);
				await world.start();
				expect((await world.finish()).errors).toMatchObject([{ code: "no_streamers_table" }]);
			}));

		it("that fails once is done again, and nothing was sent before", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				world.database.fails = "after";
				await world.start();
				await world.ring();
				expect(await world.summary()).toMatchObject({ state: "planning" });
				expect(world.queue).toEqual([]);
				expect(world.alarmAtMs).toBeGreaterThan(world.nowMs);
				world.database.fails = null;
				expect(await world.finish()).toMatchObject({ verdict: "succeeded", balanced: true });
			}));

		it("while D1 is down for an hour ends as a failed run, written when D1 is back", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(3));
				world.database.fails = "before";
				await world.start();
				for (const end = world.nowMs + 3_600_000; world.nowMs < end; ) await world.ringWhenDue();
				expect(await world.summary()).toMatchObject({ state: "sealing", verdict: null });
				expect(await platform.rows("SELECT * FROM runs")).toEqual([]);
				world.database.fails = null;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "failed", balanced: true });
				expect(summary.errors).toMatchObject([{ code: "planning_failed" }]);
				expect(await platform.rows("SELECT verdict FROM runs")).toEqual([{ verdict: "failed" }]);
				expect(world.database.calls).toBeLessThan(40);
			}));
	});
}
