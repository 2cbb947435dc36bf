import { describe, expect, it, vi } from "vitest";
import { runIdForSlot } from "../../../src/domain/ids.ts";
import { fiveOClock, hourMs, minuteMs, ScheduleWorld } from "../schedule-world.ts";
import { ScriptedJob } from "../scripted-job.ts";
import type { WithPlatform } from "./run.ts";

const sixOClock = fiveOClock + hourMs;
const sevenOClock = sixOClock + hourMs;

/** Which slot gets which account, on any platform's SQL. */
export function describeSchedule(withPlatform: WithPlatform): void {
	const withWorld = (use: (world: ScheduleWorld) => Promise<void>) =>
		withPlatform(async (platform) => use(await ScheduleWorld.begin(platform)));

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
				await vi.waitFor(() => expect(world.duringWake).toBeNull());
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
				await vi.waitFor(() => expect(world.duringWake).toBeNull());
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
				await vi.waitFor(async () => {
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
				await vi.waitFor(async () => expect(await world.accounts()).toEqual(["17:00 run"]));
				world.duringStart = null;
				await world.restart();
				await world.ringUntil(world.nowMs + 65_000);
				expect(world.runOf(fiveOClock)?.starts).toBe(1);
			}));

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
				await vi.waitFor(() => expect(failFirst).not.toBeNull());
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
				await vi.waitFor(() => expect(world.duringStart).toBeNull());
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

	describe("accounts of slots", () => {
		it("the run before is still open: the slot is skipped as an overlap, and why stands there", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.cron(sixOClock);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 overlap"]);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[0]?.reason).toBe("hourly-20261123T1700Z is still open.");
				await world.seal(fiveOClock);
				await world.cron(sevenOClock);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 overlap", "19:00 run"]);
			}));

		it("a run that is being sealed does not hold up the next one, nor does one that nobody knows", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await world.cron(sixOClock);
				world.runs.clear();
				await world.cron(sevenOClock);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 run", "19:00 run"]);
			}));

		it("the run before cannot be asked: the slot waits, and is decided when it can be", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				world.unreachable = "before";
				await world.cron(sixOClock);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 due"]);
				world.unreachable = null;
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealed";
				await world.ringUntil(sixOClock + 2 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 run"]);
				expect(world.toldOn()).toEqual([]);
			}));

		it("a run that goes on for three slots is what each of them waits for", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.cron(sixOClock);
				await world.cron(sevenOClock);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 overlap", "19:00 overlap"]);
			}));

		it("the newest 400 slots of a job are kept, and no other job's are forgotten with them", () =>
			withWorld(async (world) => {
				const { sql } = world.platform.storage;
				const insert = (job: string, slotAtMs: number) =>
					sql.exec(
						"INSERT INTO slots (job, slot_at_ms, account, decided_at_ms, failures) VALUES (?, ?, 'paused', ?, 0)",
						...[job, slotAtMs, slotAtMs],
					);
				for (let hours = 1; hours <= 450; hours += 1) insert("hourly", fiveOClock - hours * hourMs);
				insert("monthly", fiveOClock - 1_000 * hourMs);
				await world.cron(fiveOClock);
				const kept = sql.exec("SELECT job, count(*) AS slots FROM slots GROUP BY job ORDER BY job");
				expect(kept.toArray()).toEqual([
					{ job: "hourly", slots: 400 },
					{ job: "monthly", slots: 1 },
				]);
			}));

		it("a slot that waits is not asked about at each ring of the alarm", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				world.unreachable = "before";
				await world.cron(sixOClock);
				for (let rings = 0; rings < 10; rings += 1) await world.scheduler.onAlarm();
				const postponed = world.logged.filter(({ event }) => event === "slot_postponed");
				expect(postponed).toHaveLength(1);
			}));

		it("a slot that was never decided says why it was missed", () =>
			withWorld(async (world) => {
				world.sleepUntil(sixOClock - 2 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs);
				world.unreachable = "before";
				await world.cron(sixOClock);
				await world.cron(sevenOClock);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[1]).toMatchObject({
					account: "missed",
					reason: expect.stringContaining("hourly-20261123T1700Z could not be asked"),
				});
			}));

		it("after an outage the newest missed slot is run once, late, and the older ones are missed", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				world.sleepUntil(fiveOClock + 4 * hourMs + 30 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs);
				expect(await world.accounts()).toEqual([
					"17:00 run",
					"18:00 missed",
					"19:00 missed",
					"20:00 missed",
					"21:00 late",
				]);
				expect(world.runOf(fiveOClock + 4 * hourMs)?.starts).toBe(1);
				expect(world.runs.size).toBe(2);
			}));

		it("the outage ends with a cron: its slot is run in time, those before are missed", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				world.sleepUntil(fiveOClock + 3 * hourMs + 300);
				world.alarmAtMs = null;
				await world.scheduler.cronCame({
					cron: "0 * * * *",
					scheduledAtMs: fiveOClock + 3 * hourMs,
				});
				expect(await world.accounts()).toEqual([
					"17:00 run",
					"18:00 missed",
					"19:00 missed",
					"20:00 run",
				]);
			}));

		it("an outage of five days leaves an account for each of its slots", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				world.sleepUntil(fiveOClock + 120 * hourMs + 30 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs);
				const counts = world.platform.storage.sql
					.exec<{ account: string; slots: number }>(
						"SELECT account, count(*) AS slots FROM slots GROUP BY account ORDER BY account",
					)
					.toArray();
				expect(counts).toEqual([
					{ account: "late", slots: 1 },
					{ account: "missed", slots: 119 },
					{ account: "run", slots: 1 },
				]);
			}));

		it("slots before the first look are nobody's fault", () =>
			withWorld(async (world) => {
				expect(await world.accounts()).toEqual([]);
				await world.ringUntil(fiveOClock + 3 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 run"]);
			}));

		it("a job whose cron expression is new is not blamed for the slots of the old one", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				await world.seal(fiveOClock);
				world.sleepUntil(sixOClock - minuteMs);
				world.jobs = [new ScriptedJob(3, "hourly", { kind: "cron", cron: "*/10 * * * *" })];
				await world.restart();
				await world.ringUntil(sixOClock + 3 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 run"]);
			}));

		it("a slot that was due when its cron expression was changed says why it has no run", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + minuteMs);
				world.jobs = [new ScriptedJob(3, "hourly", { kind: "cron", cron: "30 * * * *" })];
				await world.restart();
				await world.ringUntil(fiveOClock + 40 * minuteMs);
				expect(await world.accounts()).toEqual(["17:00 missed", "17:30 run"]);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[1]?.reason).toContain("0 * * * *");
			}));

		it("a new cron expression is kept by the alarm though the old one's slot is far away", () =>
			withWorld(async (world) => {
				world.jobs = [new ScriptedJob(3, "hourly", { kind: "cron", cron: "0 4 * * *" })];
				await world.restart();
				await world.scheduler.schedule();
				await world.ringUntil(fiveOClock + 10 * minuteMs);
				world.jobs = [world.job];
				await world.restart();
				await world.scheduler.schedule();
				await world.ringUntil(sixOClock + 2 * minuteMs);
				expect(world.runOf(sixOClock)?.request).toMatchObject({ trigger: "alarm" });
			}));

		it("a job that is gone has no schedule any more", () =>
			withWorld(async (world) => {
				world.jobs = [new ScriptedJob(3, "other", { kind: "cron", cron: "0 * * * *" })];
				await world.restart();
				await world.cron(fiveOClock);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs.map(({ job }) => job)).toEqual(["other"]);
			}));

		it("a cron fired by hand between two slots stands for the newest one", () =>
			withWorld(async (world) => {
				world.sleepUntil(fiveOClock + minuteMs);
				const scheduledAtMs = fiveOClock + 42_000;
				await world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs });
				expect(await world.accounts()).toEqual(["17:00 run"]);
			}));

		it("shows the last 48 slots, the next one, and when each sign of life last came", () =>
			withWorld(async (world) => {
				for (let slot = 0; slot < 50; slot += 1) {
					await world.cron(fiveOClock + slot * hourMs);
					await world.seal(fiveOClock + slot * hourMs);
				}
				await world.scheduler.look();
				const last = fiveOClock + 49 * hourMs;
				const schedule = await world.scheduler.schedule();
				expect(schedule.proofOfLife).toEqual({
					cron: new Date(last + 300).toISOString(),
					alarm: expect.any(String),
					http: new Date(last + 300).toISOString(),
				});
				expect(schedule.jobs[0]).toMatchObject({
					job: "hourly",
					cron: "0 * * * *",
					nextSlot: new Date(last + hourMs).toISOString().replace(".000", ""),
					paused: null,
					slots: { length: 48 },
				});
				expect(schedule.nextAlarm).toBe(new Date(world.alarmAtMs ?? 0).toISOString());
				expect(schedule.jobs[0]?.slots[0]).toMatchObject({
					account: "run",
					durationMs: 0,
					trigger: "cron",
					verdict: "succeeded",
					tasks: { planned: 100, succeeded: 100 },
				});
			}));
	});

	describe("a pause", () => {
		const pause = (world: ScheduleWorld, untilMs: number) =>
			world.scheduler.pause({ job: world.job.name, untilMs, reason: "Twitch is being mended" });

		it("skips its slots, says why, and ends by itself", () =>
			withWorld(async (world) => {
				await pause(world, sixOClock + minuteMs);
				await world.cron(fiveOClock);
				await world.cron(sixOClock);
				await world.cron(sevenOClock);
				expect(await world.accounts()).toEqual(["17:00 paused", "18:00 paused", "19:00 run"]);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.paused).toBeNull();
				expect(jobs[0]?.slots[1]?.reason).toBe("Paused: Twitch is being mended");
				expect(world.toldOn()).toEqual([]);
			}));

		it("that comes again after one that is over began when it came", () =>
			withWorld(async (world) => {
				await pause(world, world.nowMs + minuteMs);
				await world.ringUntil(world.nowMs + 5 * minuteMs);
				const since = new Date(world.nowMs).toISOString();
				await pause(world, sixOClock);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(await pause(world, sevenOClock)).toMatchObject({ paused: { since } });
			}));

		it("outlives a change of the cron expression", () =>
			withWorld(async (world) => {
				const before = await pause(world, sevenOClock);
				world.jobs = [new ScriptedJob(3, "hourly", { kind: "cron", cron: "*/30 * * * *" })];
				await world.restart();
				await world.ringUntil(fiveOClock + 3 * minuteMs);
				const { jobs } = await world.scheduler.schedule();
				const paused = "paused" in before ? before.paused : null;
				expect(jobs[0]?.paused).toEqual(paused);
				expect(await world.accounts()).toEqual(["17:00 paused"]);
			}));

		it("ends with its last moment: the slot of that moment is run", () =>
			withWorld(async (world) => {
				await pause(world, sixOClock);
				await world.cron(fiveOClock);
				await world.cron(sixOClock, 0);
				expect(await world.accounts()).toEqual(["17:00 paused", "18:00 run"]);
			}));

		it("is ended by a resume, and survives a restart until then", () =>
			withWorld(async (world) => {
				await pause(world, sevenOClock);
				await world.restart();
				await world.cron(fiveOClock);
				const resumed = await world.scheduler.resume(world.job.name);
				expect(resumed).toMatchObject({ paused: null });
				await world.cron(sixOClock);
				expect(await world.accounts()).toEqual(["17:00 paused", "18:00 run"]);
			}));

		it("tells a heartbeat that the schedule is kept all the same", () =>
			withWorld(async (world) => {
				await pause(world, sixOClock);
				await world.cron(fiveOClock);
				await world.ringUntil(world.nowMs);
				expect(world.heartbeats).toMatchObject([{ signal: "success" }]);
			}));

		it("in which nothing was alive misses nothing: its slots were paused", () =>
			withWorld(async (world) => {
				await pause(world, sevenOClock + 30 * minuteMs);
				world.sleepUntil(sevenOClock + 45 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + minuteMs);
				expect(await world.accounts()).toEqual(["17:00 paused", "18:00 paused", "19:00 paused"]);
				expect(world.toldOn().filter((told) => told.includes("slot"))).toEqual([]);
			}));

		it("in which nothing was alive misses nothing, also when it is ended before the alarm rings", () =>
			withWorld(async (world) => {
				await pause(world, sevenOClock + hourMs);
				world.sleepUntil(sevenOClock + 30 * minuteMs);
				await world.scheduler.resume(world.job.name);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(await world.accounts()).toEqual(["17:00 paused", "18:00 paused", "19:00 paused"]);
				expect(world.toldOn().filter((told) => told.includes("slot"))).toEqual([]);
			}));

		it("excuses no slot that was missed before it came", () =>
			withWorld(async (world) => {
				world.sleepUntil(sevenOClock + 30 * minuteMs);
				await pause(world, sevenOClock + 2 * hourMs);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(await world.accounts()).toEqual(["17:00 missed", "18:00 missed", "19:00 paused"]);
				expect(world.toldOn()).toContain("opened slot_missed");
			}));

		it("that comes while the run before is asked is kept", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await world.ringUntil(sixOClock);
				// Not by world.cron: the alarm would ask the run, too, and so bring the pause too early.
				world.duringWake = async () => void (await pause(world, sevenOClock));
				await world.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: sixOClock });
				expect(await world.accounts()).toEqual(["17:00 run", "18:00 paused"]);
			}));

		it("of a job without a schedule is refused", () =>
			withWorld(async (world) => {
				const request = { job: "nobody" as never, untilMs: sixOClock, reason: "?" };
				expect(await world.scheduler.pause(request)).toEqual({ kind: "unknown_job" });
			}));

		it("counts its slots as not due", () =>
			withWorld(async (world) => {
				const { name } = world.job;
				await pause(world, fiveOClock + minuteMs);
				await world.cron(fiveOClock);
				await world.cron(sixOClock);
				expect(await world.scheduler.dutyOf(name, fiveOClock)).toBe("paused");
				expect(await world.scheduler.dutyOf(name, sixOClock)).toBe("expected");
				expect(await world.scheduler.dutyOf(name, fiveOClock - hourMs)).toBe("unknown");
			}));
	});
}
