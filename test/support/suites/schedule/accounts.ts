import { describe, expect, it } from "vitest";
import {
	fiveOClock,
	hourMs,
	minuteMs,
	sevenOClock,
	sixOClock,
	worldsOf,
} from "../../schedule-world.ts";
import { ScriptedJob } from "../../scripted-job.ts";
import type { WithPlatform } from "../run.ts";

/** Which slot gets which account, on any platform's SQL. */
export function describeAccounts(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

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
}
