import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isEmptyStorage } from "../../durable-objects/migrate.ts";
import { RunCoordinator } from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { env } from "./env.ts";
import { HandTurnedRun, never } from "./hand-turned-run.ts";

/** What an operator fears of messages, consumers and clocks, with the exported objects, D1 and real clips. */
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const coordinator = RunCoordinator.prototype;

afterEach(() => {
	vi.restoreAllMocks();
});

/** The consumer of this message dies where `coordinator.report` would be heard, or once it has been. */
async function dieReporting(
	run: HandTurnedRun,
	message: Parameters<HandTurnedRun["deliver"]>[0],
	heard: boolean,
): Promise<void> {
	const report = coordinator.report;
	const dying = vi.spyOn(coordinator, "report").mockImplementation(async function (
		this: InstanceType<typeof RunCoordinator>,
		said,
	) {
		if (heard) await Reflect.apply(report, this, [said]);
		return never;
	});
	void run.deliver(message);
	await eventually(() => expect(dying).toHaveBeenCalled());
	dying.mockRestore();
}

describe("a message of a real run", () => {
	it("comes in the wrong order, and twice", async () => {
		const run = await HandTurnedRun.begin(36);
		const messages = run.queue.splice(0).reverse();
		for (const message of [...messages.slice(0, 2), ...messages]) await run.deliver(message);
		run.expectNumbers(await run.finish(), { attempts: { duplicateDeliveries: 2 } });
		expect(run.twitchRequests).toBe(36);
	});

	it("is handed to two consumers at the same moment", async () => {
		const run = await HandTurnedRun.begin();
		const message = run.take();
		await Promise.all([run.deliver(message), run.deliver(message)]);
		run.expectNumbers(await run.finish(), { attempts: { duplicateDeliveries: 1 } });
		expect(run.twitchRequests).toBe(24);
	});

	it("is handed out two hundred times at once", async () => {
		const run = await HandTurnedRun.begin();
		const message = run.take();
		await Promise.all(Array.from({ length: 200 }, () => run.deliver(message)));
		run.expectNumbers(await run.finish(), { attempts: { duplicateDeliveries: 199 } });
		expect(run.twitchRequests).toBe(24);
	});

	it("is lost, each of them once", async () => {
		const run = await HandTurnedRun.begin();
		run.queue = [];
		const summary = await run.finish();
		run.expectNumbers(summary, { tasks: { recovered: 24 } });
		expect(summary.meters["messages"]).toBe(4);
	});

	it("was only late: its tasks are done by the one sent in its place", async () => {
		const run = await HandTurnedRun.begin(36);
		const late = run.take();
		await run.deliver(run.take());
		await run.ring();
		await run.sent(2);
		const last = run.take();
		await run.deliver(run.take());
		await run.deliver(late);
		await run.deliver(last);
		run.expectNumbers(await run.finish(), {
			tasks: { recovered: 12 },
			attempts: { duplicateDeliveries: 1 },
		});
		expect(run.twitchRequests).toBe(36);
	});

	it("becomes a dead letter before anybody claimed it", async () => {
		const run = await HandTurnedRun.begin();
		await run.returnDeadLetter(run.take());
		run.expectNumbers(await run.finish(), { tasks: { recovered: 12 } });
	});

	it("comes back, alive and as a dead letter, after the seal", async () => {
		const run = await HandTurnedRun.begin();
		const [message] = run.queue;
		const summary = await run.finish();
		run.expectNumbers(summary);
		if (message === undefined) throw new Error("not sent");
		const rows = () =>
			runInDurableObject(run.stub, (_, { storage }) =>
				storage.sql.exec("SELECT * FROM run").toArray(),
			);
		await eventually(async () => expect((await rows())[0]?.["seal_untold"]).toBe(0));
		const before = await rows();
		await run.deliver(message, 2);
		await run.returnDeadLetter(message);
		expect(await rows()).toEqual(before);
		expect(await run.summary()).toEqual(summary);
	});

	it("comes when its run was forgotten", async () => {
		const run = await HandTurnedRun.begin();
		const [message] = run.queue;
		run.expectNumbers(await run.finish());
		if (message === undefined) throw new Error("not sent");
		await eventually(async () => {
			expect((await run.alarmAtMs()) ?? 0).toBeGreaterThan(Date.now() + 24 * hourMs);
		});
		await run.ring();
		await run.deliver(message, 2);
		await run.returnDeadLetter(message);
		expect(await run.stub.summary()).toEqual({ kind: "unknown_run" });
		await runInDurableObject(run.stub, async (_, { storage }) => {
			expect(isEmptyStorage(storage)).toBe(true);
			expect(await storage.getAlarm()).toBeNull();
		});
	});
});

describe("a consumer of a real run", () => {
	it("is killed between its writes to D1 and its report: its clips are new once", async () => {
		const run = await HandTurnedRun.begin();
		await dieReporting(run, run.take(), false);
		const written = await env.DB.prepare(
			"SELECT count(*) AS clips FROM clips WHERE first_run_id = ?1",
		)
			.bind(run.runId)
			.first();
		expect(written).toEqual({ clips: 12 });
		run.expectNumbers(await run.finish(), {
			tasks: { recovered: 12 },
			attempts: { total: 36, leasesExpired: 12 },
		});
	});

	it("is killed when its report was heard: its message comes again and does nothing", async () => {
		const run = await HandTurnedRun.begin();
		const message = run.take();
		await dieReporting(run, message, true);
		await run.deliver(message, 2);
		run.expectNumbers(await run.finish(), { attempts: { duplicateDeliveries: 1 } });
		expect(run.twitchRequests).toBe(24);
	});

	it("is heard twice: the platform repeated its report", async () => {
		const run = await HandTurnedRun.begin();
		const report = coordinator.report;
		vi.spyOn(coordinator, "report").mockImplementation(async function (
			this: InstanceType<typeof RunCoordinator>,
			said,
		) {
			await Reflect.apply(report, this, [said]);
			return Reflect.apply(report, this, [said]);
		});
		const summary = await run.finish();
		run.expectNumbers(summary);
		expect(summary.meters["twitchRequests"]).toBe(24);
	});

	it("writes and reports after the seal: it may do neither", async () => {
		const run = await HandTurnedRun.begin();
		await run.deliver(run.take());
		const held = Promise.withResolvers<void>();
		run.twitchHolds = held.promise;
		const late = run.deliver(run.take());
		await eventually(() => expect(run.twitchRequests).toBeGreaterThan(12));
		run.moveClock(51 * minuteMs);
		const summary = await run.finish();
		held.resolve();
		await late;
		run.expectNumbers(summary, {
			verdict: "timed_out",
			tasks: { succeeded: 12, lost: 12 },
			clips: 12,
		});
		expect(await run.summary()).toEqual(summary);
	});
});

describe("the clock of a real run", () => {
	it("steps back an hour", async () => {
		const run = await HandTurnedRun.begin();
		await run.deliver(run.take());
		run.moveClock(-hourMs);
		await run.deliver(run.take());
		const summary = await run.sealed();
		run.expectNumbers(summary);
		expect(summary.durationMs).toBe(0);
	});

	it("jumps a day ahead", async () => {
		const run = await HandTurnedRun.begin(36);
		await run.deliver(run.take());
		await dieReporting(run, run.take(), false);
		run.queue = [];
		run.moveClock(24 * hourMs);
		run.expectNumbers(await run.finish(), {
			verdict: "timed_out",
			tasks: { succeeded: 12, lost: 24 },
			attempts: { total: 24 },
			clips: 24,
		});
	});
});
