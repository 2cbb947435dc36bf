import { describe, expect, it, vi } from "vitest";
import { runIdForSlot } from "../../../../src/domain/ids.ts";
import { eventually } from "../../eventually.ts";
import {
	fiveOClock,
	hourMs,
	minuteMs,
	ScheduleWorld,
	sixOClock,
	worldsOf,
} from "../../schedule-world.ts";
import type { WithPlatform } from "../run.ts";

/** What can go wrong while a slot gets its run, on any platform's SQL. */
export function describeBadStarts(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

	describe("a start in bad weather", () => {
		it("a cron that is the first thing to come to a new deployment starts its run", () =>
			withPlatform(async (platform) => {
				const world = new ScheduleWorld(platform);
				await world.restart();
				world.sleepUntil(fiveOClock + 300);
				await world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: fiveOClock });
				expect(world.runOf(fiveOClock)?.request).toMatchObject({ trigger: "cron" });
				expect(world.alarmAtMs).not.toBeNull();
			}));

		it("requests leave one proof a minute, whatever comes in", () =>
			withWorld(async (world) => {
				const since = new Date(world.nowMs).toISOString();
				world.nowMs += 59_999;
				await world.scheduler.look();
				expect((await world.scheduler.schedule()).proofOfLife.http).toBe(since);
				world.nowMs += 1;
				await world.scheduler.look();
				expect((await world.scheduler.schedule()).proofOfLife.http).not.toBe(since);
			}));

		it("a clock that was hours ahead for a while does not stop the looks at runs and ledger", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + 5 * hourMs + 10 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + minuteMs);
				world.nowMs = fiveOClock + minuteMs;
				const calls = world.database.calls;
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.database.calls - calls).toBe(1);
				const { proofOfLife } = await world.scheduler.schedule();
				expect(proofOfLife.http).toBe(new Date(fiveOClock + minuteMs).toISOString());
			}));

		it("a dead alarm that only the dashboard notices is set for the slot that is due", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				await world.ringUntil(world.nowMs + minuteMs);
				// Nothing else that is to be done may bring the alarm forward.
				world.isSilent = true;
				await world.restart();
				world.sleepUntil(sixOClock + 10 * minuteMs);
				await world.scheduler.schedule();
				await world.ringUntil(world.nowMs + 1_000);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 late"]);
				const { past } = await world.scheduler.incidents();
				expect(past.find(({ kind }) => kind === "alarm_dead")?.evidence).toEqual({
					lastSeenAt: expect.any(String),
				});
			}));

		it("a cron that died is known to be dead since the slot that it did not come for", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				await world.ringUntil(sixOClock + 3 * minuteMs);
				const { open } = await world.scheduler.incidents();
				expect(open).toMatchObject([
					{
						kind: "cron_dead",
						openedAt: "2026-11-23T18:00:00.000Z",
						slot: "2026-11-23T18:00:00Z",
						evidence: { lastSeenAt: "2026-11-23T17:00:00.300Z" },
					},
				]);
			}));

		it("a start that fails after another one was confirmed does not start the run a third time", () =>
			withWorld(async (world) => {
				let failFirst: (() => void) | null = null;
				world.duringStart = () =>
					new Promise((_, reject) => {
						world.duringStart = null;
						failFirst = () => reject(new Error("Network connection lost"));
					});
				const cron = world.cron(fiveOClock);
				await eventually(() => expect(failFirst).not.toBeNull());
				await world.scheduler.onAlarm();
				(failFirst as (() => void) | null)?.();
				await cron;
				await world.ringUntil(fiveOClock + 10 * minuteMs);
				expect(world.runOf(fiveOClock)?.starts).toBe(1);
			}));

		it("a start that is confirmed twice, once slowly, began when it was confirmed first", () =>
			withWorld(async (world) => {
				const slow = Promise.withResolvers<void>();
				world.duringStart = () => {
					world.duringStart = null;
					return slow.promise;
				};
				await world.ringUntil(fiveOClock + 200);
				const cron = world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: fiveOClock });
				await eventually(() => expect(world.duringStart).toBeNull());
				await world.scheduler.onAlarm();
				world.nowMs += 20_000;
				slow.resolve();
				await cron;
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[0]?.startedAt).toBe("2026-11-23T17:00:00.200Z");
			}));

		it("a run that started in time, and whose answer was lost in a crash of ten minutes, is not called late", () =>
			withWorld(async (world) => {
				world.unreachable = "after";
				await world.cron(fiveOClock);
				world.unreachable = null;
				world.sleepUntil(fiveOClock + 10 * minuteMs);
				await world.restart();
				await world.scheduler.onAlarm();
				expect(await world.accounts()).toEqual(["17:00 run"]);
				expect(world.runOf(fiveOClock)?.starts).toBe(2);
			}));

		it("a start that was confirmed only after the run had ended tells no heartbeat that it hangs", () =>
			withWorld(async (world) => {
				world.unreachable = "after";
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				await world.ringUntil(world.nowMs + 1_000);
				world.unreachable = null;
				await world.ringUntil(fiveOClock + 5 * minuteMs);
				expect(world.heartbeats.map(({ signal }) => signal)).toEqual(["success"]);
			}));

		it("a run whose coordinator cannot be reached for long is late, and that is told, though its slot was taken in time", () =>
			withWorld(async (world) => {
				world.unreachable = "before";
				await world.cron(fiveOClock);
				await world.ringUntil(fiveOClock + 2 * minuteMs);
				expect(world.toldOn()).toEqual([]);
				await world.ringUntil(fiveOClock + 5 * minuteMs);
				expect(world.toldOn()).toEqual(["opened slot_late"]);
				const [incident] = (await world.scheduler.incidents()).open;
				expect(incident?.what).toContain("could not be started in time");
				await world.ringUntil(fiveOClock + 20 * minuteMs);
				world.unreachable = null;
				await world.ringUntil(fiveOClock + 25 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 late"]);
				expect(world.toldOn()).toEqual(["opened slot_late"]);
				await world.seal(fiveOClock);
				await world.cron(sixOClock);
				await world.ringUntil(sixOClock + minuteMs);
				expect(world.toldOn()).toEqual(["opened slot_late", "closed slot_late"]);
			}));

		it("a slot whose run could not be started ends no outage", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + 30 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + minuteMs);
				await world.seal(fiveOClock);
				world.unreachable = "before";
				await world.cron(sixOClock);
				await world.ringUntil(sixOClock + 2 * minuteMs);
				expect(world.toldOn()).not.toContain("closed slot_late");
			}));

		it("a coordinator that never answers again holds up no slot after its run's deadline, and is told", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				world.broken.add(runIdForSlot(world.job.name, fiveOClock));
				for (let slot = 1; slot <= 4; slot += 1) {
					await world.cron(fiveOClock + slot * hourMs);
					await world.ringUntil(world.nowMs + 20 * minuteMs);
					await world.seal(fiveOClock + slot * hourMs);
				}
				expect(await world.accounts()).toEqual([
					"17:00 run",
					"18:00 late",
					"19:00 run",
					"20:00 run",
					"21:00 run",
				]);
				expect(world.toldOn()).toContain("opened run_stuck");
			}));

		it("a coordinator that never takes its start is given up, and its slot says why it was missed", () =>
			withWorld(async (world) => {
				world.broken.add(runIdForSlot(world.job.name, fiveOClock));
				await world.cron(fiveOClock);
				for (let slot = 1; slot <= 4; slot += 1) {
					await world.cron(fiveOClock + slot * hourMs);
					await world.ringUntil(world.nowMs + 20 * minuteMs);
					await world.seal(fiveOClock + slot * hourMs);
				}
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots.at(-1)).toMatchObject({
					slot: "2026-11-23T17:00:00Z",
					account: "missed",
					reason: "hourly-20261123T1700Z could not be started: Error: Network connection lost",
				});
				const starts = world.logged.filter(({ event }) => event === "start_failed").length;
				await world.ringUntil(world.nowMs + 20 * minuteMs);
				expect(world.logged.filter(({ event }) => event === "start_failed")).toHaveLength(starts);
				expect(world.toldOn()).toContain("opened slot_missed");
			}));

		it("a start that was given up, and had been carried out all the same: the slot has its run", () =>
			withWorld(async (world) => {
				world.unreachable = "after";
				await world.cron(fiveOClock);
				await world.ringUntil(fiveOClock + 70 * minuteMs);
				expect(await world.accounts()).toContain("17:00 missed");
				world.unreachable = null;
				await world.seal(fiveOClock);
				expect(await world.accounts()).toContain("17:00 late");
			}));

		it("a run whose seal was heard has its slot, though no answer to its start ever came", () =>
			withWorld(async (world) => {
				world.unreachable = "after";
				await world.cron(fiveOClock);
				await world.ringUntil(fiveOClock + 20 * minuteMs);
				await world.seal(fiveOClock);
				await world.ringUntil(fiveOClock + 80 * minuteMs);
				expect(await world.accounts()).toContain("17:00 late");
				expect(world.toldOn()).not.toContain("opened slot_missed");
			}));

		it("a coordinator that hangs holds up neither the slots of others nor what is to be told", () =>
			withWorld(async (world) => {
				vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
				try {
					await world.cron(fiveOClock);
					await world.ringUntil(fiveOClock + 4 * minuteMs);
					world.duringWake = () => new Promise(() => undefined);
					world.sleepUntil(fiveOClock + 6 * minuteMs);
					let isOver = false;
					const ring = world.scheduler.onAlarm().then(() => {
						isOver = true;
					});
					await vi.advanceTimersByTimeAsync(60_000);
					expect(isOver).toBe(true);
					await ring;
				} finally {
					vi.useRealTimers();
				}
				expect(world.logged.map(({ event }) => event)).toContain("run_unreachable");
			}));

		it("a cron of no job is told to the log", () =>
			withWorld(async (world) => {
				await world.scheduler.cronCame({ cron: "5 4 * * *", scheduledAtMs: fiveOClock });
				expect(world.logged.map(({ event }) => event)).toContain("cron_without_job");
			}));
	});
}
