import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { claim, created, running } from "../../support/node-world.ts";
import type { SqliteStorage } from "../../support/sqlite-storage.ts";
import type { World } from "../../support/world.ts";

const deferred: Outcome = { kind: "deferred", continuation: "page 2" };

describe("sending and the alarm", () => {
	const rowsOf = (world: World) =>
		world.platform.storage.sql
			.exec<{
				message_no: number;
				visible_at_ms: number;
				sent_at_ms: number | null;
				lease_expires_at_ms: number | null;
				claim_id: string | null;
				sends: number;
				task_ids: string;
			}>("SELECT * FROM messages ORDER BY message_no")
			.toArray();
	it("due and planned tasks together take no more than the places", async () => {
		const world = await running(96, { messagesInFlight: 4 });
		world.job.outcomeOf = ({ attempt }) => (attempt === 1 ? deferred : undefined);
		for (const message of world.queue.splice(0)) await world.deliver(message);
		await world.ring();
		expect(rowsOf(world)).toHaveLength(4);
	});
	it("an alarm that rings just before its time, by a clock that is behind, does not ring again and again", async () => {
		const world = await running(12);
		world.nowMs = world.alarmAtMs - 100;
		await world.ring();
		expect(world.alarmAtMs).toBe(world.nowMs + 1_000);
	});
	it("an alarm of a clock that is two minutes behind the platform's rings a few times, not hundreds of times", async () => {
		const world = await running(12);
		const behindMs = 120_000;
		const platformMs = world.alarmAtMs;
		let nowMs = platformMs;
		let rings = 0;
		while (nowMs < platformMs + behindMs && rings < 100) {
			world.nowMs = nowMs - behindMs;
			await world.ring();
			rings += 1;
			nowMs = Math.max(nowMs + 5, world.alarmAtMs);
		}
		expect(rings).toBeLessThan(12);
		expect((await world.summary()).tasks).toMatchObject({ lost: 0, open: 12 });
	});
	it("a run that is started again right after it was forgotten has an alarm", async () => {
		const world = await running(0);
		expect((await world.summary()).state).toBe("sealed");
		await world.ringWhenDue();
		expect(world.destroyed).toBe(true);
		const alarms = world.alarms.length;
		world.nowMs += 1_000;
		await world.start();
		expect(world.alarms.slice(alarms)).toEqual([world.nowMs]);
	});
	it("an alarm that rings early does not send again before the pause is over", async () => {
		const world = await created(12);
		world.sendFails = "before";
		for (let rings = 0; rings < 5; rings += 1) await world.ring();
		expect(world.logged.filter(({ event }) => event === "send_failed")).toHaveLength(1);
	});
	it("a message that was claimed although its send failed is not sent again", async () => {
		const world = await created(24);
		world.sendFails = "after";
		await world.ring();
		await claim(world);
		world.queue = [];
		world.sendFails = null;
		await world.ringWhenDue();
		expect(world.queue.map(({ body }) => body.messageNo)).toEqual([2]);
	});
	it("what is reported while a send is under way is not forgotten", async () => {
		const world = await created(24);
		world.duringSend = async () => {
			world.duringSend = null;
			const message = world.take();
			await world.deliver(message);
			await world.deliver(message, 2);
		};
		const alarms = world.alarms.length;
		await world.ring();
		expect(world.alarms).toHaveLength(alarms + 1);
		const summary = await world.finish();
		expect(summary.meters["thingRequests"]).toBe(24);
		expect(summary.attempts.duplicateDeliveries).toBe(1);
	});
	it("a dead letter is never held back for more than ten minutes", async () => {
		const world = await running(1);
		for (let times = 0; times < 9; times += 1) {
			await world.returnDeadLetter(world.take());
			await world.ring();
		}
		expect(world.queue).toMatchObject([{ delaySeconds: 600 }]);
	});
	it("a message is missed 90 s after the queue took it, not after it was written", async () => {
		const world = await created(12);
		world.sendFails = "before";
		const endMs = world.nowMs + 200_000;
		while (world.nowMs < endMs) await world.ringWhenDue();
		world.sendFails = null;
		await world.ringWhenDue();
		const sentAtMs = world.nowMs;
		expect(world.queue).toHaveLength(1);
		expect(world.alarmAtMs - sentAtMs).toBe(90_000);
	});
	it("an alarm that fails rings again, ever later, and at once no more when it is well", async () => {
		const world = await running(12);
		const storage = world.platform.storage as SqliteStorage;
		const original = storage.transactionSync.bind(storage);
		storage.transactionSync = () => {
			throw new Error("disk I/O error");
		};
		const pauses: number[] = [];
		for (let rings = 0; rings < 9; rings += 1) {
			world.nowMs = world.alarmAtMs + 100_000;
			await world.ring();
			pauses.push(world.alarmAtMs - world.nowMs);
		}
		expect(pauses.slice(0, 4)).toEqual([875, 1_750, 3_500, 7_000]);
		expect(pauses.at(-1)).toBe(52_500);
		storage.transactionSync = original;
		await world.ring();
		expect(await world.finish()).toMatchObject({ verdict: "succeeded" });
	});
});
describe("waking", () => {
	it("a lease that ends before anything else wakes the alarm", async () => {
		const world = await running(12, { leaseMs: 20_000 });
		await claim(world);
		expect(world.alarmAtMs).toBe(world.nowMs + 20_000);
	});
	it("asking for a run again wakes one whose alarm has died", async () => {
		const world = await running(12);
		world.nowMs += 600_000;
		await world.restart();
		await world.start();
		expect(world.alarmAtMs).toBe(world.nowMs);
	});
});
