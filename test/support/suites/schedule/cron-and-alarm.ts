import { describe, expect, it } from "vitest";
import { eventually } from "../../eventually.ts";
import { fiveOClock, minuteMs, sixOClock, worldsOf } from "../../schedule-world.ts";
import type { WithPlatform } from "../run.ts";

/** Cron and alarm each start what the other did not, on any platform's SQL. */
export function describeCronAndAlarm(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

	describe("cron and alarm", () => {
		it("the cron starts the run of its slot at once", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				expect(world.runOf(fiveOClock)?.request).toMatchObject({
					trigger: "cron",
					slotAtMs: fiveOClock,
				});
				expect(await world.accounts()).toEqual(["17:00 run"]);
			}));

		it("the cron that never comes: the alarm starts the run after the grace, and the cron is known to be dead", () =>
			withWorld(async (world) => {
				await world.ringUntil(fiveOClock + 119_999);
				expect(world.runOf(fiveOClock)).toBeUndefined();
				await world.ringUntil(fiveOClock + 120_000);
				expect(world.runOf(fiveOClock)).toMatchObject({
					startedAtMs: fiveOClock + 120_000,
					request: { trigger: "alarm" },
				});
				expect(await world.accounts()).toEqual(["17:00 run"]);
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.toldOn()).toEqual(["opened cron_dead"]);
			}));

		it("the cron that comes after the alarm has started the run starts no second one", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock, 5 * minuteMs);
				expect(world.runs.size).toBe(1);
				expect(world.runOf(fiveOClock)?.starts).toBe(1);
				expect(world.toldOn()).toEqual(["opened cron_dead"]);
				await world.ringUntil(world.nowMs);
				expect(world.toldOn()).toEqual(["opened cron_dead", "closed cron_dead"]);
			}));

		it("the cron that comes twice starts one run", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.cron(fiveOClock, 10_000);
				expect(world.runs.size).toBe(1);
				expect(world.runOf(fiveOClock)?.starts).toBe(1);
			}));

		it("cron and alarm at the very same moment start one run", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				world.sleepUntil(sixOClock + 120_000);
				world.alarmAtMs = null;
				await Promise.all([
					world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: sixOClock }),
					world.scheduler.onAlarm(),
				]);
				await world.ringUntil(world.nowMs);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots.map(({ slot }) => slot)).toEqual([
					"2026-11-23T18:00:00Z",
					"2026-11-23T17:00:00Z",
				]);
			}));

		it("the alarm that is gone is noticed by the cron, set again and told once", () =>
			withWorld(async (world) => {
				world.alarmAtMs = null;
				const alarms = world.alarms.length;
				await world.cron(fiveOClock);
				expect(world.alarms.length).toBeGreaterThan(alarms);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(world.toldOn()).toEqual(["opened alarm_dead", "closed alarm_dead"]);
			}));

		it("the alarm that is long overdue is noticed by a request, and what was due is done", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + 4 * minuteMs);
				await world.scheduler.look();
				expect(world.alarmAtMs).toBe(world.nowMs);
				await world.ringUntil(world.nowMs);
				expect(await world.accounts()).toEqual(["17:00 late"]);
				expect(world.toldOn()).toContain("opened alarm_dead");
			}));

		it("an alarm that is merely a little late is not called dead", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + 120_000 + 20_000);
				await world.scheduler.look();
				expect((await world.scheduler.incidents()).open).toEqual([]);
			}));

		it("a thousand requests at once set a dead alarm once", () =>
			withWorld(async (world) => {
				world.alarmAtMs = null;
				const alarms = world.alarms.length;
				await Promise.all(Array.from({ length: 1_000 }, () => world.scheduler.look()));
				expect(world.alarms.length - alarms).toBeLessThanOrEqual(2);
				expect((await world.scheduler.incidents()).open).toHaveLength(1);
			}));

		it("a crash before the start was confirmed starts the same run again", () =>
			withWorld(async (world) => {
				world.unreachable = "after";
				await world.cron(fiveOClock);
				await world.restart();
				world.unreachable = null;
				await world.ringUntil(fiveOClock + 2 * minuteMs);
				expect(world.runs.size).toBe(1);
				expect(world.runOf(fiveOClock)?.starts).toBe(2);
				expect(await world.accounts()).toEqual(["17:00 run"]);
			}));

		it("a coordinator that cannot be reached is asked again until it can", () =>
			withWorld(async (world) => {
				world.unreachable = "before";
				await world.cron(fiveOClock);
				await world.ringUntil(fiveOClock + 20 * minuteMs);
				expect(world.runs.size).toBe(0);
				world.unreachable = null;
				await world.ringUntil(fiveOClock + 25 * minuteMs);
				expect(world.runOf(fiveOClock)).toBeDefined();
			}));

		it("cron and alarm that both wait for the run before start one run, and the slower one changes nothing", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const before = world.runOf(fiveOClock);
				if (before !== undefined) before.state = "sealing";
				await world.ringUntil(sixOClock);
				const slow = Promise.withResolvers<void>();
				world.duringWake = () => {
					world.duringWake = null;
					return slow.promise;
				};
				const cron = world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: sixOClock });
				await eventually(() => expect(world.duringWake).toBeNull());
				world.sleepUntil(sixOClock + 120_000);
				await world.scheduler.onAlarm();
				expect(world.runOf(sixOClock)?.request?.trigger).toBe("alarm");
				slow.resolve();
				await cron;
				expect(world.runOf(sixOClock)?.starts).toBe(1);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[0]).toMatchObject({ account: "run", trigger: "alarm" });
			}));

		it("an answer about the run before that comes after the slot was decided makes no overlap of it", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const before = world.runOf(fiveOClock);
				if (before !== undefined) before.state = "sealing";
				await world.ringUntil(sixOClock);
				const slow = Promise.withResolvers<void>();
				world.duringWake = () => {
					world.duringWake = null;
					return slow.promise;
				};
				const cron = world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: sixOClock });
				await eventually(() => expect(world.duringWake).toBeNull());
				world.sleepUntil(sixOClock + 120_000);
				await world.scheduler.onAlarm();
				if (before !== undefined) before.state = "running";
				slow.resolve();
				await cron;
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 run"]);
			}));

		it("a crash after the cron came and before its slot was decided is not called a dead cron", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const before = world.runOf(fiveOClock);
				if (before !== undefined) before.state = "sealing";
				await world.ringUntil(sixOClock + 300);
				world.duringWake = () => new Promise(() => undefined);
				void world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: sixOClock });
				await eventually(async () => {
					const { proofOfLife } = await world.scheduler.schedule();
					expect(proofOfLife.cron).toBe("2026-11-23T18:00:00.300Z");
				});
				world.duringWake = null;
				await world.restart();
				await world.ringUntil(sixOClock + 3 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 run"]);
				expect(world.toldOn()).toEqual([]);
			}));

		it("a crash between a slot's account and its start is made good within a minute", () =>
			withWorld(async (world) => {
				await world.ringUntil(fiveOClock + 200);
				world.duringStart = () => new Promise(() => undefined);
				void world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: fiveOClock });
				await eventually(async () => expect(await world.accounts()).toEqual(["17:00 run"]));
				world.duringStart = null;
				await world.restart();
				await world.ringUntil(world.nowMs + 65_000);
				expect(world.runOf(fiveOClock)?.starts).toBe(1);
			}));
	});
}
