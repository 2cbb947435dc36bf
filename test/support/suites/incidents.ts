import { describe, expect, it } from "vitest";
import { runIdForRequest, runIdForSlot, toJobName, toRunId } from "../../../src/domain/ids.ts";
import type { DeliveryOutcome } from "../../../src/notify/deliver.ts";
import { fiveOClock, hourMs, minuteMs, ScheduleWorld } from "../schedule-world.ts";
import { ScriptedJob } from "../scripted-job.ts";
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

		it("of one job is no end of another's", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "failed");
				const runId = toRunId("other-20261123T1800Z");
				world.nowMs += hourMs;
				const good = world.summary(runId, { slotAtMs: sixOClock, trigger: "cron" });
				await world.scheduler.runSealed({ ...good, job: toJobName("other") });
				expect((await world.scheduler.incidents()).open).toMatchObject([{ job: "hourly" }]);
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
				const [delivery] = (await world.scheduler.incidents()).past[0]?.deliveries ?? [];
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

		it("are not sent for runs that come after another: they would count as the slot's own", () =>
			withWorld(async (world) => {
				const runId = toRunId("follower-20261123T1700Z-a");
				const summary = world.summary(runId, { slotAtMs: fiveOClock, trigger: "after" });
				await world.scheduler.runSealed({ ...summary, job: toJobName("follower") });
				await world.ringUntil(world.nowMs + minuteMs);
				expect(world.heartbeats).toEqual([]);
			}));

		it("of a quarter of an hour ago are let go, however long the receiver is down", () =>
			withWorld(async (world) => {
				world.refusal = down;
				await runSlot(world, fiveOClock);
				await world.ringUntil(fiveOClock + 30 * minuteMs);
				const waiting = world.platform.storage.sql.exec(
					"SELECT * FROM deliveries WHERE channel = 'heartbeat' AND next_attempt_at_ms IS NOT NULL",
				);
				expect(waiting.toArray()).toEqual([]);
			}));

		it("of a run that an operator cancelled is no failure", () =>
			withWorld(async (world) => {
				await runSlot(world, fiveOClock, "cancelled");
				expect(world.heartbeats.map(({ signal }) => signal)).toEqual(["start", "success"]);
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

		it("are looked at every five minutes until they are sealed, and no longer", () =>
			withWorld(async (world) => {
				await world.cron(fiveOClock);
				const run = world.runOf(fiveOClock);
				await world.ringUntil(fiveOClock + 21 * minuteMs);
				expect(run?.wakes).toBe(4);
				await world.seal(fiveOClock);
				await world.ringUntil(fiveOClock + 50 * minuteMs);
				expect(run?.wakes).toBe(4);
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
