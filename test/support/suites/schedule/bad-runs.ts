import { describe, expect, it } from "vitest";
import { runIdForRequest, runIdForSlot, toJobName, toRunId } from "../../../../src/domain/ids.ts";
import {
	fiveOClock,
	hourMs,
	minuteMs,
	runSlot,
	type ScheduleWorld,
	sevenOClock,
	sixOClock,
	worldsOf,
} from "../../schedule-world.ts";
import type { WithPlatform } from "../run.ts";

/** What is told of runs that did not go well, on any platform's SQL. */
export function describeBadRuns(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

	describe("a run that did not go well", () => {
		it("is told once, however long it goes on, and once when it is over, with how long it lasted", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				await runSlot(world, sixOClock, "failed");
				expect(world.toldOn("discord")).toEqual(["opened run_failed"]);
				expect((await world.scheduler.incidents()).open).toMatchObject([
					{ kind: "run_failed", occurrences: 2, runId: "hourly-20261123T1800Z" },
				]);
				await runSlot(world, sevenOClock);
				expect(world.toldOn("discord")).toEqual(["opened run_failed", "closed run_failed"]);
				expect(world.toldOn("webhook")).toEqual(["opened run_failed", "closed run_failed"]);
				const { open, past } = await world.scheduler.incidents();
				expect(open).toEqual([]);
				expect(past[0]).toMatchObject({ closedAt: expect.any(String), durationMs: 2 * hourMs });
			}));

		it("is told by what it was: failed, timed out, or more failures than tolerated", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "partial", 5);
				expect(world.toldOn()).toEqual([]);
				await runSlot(world, sixOClock, "partial", 6);
				await runSlot(world, sevenOClock, "timed_out", 50);
				expect(world.toldOn()).toEqual(["opened run_over_tolerance", "opened run_timed_out"]);
				const [notice] = world.told.map((told) => told.notice);
				expect(notice?.incident.evidence).toMatchObject({
					tasks: { planned: 100, failed: 6 },
					toleratedPercent: 5,
				});
			}));

		it("that an operator cancelled is no incident, and no end of one", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "cancelled");
				expect(world.toldOn()).toEqual([]);
				await runSlot(world, sixOClock, "failed");
				await runSlot(world, sevenOClock, "cancelled");
				expect(world.toldOn()).toEqual(["opened run_failed"]);
			}));

		it("is over when its rerun goes well, and not when another run by hand does", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				await world.scheduler.runSealed(
					world.summary(runIdForRequest(world.job.name, world.nowMs)),
				);
				expect((await world.scheduler.incidents()).open).toHaveLength(1);
				const rerun = toRunId("hourly-20261123T1700Z-r1");
				await world.scheduler.runSealed(world.summary(rerun, { trigger: "rerun" }));
				expect((await world.scheduler.incidents()).open).toEqual([]);
			}));

		it("of one job is no end of another's", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				const runId = toRunId("other-20261123T1800Z");
				world.nowMs += hourMs;
				const good = world.summary(runId, { slotAtMs: sixOClock, trigger: "cron" });
				await world.scheduler.runSealed({ ...good, job: toJobName("other") });
				const { open } = await world.scheduler.incidents();
				expect(open).toContainEqual(
					expect.objectContaining({ kind: "run_failed", job: "hourly", occurrences: 1 }),
				);
			}));

		it("names three causes, not every one of hundreds", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const bad = world.summary(toRunId("hourly-20261123T1700Z"), { verdict: "failed" });
				const errors = Array.from({ length: 300 }, (_, number) => ({
					fingerprint: `f${number}`,
					code: `code_${number}`,
					message: "?",
					count: 1,
					taskIds: [],
				}));
				await world.scheduler.runSealed({ ...bad, errors });
				await world.ringUntil(world.nowMs + minuteMs);
				const causes = world.told[0]?.notice.incident.evidence.causes ?? [];
				expect(causes.map(({ code }) => code)).toEqual(["code_0", "code_1", "code_2"]);
			}));

		it("begins and ends when the runs were sealed, not when that was heard", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const bad = world.summary(toRunId("hourly-20261123T1700Z"), {
					slotAtMs: fiveOClock,
					verdict: "failed",
				});
				await world.ringUntil(fiveOClock + 2 * minuteMs);
				await world.scheduler.runSealed(bad);
				await world.cron(sixOClock);
				const good = world.summary(toRunId("hourly-20261123T1800Z"), { slotAtMs: sixOClock });
				await world.ringUntil(sixOClock + 2 * minuteMs);
				await world.scheduler.runSealed(good);
				expect((await world.scheduler.incidents()).past).toMatchObject([
					{ openedAt: bad.sealedAt, closedAt: good.sealedAt, durationMs: hourMs },
				]);
			}));

		it("ends and begins again within one millisecond, and both are told", () =>
			withWorld(async (world) => {
				const hear = (slotAtMs: number, verdict: "failed" | "succeeded") =>
					world.scheduler.runSealed({
						...world.summary(runIdForSlot(world.job.name, slotAtMs), { slotAtMs, verdict }),
						startedAt: new Date(slotAtMs).toISOString(),
					});
				await hear(fiveOClock, "failed");
				await hear(sixOClock, "succeeded");
				await hear(sevenOClock, "failed");
				await world.ringUntil(world.nowMs + minuteMs);
				const opened = world.toldOn().filter((told) => told === "opened run_failed");
				expect(opened).toHaveLength(2);
				const { open, past } = await world.scheduler.incidents();
				expect([open.length, past.length]).toEqual([1, 1]);
			}));

		it("of a job that is gone is over: no run of it will come", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				world.jobs = [];
				await world.restart();
				await world.scheduler.look();
				expect((await world.scheduler.incidents()).open).toEqual([]);
			}));

		it("heard of twice is told once, also when it was over in between", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				const again = world.runOf(fiveOClock)?.summary;
				await runSlot(world, sixOClock);
				if (again != null) await world.scheduler.runSealed(again);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(world.toldOn()).toEqual(["opened run_failed", "closed run_failed"]);
			}));

		it("heard of only after a later good one is told as over", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await runSlot(world, sixOClock);
				await world.seal(fiveOClock, "failed");
				await world.ringUntil(world.nowMs + minuteMs);
				expect(world.toldOn()).toEqual(["opened run_failed", "closed run_failed"]);
				const { past } = await world.scheduler.incidents();
				// Not "over" at the time when it was heard.
				expect(past[0]?.closedAt).toBe(past[0]?.openedAt);
			}));

		it("is over when a rerun of its rerun goes well", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				const rerun = (number: number, verdict: "failed" | "succeeded") =>
					world.scheduler.runSealed(
						world.summary(toRunId(`hourly-20261123T1700Z-r${number}`), {
							verdict,
							trigger: "rerun",
						}),
					);
				await rerun(1, "failed");
				expect((await world.scheduler.incidents()).open).toMatchObject([{ occurrences: 2 }]);
				await rerun(2, "succeeded");
				expect((await world.scheduler.incidents()).open).toEqual([]);
			}));

		it("is kept in the book though nobody is to be told, and says so", () =>
			withWorld(async (world) => {
				world.isSilent = true;
				await world.restart();
				await runSlot(world, fiveOClock, "failed");
				const { open, channels } = await world.scheduler.incidents();
				expect(open).toMatchObject([{ kind: "run_failed", deliveries: [] }]);
				expect(channels).toEqual({ discord: false, webhook: false, heartbeat: false });
				const { sql } = world.platform.storage;
				expect(sql.exec("SELECT * FROM deliveries").toArray()).toEqual([]);
			}));

		it("whose summary cannot be read holds up neither the slots nor what is to be told, and is logged", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				const summary = world.summary(toRunId("hourly-20261123T1700Z"), { slotAtMs: fiveOClock });
				const unreadable = { ...summary, tasks: null as never };
				if (run !== undefined) Object.assign(run, { state: "sealed", summary: unreadable });
				const alarms = world.alarms.length;
				await world.ringUntil(sixOClock + 5 * minuteMs);
				expect(world.logged.map(({ event }) => event)).toContain("alarm_failed");
				expect(world.runOf(sixOClock)?.request).toMatchObject({ trigger: "alarm" });
				expect(world.toldOn()).toContain("opened cron_dead");
				expect(world.alarms.length - alarms).toBeLessThan(200);
			}));
	});

	describe("a seal that is heard late", () => {
		/** The run of 17:00 is being sealed while the two after it come and go. */
		const sealedLate = async (
			world: ScheduleWorld,
			six: "failed" | "succeeded",
			seven: "failed" | "succeeded",
			five: "failed" | "succeeded",
		) => {
			await world.cron(fiveOClock);
			const run = world.runOf(fiveOClock);
			if (run !== undefined) run.state = "sealing";
			await runSlot(world, sixOClock, six);
			await runSlot(world, sevenOClock, seven);
			await world.seal(fiveOClock, five);
			await world.ringUntil(world.nowMs + minuteMs);
		};

		it("of a good run is no end of what began after it", () =>
			withWorld(async (world) => {
				await sealedLate(world, "failed", "failed", "succeeded");
				expect(world.toldOn().filter((told) => told.includes("failed"))).toEqual([
					"opened run_failed",
				]);
			}));

		it("of a bad run is no end of what is bad now", () =>
			withWorld(async (world) => {
				await sealedLate(world, "succeeded", "failed", "failed");
				expect(world.toldOn().filter((told) => told.includes("failed"))).toEqual([
					"opened run_failed",
				]);
				const { open } = await world.scheduler.incidents();
				expect(open.find(({ kind }) => kind === "run_failed")).toMatchObject({
					runId: "hourly-20261123T1900Z",
				});
			}));
	});
}
