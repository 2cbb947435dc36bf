import { describe, expect, it } from "vitest";
import type { CoordinatorApi } from "../../../durable-objects/run-coordinator/api.ts";
import { CoordinatorStore } from "../../../durable-objects/run-coordinator/store.ts";
import { ok } from "../../../src/domain/result.ts";
import { planTask } from "../../../src/domain/task.ts";
import { created, nodePlatform, running } from "../../support/node-world.ts";
import { failure, ScriptedJob, taskIdOf } from "../../support/scripted-job.ts";
import type { SqliteStorage } from "../../support/sqlite-storage.ts";
import { World } from "../../support/world.ts";

/** Bugs that were found by reading, each with the situation that shows it. */
describe("planning", () => {
	it("writes each task as the machine of its states begins", async () => {
		const world = await running(1);
		const store = new CoordinatorStore(world.platform.storage);
		expect(store.findTasks([taskIdOf(0)])).toEqual([planTask(taskIdOf(0))]);
	});

	it("the same task twice plans it once", async () => {
		const job = new ScriptedJob(3);
		job.taskIds = [taskIdOf(0), taskIdOf(0), taskIdOf(1)];
		const summary = await (await running(job)).finish();
		expect(summary).toMatchObject({ verdict: "succeeded", tasks: { planned: 2 } });
	});

	it("whose tasks cannot be written fails in the end, and is not tried for ever", async () => {
		const job = new ScriptedJob(1);
		let plans = 0;
		job.planning = async (request) => {
			plans += 1;
			const window = { fromMs: 0.5, toMs: request.startedAtMs };
			return ok({ window, taskIds: job.taskIds, meters: {} });
		};
		const summary = await (await created(job)).finish();
		expect(summary).toMatchObject({ verdict: "failed", balanced: true });
		expect(plans).toBe(3);
	});

	it("that takes the object down with it each time fails as well", async () => {
		const job = new ScriptedJob(1);
		let plans = 0;
		job.planning = () => {
			plans += 1;
			return new Promise(() => undefined);
		};
		const world = await created(job);
		for (let crashes = 0; crashes < 20; crashes += 1) {
			world.nowMs += 60_000;
			void world.ring();
			await new Promise((resolve) => setImmediate(resolve));
			await world.restart();
		}
		expect(await world.summary()).toMatchObject({ state: "sealed", verdict: "failed" });
		expect(plans).toBe(3);
	});
});

describe("messages", () => {
	it("a duplicate that clears the last one lets the run seal at once", async () => {
		const world = await running(12);
		const late = world.take();
		await world.ringWhenDue();
		const again = world.take();
		await world.deliver(late);
		await world.deliver(again);
		expect(world.alarmAtMs).toBeLessThanOrEqual(world.nowMs);
	});

	it("a queue that hands out nothing is not filled up", async () => {
		const world = await running(480);
		let sent = world.queue.length;
		world.queue = [];
		while ((await world.summary()).state !== "sealed") {
			await world.ringWhenDue();
			sent += world.queue.length;
			world.queue = [];
		}
		expect(sent).toBeLessThanOrEqual(7 * 40);
	});

	it("a claim whose answer is lost once costs no attempt and no time", async () => {
		const world = await running(3);
		let lost = 1;
		const shaky = {
			claim: async (request: never) => {
				const answer = await world.coordinator.claim(request);
				lost -= 1;
				if (lost >= 0) throw new Error("Network connection lost");
				return answer;
			},
			report: world.coordinator.report.bind(world.coordinator),
		} as unknown as CoordinatorApi;
		expect(await world.consumer(shaky).handle(world.take().body, 1)).toEqual({ kind: "ack" });
		const summary = await world.finish();
		expect(summary.attempts).toMatchObject({ total: 3, leasesExpired: 0 });
	});

	it("one that JSON cannot say harms no other", async () => {
		const world = await running(1);
		expect(await world.consumer().handle({ version: 9, n: 1n }, 1)).toEqual({ kind: "ack" });
	});
});

describe("times that a job names", () => {
	it.each([
		["that are no number", Number.NaN],
		["that never come", Number.POSITIVE_INFINITY],
		["that have a fraction", 0.5],
	])("%s strand no task and lose no report", async (_, offsetMs) => {
		for (const kind of ["retryable", "deferred"] as const) {
			const world = await running(12);
			world.job.outcomeOf = ({ taskId, attempt }) => {
				if (taskId !== taskIdOf(3) || attempt > 1) return undefined;
				const notBeforeMs = world.nowMs + offsetMs;
				return kind === "retryable"
					? { kind, error: failure(), notBeforeMs }
					: { kind, continuation: null, notBeforeMs };
			};
			const summary = await world.finish();
			expect(summary).toMatchObject({ verdict: "succeeded", attempts: { leasesExpired: 0 } });
			expect(summary.durationMs).toBeLessThan(20_000);
		}
	});
});

describe("the end of a run", () => {
	it("whose job is gone from the registry has its tasks in D1 all the same", async () => {
		const world = await running(3);
		await world.deliver(world.take());
		(world.job as { name: string }).name = "renamed";
		await world.restart();
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 3 } });
		expect(await world.platform.rows("SELECT * FROM run_tasks")).toHaveLength(3);
	});

	it("at its deadline is timed out, also when the step after that fails once", async () => {
		const world = await running(3);
		world.queue = [];
		world.nowMs += 50 * 60_000;
		const storage = world.platform.storage as SqliteStorage;
		const transaction = storage.transactionSync.bind(storage);
		let steps = 0;
		storage.transactionSync = (closure) => {
			steps += 1;
			if (steps === 2) throw new Error("crash");
			return transaction(closure);
		};
		await world.ring();
		storage.transactionSync = transaction;
		expect((await world.finish()).verdict).toBe("timed_out");
	});

	it("with a task that went missing is sealed as not balanced, and says so in the log", async () => {
		const world = await running(3);
		await world.deliver(world.take());
		world.platform.storage.sql.exec("DELETE FROM tasks WHERE task_id = ?", taskIdOf(1));
		const summary = await world.finish();
		expect(summary).toMatchObject({ balanced: false, tasks: { planned: 3, succeeded: 2 } });
		expect(world.logged.map(({ event }) => event)).toContain("run_unbalanced");
	});

	it("that cannot be forgotten once is forgotten later", async () => {
		let failures = 1;
		const platform = nodePlatform();
		const wipe = async () => {
			failures -= 1;
			if (failures >= 0) throw new Error("storage operation failed");
			await platform.wipe();
		};
		const world = new World({ ...platform, wipe }, new ScriptedJob(1));
		await world.start();
		await world.finish();
		await world.ringWhenDue();
		expect(await world.summary()).toMatchObject({ state: "sealed" });
		await world.ringWhenDue();
		expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
	});

	it("costs the same however often it was looked at", async () => {
		const readWith = async (looks: number) => {
			const world = await running(12);
			for (let look = 0; look < looks; look += 1) {
				await world.summary();
				await world.coordinator.task(taskIdOf(1));
			}
			return (await world.finish()).meters["ledgerRowsRead"];
		};
		expect(await readWith(200)).toBe(await readWith(0));
	});
});
