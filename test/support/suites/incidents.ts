import { describe, expect, it } from "vitest";
import { runIdForRequest, toRunId } from "../../../src/domain/ids.ts";
import type { DeliveryOutcome } from "../../../src/notify/deliver.ts";
import { fiveOClock, hourMs, minuteMs, ScheduleWorld } from "../schedule-world.ts";
import type { WithPlatform } from "./run.ts";

const sixOClock = fiveOClock + hourMs;
const sevenOClock = sixOClock + hourMs;
const down = {
	kind: "failed",
	reason: "The receiver answered 503",
	retryAfterMs: null,
} satisfies DeliveryOutcome;

/** What is told, to whom and how often, and which runs are woken, on any platform's SQL. */
export function describeIncidents(withPlatform: WithPlatform): void {
	const withWorld = (use: (world: ScheduleWorld) => Promise<void>) =>
		withPlatform(async (platform) => use(await ScheduleWorld.begin(platform)));
	/** A slot run that ends so, and whatever is to be told about it. */
	const runSlot = async (
		world: ScheduleWorld,
		slotAtMs: number,
		...end: [("failed" | "timed_out" | "partial" | "cancelled" | "succeeded")?, number?]
	) => {
		await world.cron(slotAtMs);
		world.nowMs += 5_000;
		await world.seal(slotAtMs, ...end);
		await world.ringUntil(world.nowMs + 2_000);
	};

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
			}));
	});

	describe("a slot without its run in time", () => {
		it("is told once for a whole outage, and is over with the first slot in time", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock);
				world.sleepUntil(fiveOClock + 4 * hourMs + 30 * minuteMs);
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + minuteMs);
				await world.seal(fiveOClock + 4 * hourMs);
				expect(world.toldOn().toSorted()).toEqual([
					"closed alarm_dead",
					"opened alarm_dead",
					"opened cron_dead",
					"opened slot_late",
					"opened slot_missed",
				]);
				const { open } = await world.scheduler.incidents();
				expect(open.find(({ kind }) => kind === "slot_missed")).toMatchObject({
					occurrences: 3,
					openedAt: "2026-11-23T18:00:00.000Z",
				});
				await runSlot(world, fiveOClock + 5 * hourMs);
				expect((await world.scheduler.incidents()).open).toEqual([]);
				expect(world.told.filter(({ channel }) => channel === "discord")).toHaveLength(8);
			}));
	});

	describe("a receiver", () => {
		it("that is down for hours gets each message once it is back, the beginning before the end", () =>
			withWorld(async (world) => {
				world.refusal = down;
				await runSlot(world, fiveOClock, "failed");
				await runSlot(world, sixOClock);
				const [incident] = (await world.scheduler.incidents()).past;
				expect(incident?.deliveries).toMatchObject([
					{ channel: "discord", phase: "opened", state: "waiting", error: down.reason },
					{ channel: "webhook", phase: "opened", state: "waiting", error: down.reason },
					{ channel: "discord", phase: "closed", state: "waiting" },
					{ channel: "webhook", phase: "closed", state: "waiting" },
				]);
				world.refusal = null;
				await world.ringUntil(world.nowMs + 50 * minuteMs);
				expect(world.toldOn("discord")).toEqual(["opened run_failed", "closed run_failed"]);
				expect(world.toldOn("webhook")).toEqual(["opened run_failed", "closed run_failed"]);
			}));

		it("that takes a message and refuses the same one, of an alarm that came twice, is not told again", () =>
			withWorld(async (world) => {
				world.refusal = down;
				await runSlot(world, fiveOClock, "failed");
				world.nowMs += hourMs;
				world.refusal = null;
				// Two at once: what the first has told, to two channels, the second is refused for.
				const { told } = world;
				const push = told.push.bind(told);
				told.push = (...items) => {
					const length = push(...items);
					if (length === 2) world.refusal = down;
					return length;
				};
				await Promise.all([world.scheduler.onAlarm(), world.scheduler.onAlarm()]);
				world.refusal = null;
				await world.ringUntil(world.nowMs + 20 * minuteMs);
				const opened = world.toldOn("discord").filter((each) => each === "opened run_failed");
				expect(opened).toHaveLength(1);
			}));

		it("that wants to be left alone is left alone so long", () =>
			withWorld(async (world) => {
				world.refusal = { ...down, retryAfterMs: 20 * minuteMs } as DeliveryOutcome;
				await runSlot(world, fiveOClock, "failed");
				world.refusal = null;
				const refusedAtMs = world.nowMs;
				await world.ringUntil(refusedAtMs + 19 * minuteMs);
				expect(world.toldOn()).toEqual([]);
				await world.ringUntil(refusedAtMs + 21 * minuteMs);
				expect(world.toldOn()).toEqual(["opened run_failed"]);
			}));

		it("that never takes it is given up after three days, and that is said; no message goes on for ever", () =>
			withWorld(async (world) => {
				world.refusal = down;
				await runSlot(world, fiveOClock, "failed");
				world.jobs = [];
				await world.restart();
				const alarms = world.alarms.length;
				await world.ringUntil(world.nowMs + 100 * hourMs);
				const [delivery] = (await world.scheduler.incidents()).open[0]?.deliveries ?? [];
				expect(delivery).toMatchObject({
					state: "given_up",
					attempts: expect.any(Number),
					nextAttemptAt: null,
					error: down.reason,
				});
				expect(delivery?.attempts).toBeLessThanOrEqual(100);
				expect(world.alarms.length - alarms).toBeLessThan(500);
			}));

		it("gets the same message id when a crash came between sending and noting it down", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				const ids = world.told.map(({ notice }) => notice.messageId);
				expect(new Set(ids).size).toBe(1);
				expect(ids[0]).toMatch(/^run_failed-hourly-\d+-opened$/);
			}));
	});

	describe("heartbeats", () => {
		it("tell the start and the end of each slot run, in order", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock);
				await runSlot(world, sixOClock, "failed");
				expect(world.heartbeats.map(({ runId, signal }) => `${runId.slice(-5)} ${signal}`)).toEqual(
					["1700Z start", "1700Z success", "1800Z start", "1800Z fail"],
				);
			}));

		it("are not sent for runs by hand, and not long after they were true", () =>
			withWorld(async (world) => {
				const byHand = runIdForRequest(world.job.name, world.nowMs);
				await world.scheduler.runSealed(world.summary(byHand));
				world.refusal = down;
				await runSlot(world, fiveOClock);
				await world.ringUntil(world.nowMs + 30 * minuteMs);
				expect((await world.scheduler.incidents()).lastHeartbeat).toMatchObject({
					signal: "success",
					state: "given_up",
					error: down.reason,
				});
				world.refusal = null;
				await world.ringUntil(world.nowMs + 2 * minuteMs);
				expect(world.heartbeats).toEqual([]);
			}));
	});

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
				await insertOpenRun(world, runId);
				world.nowMs += 6 * minuteMs;
				await world.scheduler.look();
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.logged).toEqual([]);
				expect(run?.wakes).toBe(1);
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

		it("that tell of their seal while they are asked are not taken for stuck by what they said before", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				if (run !== undefined) run.state = "sealing";
				await world.ringUntil(fiveOClock + 60 * minuteMs);
				let isSealed = false;
				world.duringWake = async () => {
					if (isSealed) return;
					isSealed = true;
					await world.scheduler.runSealed(
						world.summary(toRunId("hourly-20261123T1700Z"), { slotAtMs: fiveOClock }),
					);
				};
				await world.ringUntil(fiveOClock + 80 * minuteMs);
				expect(isSealed).toBe(true);
				expect(world.toldOn()).not.toContain("opened run_stuck");
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
				await world.seal(fiveOClock);
				await world.ringUntil(world.nowMs + 1_000);
				expect(world.toldOn()).toEqual(["opened run_stuck", "closed run_stuck"]);
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
