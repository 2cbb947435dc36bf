import { describe, expect, it } from "vitest";
import type { CoordinatorApi } from "../../../durable-objects/run-coordinator/api.ts";
import { failure, ScriptedJob } from "../scripted-job.ts";
import { World } from "../world.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

/** What a bad day does to a run, on any platform's SQL. */
export function describeRecovery(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);

	describe("delivery at least once", () => {
		it("a message that comes twice is granted nothing the second time, and does nothing", () =>
			withWorld(5, async (world) => {
				const message = world.take();
				await world.deliver(message);
				expect(await world.deliver(message, 2)).toEqual({ kind: "ack" });
				const summary = await world.finish();
				expect(world.job.performed).toHaveLength(5);
				expect(summary.attempts).toMatchObject({ total: 5, duplicateDeliveries: 1 });
				expect(summary.yield).toEqual({ thingsMade: 5 });
			}));

		it("a message that comes while its tasks are held by another consumer leaves them alone", () =>
			withWorld(5, async (world) => {
				const { body } = world.take();
				const first = await world.coordinator.claim({
					...body,
					claimId: "one" as never,
					delivery: 1,
				});
				const second = await world.coordinator.claim({
					...body,
					claimId: "two" as never,
					delivery: 2,
				});
				expect(first).toMatchObject({ tasks: { length: 5 } });
				expect(second).toMatchObject({ tasks: [] });
			}));

		it("a claim whose answer was lost gets the same answer again, and another claim does not", () =>
			withWorld(5, async (world) => {
				const { body } = world.take();
				const claim = { ...body, claimId: "one" as never, delivery: 1 };
				const first = await world.coordinator.claim(claim);
				world.nowMs += 20_000;
				const again = await world.coordinator.claim(claim);
				expect(again).toEqual({ ...first, leaseMs: 100_000 });
				expect((await world.summary()).attempts).toMatchObject({
					total: 5,
					duplicateDeliveries: 0,
				});
			}));

		it("a claim of a late message whose answer was lost gets the same answer again", () =>
			withWorld(5, async (world) => {
				const { body } = world.take();
				await world.ringWhenDue();
				// The message that was sent in its place is on its way; the late one is claimed first.
				const claim = { ...body, claimId: "late" as never, delivery: 1 };
				const first = await world.coordinator.claim(claim);
				expect(first).toMatchObject({ messageNo: 3, tasks: { length: 5 } });
				expect(await world.coordinator.claim(claim)).toEqual(first);
			}));

		it("a report that arrives twice counts once", () =>
			withWorld(2, async (world) => {
				const twice: CoordinatorApi = Object.create(world.coordinator, {
					claim: { value: world.coordinator.claim.bind(world.coordinator) },
					report: {
						value: async (report: never) => {
							await world.coordinator.report(report);
							return world.coordinator.report(report);
						},
					},
				});
				await world.consumer(twice).handle(world.take().body, 1);
				const summary = await world.finish();
				expect(summary.yield).toEqual({ thingsMade: 2 });
				expect(summary.meters["thingRequests"]).toBe(2);
				expect(summary.attempts).toMatchObject({ total: 2, lateReports: 0 });
			}));

		it("an old message of a sealed run changes nothing and writes no row", () =>
			withWorld(2, async (world) => {
				const message = world.take();
				await world.deliver(message);
				await world.finish();
				const rows = () => world.platform.storage.sql.exec("SELECT * FROM run").toArray();
				const before = rows();
				const alarms = world.alarms.length;
				await world.deliver(message, 2);
				await world.returnDeadLetter(message);
				expect(rows()).toEqual(before);
				expect(world.alarms).toHaveLength(alarms);
				expect(world.job.performed).toHaveLength(2);
			}));
	});

	describe("a lost message", () => {
		it("is sent again 90 seconds on, when one sent later was claimed, and its tasks count as recovered once", () =>
			withWorld(24, async (world) => {
				world.take();
				await world.deliver(world.take());
				await world.ringWhenDue();
				expect(world.queue).toHaveLength(1);
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", balanced: true });
				expect(summary.tasks.recovered).toBe(12);
				expect(summary.attempts.total).toBe(24);
				expect(summary.durationMs).toBe(90_000);
			}));

		it("is sent again when nothing was claimed at all", () =>
			withWorld(24, async (world) => {
				world.queue = [];
				await world.ringWhenDue();
				expect(world.queue).toHaveLength(2);
				expect((await world.finish()).tasks).toMatchObject({ succeeded: 24, recovered: 24 });
			}));

		it("is not taken for lost while the consumers work through what was sent before it", () =>
			withWorld(60, async (world) => {
				for (let messages = 0; messages < 4; messages += 1) {
					world.nowMs += 40_000;
					await world.deliver(world.take());
					if (world.alarmAtMs <= world.nowMs) await world.ring();
				}
				expect(world.queue).toHaveLength(1);
				expect((await world.finish()).tasks.recovered).toBe(0);
			}));

		it("that was only late finds its tasks done by the one sent in its place", () =>
			withWorld(12, async (world) => {
				const late = world.take();
				await world.ringWhenDue();
				await world.deliver(world.take());
				await world.deliver(late);
				const summary = await world.finish();
				expect(world.job.performed).toHaveLength(12);
				expect(summary.attempts).toMatchObject({ total: 12, duplicateDeliveries: 1 });
			}));

		it("lost every time is given up at the deadline: lost, timed out, and balanced", () =>
			withWorld(3, async (world) => {
				for (;;) {
					world.queue = [];
					if ((await world.summary()).state === "sealed") break;
					await world.ringWhenDue();
				}
				const summary = await world.summary();
				expect(summary).toMatchObject({ verdict: "timed_out", balanced: true });
				expect(summary.tasks).toMatchObject({ lost: 3, recovered: 0 });
				expect(summary.errors).toMatchObject([{ code: "run_deadline", count: 3 }]);
				expect(summary.durationMs).toBe(50 * 60_000);
				expect(summary.meters["messages"]).toBeLessThan(40);
			}));
	});

	describe("a consumer that dies", () => {
		it("after it has written and before it reports: what it made is counted once", () =>
			withWorld(3, async (world) => {
				await claimAndDie(world);
				for (const taskId of world.job.taskIds) world.job.made.set(taskId, world.runId);
				await world.ringWhenDue();
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 3 } });
				expect(summary.tasks.recovered).toBe(3);
				expect(summary.attempts).toMatchObject({ total: 6, retried: 0, leasesExpired: 3 });
			}));

		it("and comes back after its lease ran out is not heard", () =>
			withWorld(3, async (world) => {
				const { body } = world.take();
				const claim = await world.coordinator.claim({
					...body,
					claimId: "slow" as never,
					delivery: 1,
				});
				if (claim.kind !== "granted") throw new Error("not granted");
				await world.ringWhenDue();
				await world.ringWhenDue();
				const results = world.job.taskIds.map((taskId) => ({
					taskId,
					outcome: { kind: "permanent" as const, error: failure() },
					yield: { thingsMade: 99 },
					meters: { thingRequests: 99 },
					warnings: [],
				}));
				const { messageNo, leaseToken } = claim;
				expect(
					await world.coordinator.report({ messageNo, leaseToken, results, meters: {} }),
				).toEqual({ kind: "heard", accepted: 0, late: 3 });
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 3 } });
				expect(summary.attempts.lateReports).toBe(1);
				expect(summary.meters["thingRequests"]).toBe(3);
			}));

		it("every time uses up the attempts: its tasks are lost, and the others are not harmed", () =>
			withWorld(24, async (world) => {
				await world.deliver(world.queue.pop() ?? world.take());
				for (let attempt = 1; attempt <= 4; attempt += 1) {
					await claimAndDie(world);
					await world.ringWhenDue();
					if (world.queue.length === 0) await world.ringWhenDue();
				}
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "partial", balanced: true });
				expect(summary.tasks).toMatchObject({ succeeded: 12, lost: 12, recovered: 0 });
				expect(summary.errors).toMatchObject([{ code: "lease_expired", count: 12 }]);
				expect(summary.attempts).toMatchObject({ total: 12 + 4 * 12, leasesExpired: 48 });
			}));
	});

	describe("the coordinator's own bad day", () => {
		it("evicted after every single step, it goes on where it was", () =>
			withWorld(30, async (world) => {
				for (;;) {
					await world.restart();
					if ((await world.summary()).state === "sealed") break;
					const message = world.queue.shift();
					if (message === undefined) await world.ringWhenDue();
					else {
						await world.deliver(message);
						await world.restart();
						if (world.alarmAtMs <= world.nowMs) await world.ring();
					}
				}
				const summary = await world.summary();
				expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 30 } });
				expect(summary.attempts.total).toBe(30);
			}));

		it("a send that failed after all has two messages for each task and one attempt", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				world.sendFails = "after";
				await world.start();
				await world.ring();
				expect(world.queue).toHaveLength(3);
				world.sendFails = null;
				await world.ringWhenDue();
				expect(world.queue).toHaveLength(6);
				const [first, , , again] = world.queue.splice(0, 4);
				if (first === undefined || again === undefined) throw new Error("not sent twice");
				expect(again).toEqual(first);
				await world.deliver(first);
				await world.deliver(again);
				world.nowMs += 90_000;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 30 } });
				expect(summary.attempts).toMatchObject({ total: 30, duplicateDeliveries: 1 });
			}));

		it("a queue that takes nothing for an hour is tried ever less often, and the run times out", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				world.sendFails = "before";
				await world.start();
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "timed_out", balanced: true });
				expect(summary.tasks.lost).toBe(30);
				expect(world.alarms.length).toBeLessThan(100);
			}));

		it("D1 down while sealing: the run stays sealing, is tried again and sealed once D1 is back", () =>
			withWorld(3, async (world) => {
				await world.deliver(world.take());
				world.database.fails = "before";
				for (let tries = 0; tries < 12; tries += 1) await world.ringWhenDue();
				expect(await world.summary()).toMatchObject({ state: "sealing", verdict: null });
				expect(world.alarmAtMs - world.nowMs).toBeLessThanOrEqual(900_000);
				world.database.fails = null;
				expect(await world.finish()).toMatchObject({ verdict: "succeeded", balanced: true });
			}));

		it("a seal that D1 took without saying so is written again, the same to the letter", () =>
			withWorld(3, async (world) => {
				await world.deliver(world.take());
				// The gate passes; the tasks and the seal are written, and the answer is lost.
				world.database.fails = "after";
				world.database.passes = 1;
				await world.ring();
				expect(await world.summary()).toMatchObject({ state: "sealing", verdict: null });
				world.database.fails = null;
				await world.restart();
				const seal = () =>
					world.platform.rows("SELECT summary, sealed_at_ms, closed_at_ms FROM runs");
				const first = await seal();
				world.nowMs += 60_000;
				const summary = await world.finish();
				const [row] = await seal();
				expect(row).toEqual(first[0]);
				expect(JSON.parse(String(row?.["summary"]))).toEqual(summary);
				expect(await world.platform.rows("SELECT count(*) AS tasks FROM run_tasks")).toEqual([
					{ tasks: 3 },
				]);
			}));

		it("an alarm that rings twice, early and for nothing changes nothing", () =>
			withWorld(12, async (world) => {
				await world.ring();
				await world.ring();
				expect(world.queue).toHaveLength(1);
				expect((await world.finish()).attempts).toMatchObject({
					total: 12,
					duplicateDeliveries: 0,
				});
			}));

		it("an alarm that has died is set again by the next claim", () =>
			withWorld(24, async (world) => {
				world.nowMs = world.alarmAtMs + 60_000;
				const before = world.alarms.length;
				await world.deliver(world.take());
				expect(world.alarms.length).toBeGreaterThan(before);
				expect(world.alarmAtMs).toBeGreaterThanOrEqual(world.nowMs);
			}));
	});
}

async function claimAndDie(world: World): Promise<void> {
	const { body } = world.take();
	const claimId = `dying-${world.nowMs}` as never;
	await world.coordinator.claim({ ...body, claimId, delivery: 1 });
}
