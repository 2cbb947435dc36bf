import { describe, expect, it } from "vitest";
import { limitRun, type RunLimits } from "../../../src/domain/run-limits.ts";
import type { Summary } from "../../../src/domain/summary.ts";
import { dieAfterClaim, finishUnderHeavyFaults } from "../../support/heavy-faults.ts";
import { created, running } from "../../support/node-world.ts";
import type { World } from "../../support/world.ts";

/** Loops that nothing else ends: each run seals within its limits, adds up, and says why. */
function limitsOf(world: World, plannedTasks: number): RunLimits {
	const { tasksPerMessage, messagesInFlight, maxAttempts, runDeadlineMs } = world.config;
	const deadlineMs = runDeadlineMs;
	return limitRun({ plannedTasks, tasksPerMessage, messagesInFlight, maxAttempts, deadlineMs });
}

function used({ meters }: Summary): RunLimits {
	const of = (name: string) => meters[name] ?? 0;
	return {
		messages: of("messages") + of("messagesUnconfirmed"),
		alarms: of("alarms"),
		ledgerRows: of("ledgerRowsWritten"),
	};
}

/** What was under way when a limit was reached goes beyond it: one round of messages, and closing the tasks. */
function expectWithin(world: World, summary: Summary): void {
	const { planned } = summary.tasks;
	const limits = limitsOf(world, planned);
	const { messages, alarms, ledgerRows } = used(summary);
	expect(messages).toBeLessThanOrEqual(limits.messages + world.config.messagesInFlight);
	expect(alarms).toBeLessThanOrEqual(limits.alarms + 1);
	expect(ledgerRows).toBeLessThanOrEqual(limits.ledgerRows + 9 * planned + 300);
	expect(summary).toMatchObject({ state: "sealed", balanced: true });
}

async function isSealed(world: World): Promise<boolean> {
	return (await world.summary()).state === "sealed";
}

describe("a loop ends at a limit of the run", { timeout: 30_000 }, () => {
	it("a queue that hands every message out a thousand times does no harm", async () => {
		const world = await running(48);
		for (const message of world.queue.splice(0)) {
			for (let times = 1; times <= 1_000; times += 1) await world.deliver(message, times);
		}
		const summary = await world.finish();
		expectWithin(world, summary);
		expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 48 } });
		expect(summary.attempts).toMatchObject({ total: 48, duplicateDeliveries: 4 * 999 });
	});

	it("a job that defers for ever", async () => {
		const world = await running(200);
		world.job.outcomeOf = () => ({ kind: "deferred", continuation: "again" });
		const summary = await world.finish();
		expectWithin(world, summary);
		expect(summary.verdict).toBe("failed");
		expect(summary.tasks).toMatchObject({ planned: 200, lost: 200 });
		expect(summary.errors).toMatchObject([{ code: "limit_reached", count: 200 }]);
		expect(summary.attempts.total).toBeGreaterThan(200 * 12);
		expect(summary.attempts.total).toBeLessThan(200 * 40);
	});

	it("a job that defers each task to a time of its own, so that each travels alone", async () => {
		const world = await running(60, { maxAttempts: 1 });
		let turn = 0;
		world.job.outcomeOf = () => {
			turn += 1;
			const notBeforeMs = world.nowMs + (turn % 60) * 100;
			return { kind: "deferred", continuation: null, notBeforeMs };
		};
		const summary = await world.finish();
		expectWithin(world, summary);
		expect(summary.errors).toMatchObject([{ code: "limit_reached", count: 60 }]);
		expect(summary.errors[0]?.message).toContain("limit of 550 messages");
	});

	it("an alarm that rings for ever with nothing to do", async () => {
		const world = await running(12);
		let rings = 0;
		for (; rings < 1_000 && !(await isSealed(world)); rings += 1) await world.ring();
		const summary = await world.summary();
		expectWithin(world, summary);
		expect(rings).toBe(limitsOf(world, 12).alarms);
		expect(summary).toMatchObject({ verdict: "failed", tasks: { lost: 12 } });
		expect(summary.errors[0]?.message).toContain("limit of 460 alarms");
	});

	it("dead letters that come back for ever ring no alarm once their tasks are in other hands", async () => {
		const world = await running(12);
		const message = world.take();
		await dieAfterClaim(world, message.body);
		const alarms = world.alarms.length;
		for (let times = 0; times < 1_000; times += 1) await world.returnDeadLetter(message);
		expect(world.alarms).toHaveLength(alarms);
		expect((await world.finish()).tasks).toMatchObject({ succeeded: 12, recovered: 12 });
	});

	it("a limit that is reached while tasks run, wait and are planned closes them all, each with the reason", async () => {
		const world = await running(36);
		world.job.outcomeOf = () => ({ kind: "deferred", continuation: "more" });
		await world.deliver(world.take());
		await dieAfterClaim(world, world.take().body);
		for (let rings = 0; rings < 2_000 && !(await isSealed(world)); rings += 1) await world.ring();
		const summary = await world.summary();
		expectWithin(world, summary);
		expect(summary.tasks).toMatchObject({ planned: 36, lost: 36, open: 0 });
		expect(summary.errors).toMatchObject([{ code: "limit_reached", count: 36 }]);
		expect(world.logged.filter(({ event }) => event === "run_limit_reached")).toHaveLength(1);
	});
});

describe("what ends otherwise stays within the limits", { timeout: 30_000 }, () => {
	it("a sender that always claims failure after having sent, and consumers that get every message", async () => {
		const world = await created(200);
		world.sendFails = "after";
		const summary = await world.finish();
		expectWithin(world, summary);
		expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 200 } });
		expect(summary.attempts).toMatchObject({ total: 200 });
		expect(summary.meters).toMatchObject({ messages: 0, messagesUnconfirmed: 17 });
	});

	it("a sender that always claims failure, and a queue that loses everything", async () => {
		const world = await created(200);
		world.sendFails = "after";
		while (!(await isSealed(world))) {
			world.queue = [];
			await world.ringWhenDue();
		}
		const summary = await world.summary();
		expectWithin(world, summary);
		expect(summary).toMatchObject({ verdict: "timed_out", tasks: { lost: 200 } });
		expect(used(summary).messages).toBeGreaterThan(50 * 17);
	});

	it("a consumer that always dies", async () => {
		const world = await running(200);
		while (!(await isSealed(world))) {
			for (const { body } of world.queue.splice(0)) await dieAfterClaim(world, body);
			await world.ringWhenDue();
		}
		const summary = await world.summary();
		expectWithin(world, summary);
		expect(summary).toMatchObject({ verdict: "failed", tasks: { lost: 200, recovered: 0 } });
		expect(summary.attempts).toMatchObject({ total: 800, leasesExpired: 800, retried: 0 });
		expect(summary.errors).toMatchObject([{ code: "lease_expired", count: 200 }]);
	});

	it.each([1, 12, 200])(
		"heavy faults all day, %i tasks: not even a fifth is used",
		async (tasks) => {
			for (let seed = 1; seed <= 4; seed += 1) {
				const world = await created(tasks);
				const summary = await finishUnderHeavyFaults(world, seed);
				const limits = limitsOf(world, tasks);
				const { messages, alarms, ledgerRows } = used(summary);
				expect(messages).toBeLessThan(limits.messages / 5);
				expect(alarms).toBeLessThan(limits.alarms / 5);
				expect(ledgerRows).toBeLessThan(limits.ledgerRows / 5);
				expect(summary.balanced).toBe(true);
				expect(summary.yield).toEqual({ thingsMade: world.job.made.size });
				expect(summary.errors.map(({ code }) => code)).not.toContain("limit_reached");
			}
		},
	);
});
