import { describe, expect, it } from "vitest";
import { expectNumbers } from "../expect-numbers.ts";
import { dieAfterClaim } from "../heavy-faults.ts";
import { Interruption } from "../interruption.ts";
import { ScriptedJob } from "../scripted-job.ts";
import { World } from "../world.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What an operator fears of the coordinator, its alarm and its seal, on any platform's SQL; the numbers are exact. */
export function describeCrashes(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);

	describe("the coordinator", () => {
		it("is evicted between the plan and the send", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(30));
				const death = new Interruption(1, "before");
				await world.start();
				world.around = (name, call) => (name === "send" ? death.around(name, call) : call());
				expect(await death.dies(() => world.ring())).toBe(true);
				expect(world.queue).toEqual([]);
				await world.restart();
				const summary = await world.finish();
				expectNumbers(summary, 30);
				expect(summary.meters["messages"]).toBe(3);
			}));

		it("is asked to start a hundred times at once", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(12));
				const answers = await Promise.all(Array.from({ length: 100 }, () => world.start()));
				expect(answers.filter(({ created }) => created)).toHaveLength(1);
				expectNumbers(await world.finish(), 12);
				expect(await platform.rows("SELECT run_id FROM runs")).toHaveLength(1);
			}));

		it("has its alarm ring twice at once, each time", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(501));
				// Every call takes its time, so that what the two do differs.
				world.around = async (_, call) => {
					world.nowMs += 7;
					return call();
				};
				await world.start();
				for (let steps = 0; steps < 100; steps += 1) {
					if ((await world.summary()).state === "sealed") break;
					const message = world.queue.shift();
					if (message !== undefined) await world.deliver(message);
					else await Promise.all([world.ringWhenDue(), world.ring()]);
				}
				const summary = await world.summary();
				const sent = summary.meters["messages"] ?? 0;
				expectNumbers(summary, 501, { attempts: { duplicateDeliveries: sent - 42 } });
				const [row] = await platform.rows("SELECT summary FROM runs");
				expect(JSON.parse(String(row?.["summary"]))).toEqual(summary);
				expect(world.logged.filter(({ event }) => event === "run_sealed")).toHaveLength(1);
			}));

		it("has an alarm that throws ten times in a row", () =>
			withPlatform(async (platform) => {
				let broken = 0;
				const { storage } = platform;
				const world = new World(
					{
						...platform,
						storage: {
							sql: storage.sql,
							transactionSync: (step) => {
								broken -= 1;
								if (broken >= 0) throw new Error("disk I/O error");
								return storage.transactionSync(step);
							},
						},
					},
					new ScriptedJob(24),
				);
				await world.start();
				await world.ring();
				world.queue = [];
				broken = 10;
				expectNumbers(await world.finish(), 24, { tasks: { recovered: 24 } });
				const failed = world.logged.filter(({ event }) => event === "alarm_failed");
				expect(failed).toHaveLength(10);
			}));

		it("has its alarm ring 40 minutes late", () =>
			withWorld(36, async (world) => {
				await world.deliver(world.take());
				await dieAfterClaim(world, world.take().body);
				world.take();
				world.nowMs += 40 * minuteMs;
				expectNumbers(await world.finish(), 36, {
					tasks: { recovered: 24 },
					attempts: { total: 48, leasesExpired: 12 },
				});
			}));

		it("has its alarm taken away, and the next instance sets it with the first claim", () =>
			withWorld(24, async (world) => {
				world.platformAlarmAtMs = null;
				await world.restart();
				await world.deliver(world.take());
				expect(world.platformAlarmAtMs).toBe(world.nowMs + 90_000);
				expectNumbers(await world.finish(), 24);
			}));
	});

	describe("a loop", () => {
		it("of a job that gives everything back for ever ends at the run's limit, with the reason", () =>
			withWorld(24, async (world) => {
				world.job.outcomeOf = () => ({ kind: "deferred", continuation: "again" });
				const summary = await world.finish();
				const { total } = summary.attempts;
				expectNumbers(summary, 24, {
					verdict: "failed",
					tasks: { succeeded: 0, lost: 24 },
					attempts: { total },
					yield: { thingsMade: 0 },
				});
				expect(summary.errors).toMatchObject([{ code: "limit_reached", count: 24 }]);
				expect(total).toBeGreaterThan(24 * 16);
				expect(total).toBeLessThan(24 * 101);
			}));

		it(
			"of a message that comes for ever ends at the run's limit, and then writes nothing",
			() =>
				withWorld(24, async (world) => {
					const message = world.take();
					let deliveries = 0;
					for (; deliveries < 10_000 && world.alarmAtMs > world.nowMs; deliveries += 1) {
						await world.deliver(message);
					}
					expect(deliveries).toBeLessThan(7_000);
					world.queue = [];
					await world.ring();
					const summary = await world.summary();
					expect(summary.errors).toMatchObject([{ code: "limit_reached", count: 12 }]);
					expect(summary.errors[0]?.message).toContain("limit of 6456 ledger rows written");
					expectNumbers(summary, 24, {
						verdict: "partial",
						tasks: { succeeded: 12, lost: 12 },
						attempts: { total: 12, duplicateDeliveries: deliveries - 1 },
						yield: { thingsMade: 12 },
					});
					const rows = () => world.platform.storage.sql.exec("SELECT * FROM run").toArray();
					const before = rows();
					await world.deliver(message);
					expect(rows()).toEqual(before);
				}),
			60_000,
		);
	});

	describe("the seal", () => {
		it("finds D1 down for a whole day, is tried at most every 15 minutes, and is written", () =>
			withWorld(12, async (world) => {
				await world.deliver(world.take());
				world.database.fails = "before";
				const backAtMs = world.nowMs + 24 * hourMs;
				while (world.nowMs < backAtMs) await world.ringWhenDue();
				expect(world.database.calls).toBeLessThan(125);
				world.database.fails = null;
				const summary = await world.finish();
				expectNumbers(summary, 12);
				expect(summary.durationMs).toBeLessThan(24 * hourMs + 30 * minuteMs);
			}));

		it("is taken by a D1 that loses every answer for an hour: one seal, the first one", () =>
			withWorld(12, async (world) => {
				await world.deliver(world.take());
				world.database.fails = "after";
				world.database.passes = 1;
				const backAtMs = world.nowMs + hourMs;
				while (world.nowMs < backAtMs) await world.ringWhenDue();
				world.database.fails = null;
				const summary = await world.finish();
				expectNumbers(summary, 12);
				const [row] = await world.platform.rows("SELECT summary FROM runs");
				expect(JSON.parse(String(row?.["summary"]))).toEqual(summary);
			}));

		it("is under way when an operator cancels: too late, and the verdict stays", () =>
			withWorld(12, async (world) => {
				await world.deliver(world.take());
				world.database.fails = "before";
				await world.ring();
				expect(await world.summary()).toMatchObject({ state: "sealing" });
				expect(await world.coordinator.cancel()).toEqual({ kind: "too_late" });
				world.database.fails = null;
				expectNumbers(await world.finish(), 12);
			}));
	});
}
