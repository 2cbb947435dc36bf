import { describe, expect, it } from "vitest";
import { toJobName, toRunId } from "../../../../src/domain/ids.ts";
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
import { ScriptedJob } from "../../scripted-job.ts";
import type { WithPlatform } from "../run.ts";

/** Open runs are found, woken and told of, on any platform's SQL. */
export function describeOpenRuns(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

	describe("open runs", () => {
		const insertOpenRun = (world: ScheduleWorld, runId: string) =>
			world.platform.rows(
				`INSERT INTO runs (run_id, job, "trigger", state, started_at_ms)
				VALUES (?1, 'hourly', 'manual', 'running', ?2)`,
				runId,
				world.nowMs,
			);
		const knownRun = (world: ScheduleWorld, runId: ReturnType<typeof toRunId>) => {
			world.runs.set(runId, {
				state: "running",
				request: null,
				startedAtMs: world.nowMs,
				deadlineAtMs: world.nowMs + 50 * minuteMs,
				starts: 1,
				wakes: 0,
				summary: null,
				isSettled: true,
			});
			return world.runs.get(runId);
		};

		it("that nobody spoke of are found in the ledger, and woken", () =>
			withWorld(async (world) => {
				const runId = toRunId("hourly-20261123T165100000Z-m");
				const run = knownRun(world, runId);
				const otherId = toRunId("hourly-20261123T165200000Z-m");
				const other = knownRun(world, otherId);
				await insertOpenRun(world, runId);
				await insertOpenRun(world, otherId);
				world.nowMs += 6 * minuteMs;
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.logged).toEqual([]);
				expect([run?.wakes, other?.wakes]).toEqual([1, 1]);
			}));

		it("that sealed and told nobody are found in the ledger, too", () =>
			withWorld(async (world) => {
				await world.ringUntil(world.nowMs + 6 * minuteMs);
				const runId = toRunId("hourly-20261123T165100000Z-m");
				const run = knownRun(world, runId);
				await insertOpenRun(world, runId);
				const summary = world.summary(runId, { verdict: "failed" });
				if (run !== undefined) Object.assign(run, { state: "sealed", summary });
				await world.platform.rows(
					"UPDATE runs SET state = 'sealed', sealed_at_ms = ?1 WHERE run_id = ?2",
					world.nowMs,
					runId,
				);
				await world.ringUntil(world.nowMs + 6 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.toldOn()).toContain("opened run_failed");
			}));

		it.each([
			["for hours", () => undefined],
			[
				"from the first day on",
				(world: ScheduleWorld) =>
					void world.platform.storage.sql.exec("DELETE FROM proofs WHERE kind = 'ledger'"),
			],
		])("that sealed while the ledger could not be read %s are found all the same", (_, before) =>
			withWorld(async (world) => {
				await world.ringUntil(world.nowMs + 6 * minuteMs);
				before(world);
				const runId = toRunId("hourly-20261123T165600000Z-m");
				const run = knownRun(world, runId);
				await insertOpenRun(world, runId);
				await world.platform.rows(
					"UPDATE runs SET state = 'sealed', sealed_at_ms = ?1 WHERE run_id = ?2",
					world.nowMs,
					runId,
				);
				world.database.fails = "before";
				await world.ringUntil(world.nowMs + 3 * hourMs);
				expect(run?.wakes).toBe(0);
				world.database.fails = null;
				await world.ringUntil(world.nowMs + 6 * minuteMs);
				expect(run?.wakes).toBeGreaterThan(0);
			}),
		);

		it("that were asked for while the scheduler was dead for hours are found, too", () =>
			withWorld(async (world) => {
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				const runId = toRunId("hourly-20261123T165100000Z-m");
				const run = knownRun(world, runId);
				await world.platform.rows(
					"INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms) VALUES ('k', ?1, 'h', ?2)",
					runId,
					world.nowMs,
				);
				world.alarmAtMs = null;
				world.sleepUntil(world.nowMs + 3 * hourMs);
				await world.restart();
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(run?.wakes).toBeGreaterThan(0);
			}));

		it("that were asked for and died before the ledger knew of them are found, too", () =>
			withWorld(async (world) => {
				const runId = toRunId("hourly-20261123T165100000Z-m");
				const run = knownRun(world, runId);
				await world.platform.rows(
					"INSERT INTO run_requests (request_key, run_id, body_hash, requested_at_ms) VALUES ('k', ?1, 'h', ?2)",
					runId,
					world.nowMs,
				);
				world.nowMs += 6 * minuteMs;
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.logged).toEqual([]);
				expect(run?.wakes).toBe(1);
			}));

		it("are looked at every five minutes until they are sealed, once more then, and no longer", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				await world.ringUntil(fiveOClock + 21 * minuteMs);
				expect(run?.wakes).toBe(4);
				await world.seal(fiveOClock);
				await world.ringUntil(fiveOClock + 50 * minuteMs);
				expect(run?.wakes).toBe(5);
			}));

		it("that are sealed are looked at until what comes after them is done: their alarm may be dead", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run === undefined) throw new Error("not started");
				run.isSettled = false;
				await world.seal(fiveOClock);
				await world.ringUntil(fiveOClock + 16 * minuteMs);
				expect(run.wakes).toBe(3);
				run.isSettled = true;
				await world.ringUntil(fiveOClock + 50 * minuteMs);
				expect(run.wakes).toBe(4);
			}));

		it("whose seal nobody told are heard when they are looked at", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				const runId = toRunId("hourly-20261123T1700Z");
				const summary = world.summary(runId, { slotAtMs: fiveOClock, verdict: "failed" });
				if (run !== undefined) Object.assign(run, { state: "sealed", summary });
				await world.ringUntil(fiveOClock + 6 * minuteMs);
				expect(world.toldOn()).toEqual(["opened run_failed"]);
				const { jobs } = await world.scheduler.schedule();
				expect(jobs[0]?.slots[0]).toMatchObject({ verdict: "failed" });
			}));

		it("that are not sealed long after their deadline are told, until they are", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await world.cron(sixOClock);
				await world.seal(sixOClock);
				await world.ringUntil(sixOClock + 20 * minuteMs);
				expect(world.toldOn()).toEqual(["opened run_stuck"]);
				const { open } = await world.scheduler.incidents();
				expect(open[0]?.openedAt).toBe(new Date(run?.deadlineAtMs ?? 0).toISOString());
				await world.seal(fiveOClock);
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.toldOn()).toEqual(["opened run_stuck", "closed run_stuck"]);
			}));

		it("that tell of their seal while they are asked are not called stuck for ever", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await world.ringUntil(sixOClock + 3 * minuteMs);
				const runId = toRunId("hourly-20261123T1700Z");
				const summary = world.summary(runId, { slotAtMs: fiveOClock, trigger: "cron" });
				world.duringWake = () => world.scheduler.runSealed(summary);
				await world.ringUntil(sixOClock + 30 * minuteMs);
				const { open } = await world.scheduler.incidents();
				expect(open.filter(({ kind }) => kind === "run_stuck")).toEqual([]);
			}));

		it("two of which are stuck are told once, and each look at them is not another one", () =>
			withWorld(async (world) => {
				for (const slotAtMs of [fiveOClock, sixOClock]) {
					await world.cron(slotAtMs);
					const run = world.runOf(slotAtMs);
					if (run !== undefined) run.state = "sealing";
				}
				await world.ringUntil(sevenOClock + 2 * hourMs);
				const { open } = await world.scheduler.incidents();
				expect(open.find(({ kind }) => kind === "run_stuck")?.occurrences).toBeLessThanOrEqual(2);
				const toldOfStuck = () => world.toldOn().filter((told) => told.includes("stuck"));
				expect(toldOfStuck()).toEqual(["opened run_stuck"]);
				await world.seal(sixOClock);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(toldOfStuck()).toEqual(["opened run_stuck"]);
				await world.seal(fiveOClock);
				await world.ringUntil(world.nowMs + minuteMs);
				expect(toldOfStuck()).toEqual(["opened run_stuck", "closed run_stuck"]);
			}));

		it("are found though the ledger has a row that is no run's", () =>
			withWorld(async (world) => {
				const runId = toRunId("hourly-20261123T165100000Z-m");
				const run = knownRun(world, runId);
				await insertOpenRun(world, runId);
				await insertOpenRun(world, "by hand, in the console");
				world.nowMs += 6 * minuteMs;
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(run?.wakes).toBe(1);
			}));

		it("cost one look at the ledger in five minutes, however often the alarm rings", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const calls = world.database.calls;
				for (let rings = 0; rings < 60; rings += 1) {
					world.nowMs += 10_000;
					await world.scheduler.onAlarm();
				}
				expect(world.database.calls - calls).toBeLessThanOrEqual(3);
			}));

		it("that come after another are watched, whoever was to start them", () =>
			withWorld(async (world) => {
				const after = (name: string, job: string) =>
					new ScriptedJob(3, name, { kind: "after", job: toJobName(job) });
				world.jobs = [world.job, after("follower", "hourly"), after("stranger", "another")];
				await world.restart();
				const follower = knownRun(world, toRunId("follower-20261123T1700Z-a"));
				const stranger = knownRun(world, toRunId("stranger-20261123T1700Z-a"));
				await runSlot(world, fiveOClock);
				await world.ringUntil(fiveOClock + 7 * minuteMs);
				expect([follower?.wakes, stranger?.wakes]).toEqual([1, 0]);
			}));

		it("that come after another only hours later are watched again: their alarm may be dead", () =>
			withWorld(async (world) => {
				const follows = { kind: "after", job: toJobName("hourly") } as const;
				world.jobs = [world.job, new ScriptedJob(3, "follower", follows)];
				await world.restart();
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run === undefined) throw new Error("not started");
				run.isSettled = false;
				await world.seal(fiveOClock);
				await world.ringUntil(fiveOClock + 3 * hourMs);
				const follower = knownRun(world, toRunId("follower-20261123T1700Z-a"));
				await world.ringUntil(world.nowMs + 6 * minuteMs);
				expect(follower?.wakes).toBe(0);
				run.isSettled = true;
				await world.ringUntil(world.nowMs + 11 * minuteMs);
				expect(follower?.wakes).toBe(1);
			}));

		it("that were over and are started again by the one before are looked at once more: nobody else would wake them", () =>
			withWorld(async (world) => {
				const follows = { kind: "after", job: toJobName("hourly") } as const;
				world.jobs = [world.job, new ScriptedJob(3, "follower", follows)];
				await world.restart();
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run === undefined) throw new Error("not started");
				// The answer to its start was lost.
				run.isSettled = false;
				await world.seal(fiveOClock);
				const followerId = toRunId("follower-20261123T1700Z-a");
				const follower = knownRun(world, followerId);
				const summary = { ...world.summary(followerId), job: toJobName("follower") };
				if (follower !== undefined) Object.assign(follower, { state: "sealed", summary });
				await world.scheduler.runSealed(summary);
				await world.ringUntil(fiveOClock + 30 * minuteMs);
				const wakes = follower?.wakes ?? 0;
				await world.ringUntil(fiveOClock + 50 * minuteMs);
				expect(follower?.wakes).toBe(wakes);
				run.isSettled = true;
				await world.ringUntil(fiveOClock + 70 * minuteMs);
				expect(follower?.wakes).toBe(wakes + 1);
			}));

		it("that come to be only half an hour after they were asked for are not let go before", () =>
			withWorld(async (world) => {
				const runId = toRunId("hourly-20261123T165100000Z-m");
				await insertOpenRun(world, runId);
				await world.ringUntil(world.nowMs + 40 * minuteMs);
				const run = knownRun(world, runId);
				await world.ringUntil(world.nowMs + 11 * minuteMs);
				expect(run?.wakes).toBeGreaterThanOrEqual(1);
			}));

		it("cost no alarm a request while the ledger is down", () =>
			withWorld(async (world) => {
				world.database.fails = "before";
				world.nowMs += 6 * minuteMs;
				const alarms = world.alarms.length;
				for (let requests = 0; requests < 50; requests += 1) {
					await world.scheduler.look();
					await world.ringUntil(world.nowMs + 1_000);
				}
				expect(world.alarms.length - alarms).toBeLessThan(10);
			}));

		it("are looked at also while the ledger cannot be read", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				world.database.fails = "before";
				await world.ringUntil(fiveOClock + 11 * minuteMs);
				expect(world.runOf(fiveOClock)?.wakes).toBe(2);
				expect(world.logged.map(({ event }) => event)).toContain("ledger_unreachable");
			}));

		it("that nobody knows an hour after they were asked for are let go", () =>
			withWorld(async (world) => {
				const runId = toRunId("hourly-20261123T165100000Z-m");
				await insertOpenRun(world, runId);
				await world.ringUntil(fiveOClock + 2 * hourMs);
				const [row] = world.platform.storage.sql
					.exec("SELECT next_look_at_ms FROM runs WHERE run_id = ?", runId)
					.toArray();
				expect(row).toEqual({ next_look_at_ms: null });
			}));
	});
}
