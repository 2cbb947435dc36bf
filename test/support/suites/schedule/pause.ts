import { describe, expect, it } from "vitest";
import {
	fiveOClock,
	hourMs,
	minuteMs,
	type ScheduleWorld,
	sevenOClock,
	sixOClock,
	worldsOf,
} from "../../schedule-world.ts";
import { ScriptedJob } from "../../scripted-job.ts";
import type { WithPlatform } from "../run.ts";

/** Slots in a pause, on any platform's SQL. */
export function describePause(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

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
