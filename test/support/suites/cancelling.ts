import { describe, expect, it } from "vitest";
import { failure, ScriptedJob, taskIdOf } from "../scripted-job.ts";
import { World } from "../world.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

/** An operator stops a run, on any platform's SQL. */
export function describeCancelling(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);
	const claim = (world: World) =>
		world.coordinator.claim({ ...world.take().body, claimId: "one" as never, delivery: 1 });

	describe("cancelling a run", () => {
		it("stops what has not started, lets finish what runs, and says how many of each", () =>
			withWorld(600, async (world) => {
				await world.deliver(world.take());
				const running = world.take();
				const claims = { ...running.body, claimId: "running" as never, delivery: 1 };
				const granted = await world.coordinator.claim(claims);
				expect(await world.coordinator.cancel()).toEqual({
					kind: "cancelled",
					cancelled: 576,
					running: 12,
				});
				if (granted.kind !== "granted") throw new Error("not granted");
				const { messageNo, leaseToken } = granted;
				const results = running.body.taskIds.map((taskId) => ({
					taskId,
					outcome: { kind: "succeeded" as const },
					yield: { thingsMade: 0 },
					meters: {},
					warnings: [],
				}));
				await world.coordinator.report({ messageNo, leaseToken, results, meters: {} });
				const before = world.job.performed.length;
				const summary = await world.finish();
				expect(world.job.performed).toHaveLength(before);
				expect(summary).toMatchObject({ verdict: "cancelled", balanced: true });
				expect(summary.tasks).toMatchObject({ planned: 600, succeeded: 24, cancelled: 576 });
			}));

		it("a second time changes nothing, and answers alike", () =>
			withWorld(30, async (world) => {
				await claim(world);
				const first = await world.coordinator.cancel();
				world.nowMs += 1_000;
				expect(await world.coordinator.cancel()).toEqual(first);
				expect(first).toEqual({ kind: "cancelled", cancelled: 18, running: 12 });
			}));

		it("before it is planned ends it with no tasks", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				await world.start();
				expect(await world.coordinator.cancel()).toMatchObject({ cancelled: 0, running: 0 });
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "cancelled", balanced: true });
				expect(world.job.performed).toEqual([]);
			}));

		it("while it is being planned drops the plan", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				await world.start();
				const ringing = world.ring();
				await world.coordinator.cancel();
				await ringing;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "cancelled", tasks: { planned: 0 } });
				expect(world.queue).toEqual([]);
			}));

		it("that is sealed already is too late", () =>
			withWorld(3, async (world) => {
				const sealed = await world.finish();
				expect(await world.coordinator.cancel()).toEqual({ kind: "too_late" });
				expect(await world.summary()).toEqual(sealed);
			}));

		it("whose consumer died waits for the lease and no longer", () =>
			withWorld(12, async (world) => {
				await claim(world);
				await world.coordinator.cancel();
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "cancelled", balanced: true });
				expect(summary.tasks.cancelled).toBe(12);
				expect(summary.durationMs).toBe(120_000);
			}));

		it("makes a failure that would be tried again a failure", () =>
			withWorld(2, async (world) => {
				world.job.outcomeOf = ({ taskId }) =>
					taskId === taskIdOf(0) ? { kind: "retryable", error: failure() } : undefined;
				const message = world.take();
				const consumer = world.consumer();
				world.job.perform = new Proxy(world.job.perform, {
					apply: async (perform, job, [work]) => {
						await world.coordinator.cancel();
						return Reflect.apply(perform, job, [work]);
					},
				});
				await consumer.handle(message.body, 1);
				const summary = await world.finish();
				expect(summary.tasks).toMatchObject({ succeeded: 1, failed: 1, cancelled: 0 });
				expect(summary.attempts.retried).toBe(0);
			}));
	});
}
