import { describe, expect, it } from "vitest";
import { runIdForRequest, toJobName, toRunId } from "../../../../src/domain/ids.ts";
import type { DeliveryOutcome } from "../../../../src/notify/deliver.ts";
import {
	down,
	fiveOClock,
	hourMs,
	minuteMs,
	runSlot,
	sixOClock,
	worldsOf,
} from "../../schedule-world.ts";
import type { WithPlatform } from "../run.ts";

/** To whom it is told, how often and in which order, on any platform's SQL. */
export function describeTelling(withPlatform: WithPlatform): void {
	const withWorld = worldsOf(withPlatform);

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
}
