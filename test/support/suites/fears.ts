import { describe, expect, it } from "vitest";
import { isEmptyStorage } from "../../../durable-objects/migrate.ts";
import type { CoordinatorApi } from "../../../durable-objects/run-coordinator/api.ts";
import { expectNumbers } from "../expect-numbers.ts";
import { dieAfterClaim } from "../heavy-faults.ts";
import { ScriptedJob } from "../scripted-job.ts";
import { World } from "../world.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What an operator fears of a run's messages, consumers and clocks, on any platform's SQL; the numbers are exact. */
export function describeFears(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);

	describe("the queue", () => {
		it("hands out everything in the wrong order, and everything twice", () =>
			withWorld(60, async (world) => {
				const messages = world.queue.splice(0).reverse();
				for (const message of [...messages, ...messages]) await world.deliver(message);
				expectNumbers(await world.finish(), 60, { attempts: { duplicateDeliveries: 5 } });
			}));

		it("loses everything, and everything that is sent in its place", () =>
			withWorld(24, async (world) => {
				for (let losses = 0; losses < 2; losses += 1) {
					expect(world.queue.splice(0)).toHaveLength(2);
					await world.ringWhenDue();
				}
				const summary = await world.finish();
				expectNumbers(summary, 24, { tasks: { recovered: 24 } });
				expect(summary.meters["messages"]).toBe(6);
				expect(summary.durationMs).toBe(90_000 + 180_000);
			}));

		it("gives every message up at once, and each dead letter comes twice", () =>
			withWorld(24, async (world) => {
				for (const message of world.queue.splice(0)) {
					await world.returnDeadLetter(message);
					await world.returnDeadLetter(message);
				}
				const summary = await world.finish();
				expectNumbers(summary, 24, { tasks: { recovered: 24 } });
				expect(summary.meters["messages"]).toBe(4);
			}));

		it("gives the same message to two consumers at the same moment", () =>
			withWorld(12, async (world) => {
				const message = world.take();
				await Promise.all([world.deliver(message), world.deliver(message)]);
				expect(world.job.performed).toHaveLength(12);
				expectNumbers(await world.finish(), 12, { attempts: { duplicateDeliveries: 1 } });
			}));

		it("brings a message of a run that was forgotten", () =>
			withWorld(12, async (world) => {
				const message = world.take();
				await world.deliver(message);
				await world.finish();
				await world.ringWhenDue();
				expect(world.destroyed).toBe(true);
				const alarms = world.alarms.length;
				expect(await world.deliver(message, 2)).toEqual({ kind: "ack" });
				expect(await world.returnDeadLetter(message)).toEqual({ kind: "ack" });
				expect(isEmptyStorage(world.platform.storage)).toBe(true);
				expect(world.alarms).toHaveLength(alarms);
			}));

		it("hangs for a minute, hands everything out meanwhile, and then says that it failed", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				world.sendFails = "after";
				world.duringSend = async () => {
					world.nowMs += minuteMs;
					for (const message of world.queue.splice(0)) await world.deliver(message);
				};
				await world.start();
				await world.ring();
				const summary = await world.finish();
				expectNumbers(summary, 30);
				expect(summary.meters).toMatchObject({ messages: 0, messagesUnconfirmed: 3 });
				expect(summary.durationMs).toBe(minuteMs);
			}));
	});

	describe("a consumer", () => {
		it("whose report is heard, but who is never told so, gets its message again", () =>
			withWorld(12, async (world) => {
				const unheard = coordinatorWith(world, {
					report: async (report) => {
						await world.coordinator.report(report);
						throw new Error("Network connection lost");
					},
				});
				const message = world.take();
				expect(await world.consumer(unheard).handle(message.body, 1)).toMatchObject({
					kind: "retry",
				});
				expect(await world.deliver(message, 2)).toEqual({ kind: "ack" });
				expectNumbers(await world.finish(), 12, { attempts: { duplicateDeliveries: 1 } });
				expect(world.job.performed).toHaveLength(12);
			}));

		it("that reports ten minutes late, while another one is at work on its tasks, is counted and not heard", () =>
			withWorld(12, async (world) => {
				const slow = coordinatorWith(world, {
					report: async (report) => {
						world.nowMs += 10 * minuteMs;
						await world.ring();
						const again = world.take();
						await world.coordinator.claim({ ...again.body, claimId: "x" as never, delivery: 1 });
						return world.coordinator.report(report);
					},
				});
				await world.consumer(slow).handle(world.take().body, 1);
				// The other one dies as well, and a third one does the work.
				expectNumbers(await world.finish(), 12, {
					tasks: { recovered: 12 },
					attempts: { total: 36, leasesExpired: 24, lateReports: 1 },
				});
			}));

		it("reports after the seal: nothing changes any more", () =>
			withWorld(24, async (world) => {
				await world.deliver(world.take());
				let answer: unknown;
				const late = coordinatorWith(world, {
					report: async (report) => {
						world.nowMs += 50 * minuteMs;
						await world.ring();
						expect(await world.summary()).toMatchObject({ state: "sealed" });
						answer = await world.coordinator.report(report);
						return answer as never;
					},
				});
				await world.consumer(late).handle(world.take().body, 1);
				expect(answer).toEqual({ kind: "heard", accepted: 0, late: 12 });
				// What it made before the seal is counted all the same: the store says so.
				expectNumbers(await world.summary(), 24, {
					verdict: "timed_out",
					tasks: { succeeded: 12, lost: 12 },
				});
			}));

		it("dies with every message once, after its writes and before its report", () =>
			withWorld(36, async (world) => {
				for (const taskId of world.job.taskIds) world.job.made.set(taskId, world.runId);
				for (const { body } of world.queue.splice(0)) await dieAfterClaim(world, body);
				const summary = await world.finish();
				expectNumbers(summary, 36, {
					tasks: { recovered: 36 },
					attempts: { total: 72, leasesExpired: 36 },
				});
			}));
	});

	describe("the clock", () => {
		it("steps back an hour in the middle", () =>
			withWorld(36, async (world) => {
				await world.deliver(world.take());
				world.nowMs -= hourMs;
				const summary = await world.finish();
				expectNumbers(summary, 36);
				expect(summary.durationMs).toBe(0);
				expect(summary.sealedAt).toBe(summary.startedAt);
			}));

		it("steps back an hour while a message is lost and a consumer dies: found late, and sealed", () =>
			withWorld(36, async (world) => {
				await world.deliver(world.take());
				await dieAfterClaim(world, world.take().body);
				world.take();
				world.nowMs -= hourMs;
				const summary = await world.finish();
				expectNumbers(summary, 36, {
					tasks: { recovered: 24 },
					attempts: { total: 48, leasesExpired: 12 },
				});
				expect(summary.durationMs).toBeLessThan(5 * minuteMs);
			}));

		it("jumps a day ahead: what is open is closed, and what is done stays done", () =>
			withWorld(36, async (world) => {
				await world.deliver(world.take());
				await dieAfterClaim(world, world.take().body);
				world.take();
				world.nowMs += 24 * hourMs;
				const summary = await world.finish();
				expectNumbers(summary, 36, {
					verdict: "timed_out",
					tasks: { succeeded: 12, lost: 24 },
					attempts: { total: 24 },
					yield: { thingsMade: 12 },
				});
			}));
	});
}

function coordinatorWith(world: World, calls: Partial<CoordinatorApi>): CoordinatorApi {
	const { coordinator } = world;
	return {
		claim: coordinator.claim.bind(coordinator),
		report: coordinator.report.bind(coordinator),
		...calls,
	} as unknown as CoordinatorApi;
}
