import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { backoffMs, nextRetryAtMs, resumeAtMs } from "../../../src/domain/retry.ts";
import { claimTask, expireLease, planTask } from "../../../src/domain/task.ts";
import { claim, report, running } from "../../support/node-world.ts";
import { failure, ScriptedJob, taskIdOf } from "../../support/scripted-job.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";
import { SqliteStorage } from "../../support/sqlite-storage.ts";
import { World } from "../../support/world.ts";

const succeeded: Outcome = { kind: "succeeded" };
const deferred: Outcome = { kind: "deferred", continuation: "page 2" };
const six = [0, 1, 2, 3, 4, 5];
const rest = [6, 7, 8, 9, 10, 11];

describe("messages and leases", () => {
	it("what a partial report leaves out is recovered when the lease runs out", async () => {
		const world = await running(12);
		await report(world, await claim(world), six, succeeded);
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", tasks: { recovered: 6 } });
		expect(summary.durationMs).toBe(120_000);
	});
	it("a dead letter of a claimed message leaves its lease to run out", async () => {
		const world = await running(12);
		const message = world.take();
		await claim(world, message.body);
		await world.returnDeadLetter(message);
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", durationMs: 120_000 });
	});
	it("a message that was granted in part is done when that part is", async () => {
		const world = await running(12);
		const late = world.take();
		await world.ringWhenDue();
		const again = world.take();
		const lease = await claim(world, late.body, "late");
		await report(world, lease, six, succeeded);
		await report(world, lease, rest, deferred);
		const second = await claim(world, again.body, "again");
		expect(second.tasks.map(({ taskId }) => taskId)).toEqual(rest.map(taskIdOf));
		await report(world, second, rest, succeeded);
		expect(world.alarmAtMs).toBeLessThanOrEqual(world.nowMs);
		await world.ring();
		expect(await world.summary()).toMatchObject({ state: "sealed" });
	});
	it("a call of a claim that arrives after its report takes no lease for nobody", async () => {
		const world = await running(12, { maxAttempts: 1 });
		const { body } = world.take();
		await report(world, await claim(world, body, "first"), [...six, ...rest], deferred);
		await world.ring();
		const late = await claim(world, body, "first");
		expect(late.tasks).toEqual([]);
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", attempts: { total: 24 } });
	});
	it("the number that a late claim was given is not given to a message", async () => {
		const world = await running(12);
		const late = world.take();
		await world.ringWhenDue();
		world.queue = [];
		const lease = await claim(world, late.body, "late");
		await report(world, lease, six, deferred);
		await world.ring();
		expect(world.logged.map(({ event }) => event)).not.toContain("alarm_failed");
		expect(world.queue.map(({ body }) => body.messageNo)).toEqual([lease.messageNo + 1]);
	});
	it("a lost message is missed 90 s after it was sent, also when later claims are of older messages", async () => {
		const world = await running(36);
		const sentAtMs = world.nowMs;
		const [first, , third] = world.queue.splice(0);
		await world.deliver(third as never);
		world.nowMs += 60_000;
		await world.deliver(first as never);
		await world.ringWhenDue();
		while (world.queue.length === 0) await world.ringWhenDue();
		expect(world.nowMs - sentAtMs).toBe(90_000);
	});
	it("sends count from the last claim", async () => {
		const world = await running(12);
		await world.returnDeadLetter(world.take());
		await world.ringWhenDue();
		await claim(world);
		await world.ringWhenDue();
		while (world.queue.length === 0) await world.ringWhenDue();
		await world.returnDeadLetter(world.take());
		await world.ringWhenDue();
		expect(world.queue).toMatchObject([{ delaySeconds: 10 }]);
	});
	it("a redelivery is an operation of the queue", async () => {
		const world = await running(1);
		await world.deliver(world.take(), 3);
		expect((await world.finish()).meters["queueOperations"]).toBe(4);
	});
	it("a recovered task goes on from where its last deferral was", async () => {
		const world = await running(1);
		world.job.outcomeOf = ({ attempt }) => (attempt === 1 ? deferred : undefined);
		await world.deliver(world.take());
		await world.ringWhenDue();
		await claim(world);
		await world.finish();
		expect(world.job.performed.map((item) => item.continuation)).toEqual([null, "page 2"]);
	});
	it("a late report of a sealed run leaves every row as it is", async () => {
		const world = await running(12);
		const lease = await claim(world);
		world.nowMs += 50 * 60_000;
		await world.ring();
		const rows = () =>
			["run", "tasks", "attempts", "messages"].map((table) =>
				world.platform.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
			);
		const before = rows();
		expect(await report(world, lease, six, succeeded, { d1Queries: 9 })).toEqual({
			kind: "heard",
			accepted: 0,
			late: 6,
		});
		await world.coordinator.returnMessage({ messageNo: lease.messageNo });
		expect(rows()).toEqual(before);
	});
	it("what a report used that was not heard is not counted", async () => {
		const world = await running(3);
		const lease = await claim(world);
		await world.ringWhenDue();
		await world.ringWhenDue();
		const before = (await world.summary()).meters["d1Queries"];
		await report(world, lease, [0, 1, 2], succeeded, { d1Queries: 9 });
		expect((await world.summary()).meters["d1Queries"]).toBe(before);
	});
	it("places are filled when half of them are free, and not one by one", async () => {
		const world = await running(1_201);
		for (let done = 1; done < 20; done += 1) {
			await world.deliver(world.take());
			expect(world.alarmAtMs).toBeGreaterThan(world.nowMs);
		}
		await world.deliver(world.take());
		expect(world.alarmAtMs).toBeLessThanOrEqual(world.nowMs);
		await world.ring();
		expect(world.queue).toHaveLength(40);
	});
	it("tasks that are due while there is no place do not make the alarm spin", async () => {
		const world = await running(12, { messagesInFlight: 1 });
		const lease = await claim(world);
		await report(world, lease, six, deferred);
		await world.ring();
		expect(world.alarmAtMs).toBeGreaterThan(world.nowMs);
	});
	it("what is reported while the alarm sends is found by the alarm that it sets", async () => {
		const world = await running(0);
		void world;
		const other = await (async () => {
			const storage = new SqliteStorage();
			const database = SqliteDatabase.migrated();
			const w = new World(
				{ storage, database, wipe: async () => undefined, rows: async () => [] },
				new ScriptedJob(24),
				{ messagesInFlight: 1 },
			);
			await w.start();
			w.duringSend = async () => {
				w.duringSend = null;
				await w.deliver(w.take());
			};
			await w.ring();
			return w;
		})();
		expect(other.alarmAtMs).toBeLessThanOrEqual(other.nowMs);
		other.job.outcomeOf = ({ attempt }) =>
			attempt === 1 ? { kind: "retryable", error: failure() } : undefined;
		other.duringSend = async () => {
			other.duringSend = null;
			await other.deliver(other.take());
		};
		await other.ring();
		while (other.alarmAtMs <= other.nowMs) await other.ring();
		expect(other.alarmAtMs - other.nowMs).toBeLessThan(6_001);
	});
	it("a lease does not end before its time", () => {
		const lease = { nowMs: 0, token: "a" as never, expiresAtMs: 1_000 };
		const claimed = claimTask(planTask(taskIdOf(0)), lease);
		if (!claimed.ok) throw new Error();
		expect(
			expireLease(claimed.value, { maxAttempts: 4, maxDeferrals: 3, stopping: false }, 999),
		).toEqual({ ok: false, error: "leased" });
	});
	it("when things are tried again", () => {
		expect([1, 2, 3, 4, 9].map((retry) => nextRetryAtMs(0, retry, undefined, 0))).toEqual([
			2_000, 4_000, 8_000, 16_000, 150_000,
		]);
		expect([1, 2, 3, 4, 9].map((retry) => nextRetryAtMs(0, retry, undefined, 0.9999))).toEqual([
			4_000, 8_000, 16_000, 32_000, 300_000,
		]);
		expect(nextRetryAtMs(10_000, 1, 5_000, 0)).toBe(10_000);
		expect(nextRetryAtMs(0, 1, 86_400_000, 0)).toBe(900_000);
		expect(nextRetryAtMs(0, 1, 10_000, 0.9)).toBe(12_000);
		expect(resumeAtMs(10_000, 5_000)).toBe(10_000);
		expect(resumeAtMs(0, 86_400_000)).toBe(900_000);
		expect([1, 2, 3, 40].map((failures) => backoffMs(failures, 60_000, 0))).toEqual([
			750, 1_500, 3_000, 45_000,
		]);
		expect(backoffMs(1, 60_000, 0.999)).toBe(1_000);
	});
});
describe("attempts and the deadline", () => {
	it("an attempt whose consumer fell silent is in the task's attempts", async () => {
		const world = await running(1);
		await claim(world);
		await world.finish();
		expect(await world.coordinator.task(taskIdOf(0))).toMatchObject({
			attempts: [
				{ attempt: 1, outcome: "lease_expired", error: { code: "lease_expired" } },
				{ attempt: 2, outcome: "succeeded" },
			],
		});
	});
	it("an attempt that the deadline ended is in the task's attempts", async () => {
		const world = await running(1, { runDeadlineMs: 60_000 });
		await claim(world);
		await world.finish();
		expect(await world.coordinator.task(taskIdOf(0))).toMatchObject({
			state: "lost",
			attempts: [{ attempt: 1, outcome: "run_closed" }],
		});
	});
	it("a message that was missed and then given up on is held back longer", async () => {
		const world = await running(12);
		world.queue = [];
		await world.ringWhenDue();
		await world.returnDeadLetter(world.take());
		await world.ringWhenDue();
		expect(world.queue).toMatchObject([{ delaySeconds: 20 }]);
	});
	it("more open tasks than one page are closed by the deadline, without looking at one twice", async () => {
		const world = await running(2_100);
		world.nowMs += 50 * 60_000;
		await world.ring();
		expect(await world.summary()).toMatchObject({
			state: "sealed",
			verdict: "timed_out",
			tasks: { lost: 2_100, open: 0 },
			balanced: true,
		});
	});
	it("a deadline that finds nothing open has timed nothing out", async () => {
		const world = await running(1);
		await world.deliver(world.take());
		world.nowMs += 50 * 60_000;
		await world.ring();
		expect(await world.summary()).toMatchObject({ state: "sealed", verdict: "succeeded" });
	});
});
