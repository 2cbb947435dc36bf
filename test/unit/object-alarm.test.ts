import { describe, expect, it } from "vitest";
import { ObjectAlarm, spareTheRetries } from "../../durable-objects/object-alarm.ts";

/** An alarm over a platform whose clock and alarm a test turns by hand. */
function createAlarm(nextWakeAtMs: () => number | null) {
	const world = { nowMs: 1_000_000, alarmAtMs: null as number | null, set: [] as number[] };
	const alarm = new ObjectAlarm(
		{
			setAlarm: (atMs) => {
				world.alarmAtMs = atMs;
				world.set.push(atMs);
			},
			getAlarm: async () => world.alarmAtMs,
			nowMs: () => world.nowMs,
			dice: () => 0.5,
			log: () => undefined,
		},
		nextWakeAtMs,
	);
	return { world, alarm };
}

describe("an object's alarm", () => {
	it("that work asks for while it rings is set once, when the ring is over", async () => {
		const { world, alarm } = createAlarm(() => 1_005_000);
		await alarm.ring(async () => {
			for (let steps = 0; steps < 10; steps += 1) alarm.wakeAt(world.nowMs);
		});
		expect(world.set).toEqual([1_005_000]);
	});

	it("is not called dead by a look that comes while it rings, or that it overtakes", async () => {
		const { world, alarm } = createAlarm(() => 1_005_000);
		const overtaken = alarm.revive();
		await alarm.ring(async () => {
			expect(await alarm.revive()).toBe(false);
			expect(await overtaken).toBe(false);
		});
		expect(world.set).toEqual([1_005_000]);
	});

	it("that the platform gave up without a word is set again by the next step", () => {
		const { world, alarm } = createAlarm(() => world.nowMs + 5_000);
		alarm.wakeAt(world.nowMs);
		world.nowMs += 60_000;
		alarm.wakeAt(world.nowMs + 90_000);
		expect(world.set).toEqual([1_000_000, 1_065_000]);
	});

	it("rests after work that failed, and no longer than the rows want once it goes well again", async () => {
		const { world, alarm } = createAlarm(() => world.nowMs);
		for (let failures = 0; failures < 20; failures += 1) {
			await alarm.ring(() => Promise.reject(new Error("D1 is down")));
			if (failures < 19) world.nowMs = world.alarmAtMs ?? 0;
		}
		expect(world.alarmAtMs).toBeGreaterThan(world.nowMs + 10_000);
		expect(world.alarmAtMs).toBeLessThanOrEqual(world.nowMs + 60_000);
		world.nowMs = world.alarmAtMs ?? 0;
		await alarm.ring(async () => undefined);
		expect(world.alarmAtMs).toBe(world.nowMs);
	});

	it("is set anew before the platform's last retries, and not sooner", async () => {
		const set: (number | Date)[] = [];
		const storage = { setAlarm: async (atMs: number | Date) => void set.push(atMs) };
		const retry = (retryCount: number) =>
			spareTheRetries(storage, { retryCount, isRetry: retryCount > 0, scheduledTime: 0 });
		await spareTheRetries(storage, undefined);
		for (const retryCount of [0, 1, 2, 3]) await retry(retryCount);
		expect(set).toEqual([]);
		await retry(4);
		await retry(5);
		expect(set).toHaveLength(2);
		expect(Number(set[0])).toBeGreaterThan(Date.now() + 30_000);
	});
});
