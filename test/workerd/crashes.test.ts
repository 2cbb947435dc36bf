import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RunCoordinator } from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { env } from "./env.ts";
import { HandTurnedRun, interceptBatches, never } from "./hand-turned-run.ts";

/** What an operator fears of the coordinator, its alarm and its seal, with the exported objects and D1. */
const minuteMs = 60_000;
const sealOfRun = /SET state = 'sealed'/;

afterEach(() => {
	vi.restoreAllMocks();
});

/** Timers of so many milliseconds ring soon, and late enough for whoever answers. @returns what restores them */
function hurryTimers(limitMs: number) {
	const { setTimeout } = globalThis;
	return vi
		.spyOn(globalThis, "setTimeout")
		.mockImplementation(((act: () => void, ms?: number) =>
			setTimeout(act, ms === limitMs ? 300 : ms)) as typeof setTimeout);
}

describe("the object of a real run", () => {
	it("is evicted between the plan and the send", async () => {
		const run = await HandTurnedRun.create();
		let tries = 0;
		run.onSend = async () => {
			tries += 1;
			throw new Error("Queue is overloaded");
		};
		await run.stub.start(run.request);
		await eventually(() => expect(tries).toBe(1));
		await evictDurableObject(run.stub);
		run.onSend = null;
		const summary = await run.finish();
		run.expectNumbers(summary);
		expect(summary.meters).toMatchObject({ messages: 2 });
	});

	it.each([
		["before the queue took anything", false, 0],
		["after the queue took everything", true, 2],
	])("is aborted in the middle of sendBatch, %s", async (_, taken, duplicateDeliveries) => {
		const run = await HandTurnedRun.create();
		let tries = 0;
		run.onSend = async (take) => {
			if (taken) take();
			tries += 1;
			return never;
		};
		await run.stub.start(run.request);
		await eventually(() => expect(tries).toBe(1));
		await abortAllDurableObjects();
		run.onSend = null;
		await eventually(() => run.ring());
		await run.sent(taken ? 4 : 2);
		run.expectNumbers(await run.finish(), { attempts: { duplicateDeliveries } });
		expect(run.twitchRequests).toBe(24);
	});

	it("hangs in sendBatch, everything is handed out meanwhile, and then sending has failed", async () => {
		const run = await HandTurnedRun.create();
		let held = true;
		run.onSend = async (take) => {
			take();
			// In the object's own time: it does not hear of what is resolved elsewhere.
			while (held) await new Promise((resolve) => setTimeout(resolve, 5));
			throw new Error("Queue is overloaded");
		};
		await run.stub.start(run.request);
		await run.sent(2);
		await run.deliver(run.take());
		await run.deliver(run.take());
		run.onSend = null;
		held = false;
		const summary = await run.sealed();
		run.expectNumbers(summary);
		expect(summary.meters).toMatchObject({ messages: 0, messagesUnconfirmed: 2 });
	});

	it("is aborted between a claim and its report: the report is heard by the next one", async () => {
		const run = await HandTurnedRun.begin();
		const held = Promise.withResolvers<void>();
		run.twitchHolds = held.promise;
		const delivery = run.deliver(run.take());
		await eventually(() => expect(run.twitchRequests).toBeGreaterThan(0));
		await abortAllDurableObjects();
		held.resolve();
		await delivery;
		run.expectNumbers(await run.finish());
		expect(run.twitchRequests).toBe(24);
	});

	it("is asked to start a hundred times at once", async () => {
		const run = await HandTurnedRun.create();
		const { stub, request } = run;
		const answers = await Promise.all(Array.from({ length: 100 }, () => stub.start(request)));
		expect(answers.filter(({ created }) => created)).toHaveLength(1);
		await run.sent(2);
		run.expectNumbers(await run.finish());
	});

	it("is cancelled twice at once while a consumer is at work", async () => {
		const run = await HandTurnedRun.begin();
		const held = Promise.withResolvers<void>();
		run.twitchHolds = held.promise;
		const delivery = run.deliver(run.take());
		await eventually(() => expect(run.twitchRequests).toBeGreaterThan(0));
		const [first, second] = await Promise.all([run.stub.cancel(), run.stub.cancel()]);
		expect(first).toEqual({ kind: "cancelled", cancelled: 12, running: 12 });
		expect(second).toEqual(first);
		held.resolve();
		await delivery;
		run.queue = [];
		run.expectNumbers(await run.finish(), {
			verdict: "cancelled",
			tasks: { succeeded: 12, cancelled: 12 },
			attempts: { total: 12 },
			clips: 12,
		});
	});
});

describe("the alarm of a real run", () => {
	it("is deleted by hand: the next instance sets it again with the first claim", async () => {
		const run = await HandTurnedRun.begin();
		await runInDurableObject(run.stub, (_, { storage }) => storage.deleteAlarm());
		await evictDurableObject(run.stub);
		expect(await run.alarmAtMs()).toBeNull();
		await run.deliver(run.take());
		expect(await run.alarmAtMs()).toBeGreaterThan(Date.now());
		run.expectNumbers(await run.finish());
	});

	it("rings 40 minutes late: what went missing meanwhile is sent again", async () => {
		const run = await HandTurnedRun.begin();
		await run.deliver(run.take());
		run.queue = [];
		run.moveClock(40 * minuteMs);
		const summary = await run.finish();
		run.expectNumbers(summary, { tasks: { recovered: 12 } });
		expect(summary.durationMs).toBeGreaterThanOrEqual(40 * minuteMs);
	});

	it("rings twice at once while it seals: one seal", async () => {
		const run = await HandTurnedRun.begin();
		let seals = 0;
		const seal = Promise.withResolvers<void>();
		interceptBatches(sealOfRun, async (carryOut) => {
			seals += 1;
			if (seals === 2) seal.resolve();
			// The platform's own alarm may be the first: it waits for the second, however late this machine lets that ring.
			await Promise.race([seal.promise, new Promise((go) => setTimeout(go, 10_000))]);
			return carryOut();
		});
		for (const message of run.queue.splice(0)) await run.deliver(message);
		await runInDurableObject(run.stub, async (instance) => {
			const { alarm } = instance as unknown as { alarm(): Promise<void> };
			await Promise.all([alarm.call(instance), alarm.call(instance)]);
		});
		expect(seals).toBeGreaterThanOrEqual(2);
		run.expectNumbers(await run.finish());
	});
});

describe("the seal of a real run", () => {
	it.each([
		["before D1 took it", false],
		["when D1 had taken it", true],
	])("is under way when the object is aborted, %s", async (_, taken) => {
		const run = await HandTurnedRun.begin();
		let tries = 0;
		const cut = interceptBatches(sealOfRun, async (carryOut) => {
			if (taken) await carryOut();
			tries += 1;
			return never;
		});
		for (const message of run.queue.splice(0)) await run.deliver(message);
		await eventually(() => expect(tries).toBe(1));
		await abortAllDurableObjects();
		cut.mockRestore();
		const row = await env.DB.prepare("SELECT summary FROM runs WHERE run_id = ?1")
			.bind(run.runId)
			.first<{ summary: string | null }>();
		const summary = await run.finish();
		run.expectNumbers(summary);
		expect(row?.summary).toBe(taken ? JSON.stringify(summary) : null);
	});

	it("finds D1 down again and again, and an operator who cancels too late, until D1 is back", async () => {
		const run = await HandTurnedRun.begin();
		let tries = 0;
		const down = interceptBatches(sealOfRun, async () => {
			tries += 1;
			throw new Error("D1_ERROR: Network connection lost.");
		});
		for (const message of run.queue.splice(0)) await run.deliver(message);
		for (let rings = 0; rings < 60 && tries < 8; rings += 1) await run.ring();
		expect(tries).toBeGreaterThanOrEqual(8);
		expect(await run.summary()).toMatchObject({ state: "sealing", verdict: null });
		expect(await run.stub.cancel()).toEqual({ kind: "too_late" });
		down.mockRestore();
		run.expectNumbers(await run.finish());
	});

	it.each([
		["and has not taken it", false],
		["and has taken it", true],
	])(
		"is never answered by D1, %s: it is tried again, and nobody has to take the object down",
		async (_, taken) => {
			const run = await HandTurnedRun.begin();
			const hurried = hurryTimers(45_000);
			let tries = 0;
			const silent = interceptBatches(sealOfRun, async (carryOut) => {
				if (taken) await carryOut();
				tries += 1;
				return never;
			});
			for (const message of run.queue.splice(0)) await run.deliver(message);
			await eventually(() => expect(tries).toBeGreaterThan(1));
			silent.mockRestore();
			// The try that is under way is given up, too, and leaves an alarm behind.
			await eventually(async () => expect(await run.alarmAtMs()).not.toBeNull());
			hurried.mockRestore();
			run.expectNumbers(await run.finish());
		},
	);

	it("survives a crash of every object after each of its steps", async () => {
		const run = await HandTurnedRun.begin();
		for (const message of run.queue.splice(0)) {
			await run.deliver(message);
			await abortAllDurableObjects();
		}
		run.expectNumbers(await run.finish());
		await abortAllDurableObjects();
		run.expectNumbers(await run.summary());
		expect(await runInDurableObject(run.stub, (object) => object instanceof RunCoordinator)).toBe(
			true,
		);
	});
});
