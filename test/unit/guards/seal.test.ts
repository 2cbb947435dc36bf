import { describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { claim, created, nodePlatform, report } from "../../support/node-world.ts";
import { failure, ScriptedJob } from "../../support/scripted-job.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";
import { World } from "../../support/world.ts";

const succeeded: Outcome = { kind: "succeeded" };

describe("planning, sealing and forgetting", () => {
	function bare(tasks: number, name = "scripted", shared = SqliteDatabase.migrated()) {
		const world = new World(nodePlatform(shared), new ScriptedJob(tasks, name));
		return { world, database: shared };
	}
	it("a plan that comes back when the run is closed already does not take the run for one that was sealed before", async () => {
		const world = await created(12);
		const gate = Promise.withResolvers<void>();
		let held = false;
		world.around = async (name, call) => {
			if (name === "d1" && !held) {
				held = true;
				await gate.promise;
			}
			return call();
		};
		const slow = world.ring();
		await world.coordinator.cancel();
		await world.ring();
		expect(await world.summary()).toMatchObject({ state: "sealed", verdict: "cancelled" });
		gate.resolve();
		await slow;
		expect(world.destroyed).toBe(false);
		expect(await world.summary()).toMatchObject({ state: "sealed", verdict: "cancelled" });
	});
	it("a run that one of two alarms has forgotten is no mistake of the other one", async () => {
		const { world } = bare(2);
		world.tellFails = true;
		await world.start();
		await world.finish();
		world.tellFails = false;
		world.nowMs += world.config.coordinatorRetentionMs;
		const gate = Promise.withResolvers<void>();
		let held = false;
		world.around = async (name, call) => {
			const isFirst = name === "tell" && !held;
			held ||= isFirst;
			if (isFirst) await gate.promise;
			return call();
		};
		const slow = world.ring();
		await world.ring();
		expect(world.destroyed).toBe(true);
		gate.resolve();
		await slow;
		expect(world.logged.map(({ event }) => event)).not.toContain("alarm_failed");
		expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
	});
	it.each([
		["the scheduler", "tell"],
		["the run that comes after", "start"],
	])(
		"%s that hangs holds the alarm of a sealed run for no longer than a call may take",
		async (_, name) => {
			const { world } = bare(2);
			world.tellFails = true;
			world.startFails = true;
			await world.start();
			await world.finish();
			world.tellFails = false;
			world.startFails = false;
			world.around = (called, call) => (called === name ? new Promise(() => undefined) : call());
			vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
			try {
				const isOver = vi.fn<() => void>();
				const ring = world.ringWhenDue().then(isOver);
				await vi.advanceTimersByTimeAsync(60_000);
				expect(isOver).toHaveBeenCalled();
				await ring;
			} finally {
				vi.useRealTimers();
			}
			world.around = (_called, call) => call();
			await world.ringWhenDue();
			expect(world.told.length).toBeGreaterThan(0);
			expect(world.startedAfter).toHaveLength(1);
			await world.ringWhenDue();
			expect(world.destroyed).toBe(true);
		},
	);
	it("D1 has closed the run before its yields are counted", async () => {
		const { world, database } = bare(2);
		const closed: unknown[] = [];
		const tally = world.job.tally.bind(world.job);
		world.job.tally = async (request) => {
			closed.push(database.rows("SELECT closed_at_ms, state FROM runs")[0]);
			return tally(request);
		};
		await world.start();
		await world.finish();
		expect(closed).toEqual([{ closed_at_ms: world.nowMs, state: "sealing" }]);
	});
	it("a sealed row does not change when its forgotten run is asked for again and cannot be planned", async () => {
		const { world, database } = bare(2);
		await world.start();
		await world.finish();
		await world.ringWhenDue();
		const before = database.rows("SELECT * FROM runs");
		world.job.planning = async () => ({ ok: false, error: failure() });
		await world.start();
		for (let rings = 0; rings < 5; rings += 1) await world.ring();
		expect(database.rows("SELECT * FROM runs")).toEqual(before);
		expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
	});
	it("nor when D1 cannot be asked for as long as it is planned: it is not sealed a second time", async () => {
		const { world, database } = bare(2);
		await world.start();
		const sealed = await world.finish();
		await world.ringWhenDue();
		const before = database.rows("SELECT * FROM runs");
		world.database.fails = "before";
		await world.start();
		for (let rings = 0; rings < 5; rings += 1) await world.ringWhenDue();
		expect(await world.summary()).toMatchObject({ state: "sealing" });
		world.database.fails = null;
		for (let rings = 0; rings < 3; rings += 1) await world.ringWhenDue();
		expect(await world.coordinator.summary()).toEqual({ kind: "unknown_run" });
		expect(database.rows("SELECT * FROM runs")).toEqual(before);
		expect(world.told).toEqual([sealed]);
	});
	it("tasks go 30 days after their seal, a run's row and younger tasks stay", async () => {
		const { world, database } = bare(2, "first");
		await world.start();
		await world.finish();
		const young = bare(3, "young", database).world;
		young.nowMs = world.nowMs + 29 * 86_400_000;
		await young.start();
		await young.finish();
		expect(database.rows("SELECT count(*) AS n FROM run_tasks")).toEqual([{ n: 5 }]);
		const last = bare(1, "last", database).world;
		last.nowMs = world.nowMs + 31 * 86_400_000;
		await last.start();
		await last.finish();
		expect(
			database.rows("SELECT run_id, count(*) AS n FROM run_tasks GROUP BY run_id ORDER BY run_id"),
		).toMatchObject([{ n: 1 }, { n: 3 }]);
		expect(database.rows("SELECT tasks_forgotten_at_ms AS at FROM runs ORDER BY run_id")).toEqual([
			{ at: last.nowMs },
			{ at: null },
			{ at: null },
		]);
		expect(last.logged.map(({ event }) => event)).not.toContain("tasks_not_forgotten");
	});
	it("tasks of more runs than there are seals go in a few steps with each seal, and large ones as well", async () => {
		const { world: first, database } = bare(3, "first");
		const runs = [first, bare(5_001, "large", database).world, bare(0, "empty", database).world];
		for (const [index, world] of runs.entries()) {
			world.nowMs = first.nowMs + index;
			await world.start();
			await world.finish();
		}
		const last = bare(1, "last", database).world;
		last.nowMs = first.nowMs + 31 * 86_400_000;
		await last.start();
		await last.finish();
		expect(database.rows("SELECT count(*) AS n FROM run_tasks")).toEqual([{ n: 1 }]);
		expect(
			database.rows("SELECT job FROM runs WHERE tasks_forgotten_at_ms IS NULL ORDER BY run_id"),
		).toEqual([{ job: "last" }]);
	});
	it("a run's own window is what is planned and performed", async () => {
		const { world } = bare(1);
		const window = { fromMs: 5, toMs: 9 };
		await world.start({ window });
		await world.ring();
		expect(await claim(world)).toMatchObject({ window });
	});
	it("alarms that ring early try nothing before its pause is over", async () => {
		const { world } = bare(1);
		let plans = 0;
		world.job.planning = async () => {
			plans += 1;
			throw new Error("D1 is down");
		};
		await world.start();
		for (let rings = 0; rings < 5; rings += 1) await world.ring();
		expect(plans).toBe(1);
		world.job.planning = null;
		await world.ringWhenDue();
		await world.deliver(world.take());
		world.database.fails = "before";
		await world.ring();
		const { calls } = world.database;
		for (let rings = 0; rings < 5; rings += 1) await world.ring();
		expect(world.database.calls).toBe(calls);
		world.database.fails = null;
		world.startFails = true;
		await world.finish();
		for (let rings = 0; rings < 5; rings += 1) await world.ring();
		expect(world.logged.filter(({ event }) => event === "after_seal_failed")).toHaveLength(1);
		const pauses: number[] = [];
		for (let rings = 0; rings < 12; rings += 1) {
			await world.ringWhenDue();
			pauses.push(world.alarmAtMs - world.nowMs);
		}
		expect(pauses.slice(0, 3)).toEqual([1_750, 3_500, 7_000]);
		expect(pauses.at(-1)).toBe(787_500);
	});
	it("a report that fails in the middle leaves the ledger as it was", async () => {
		const { world } = bare(2);
		await world.start();
		await world.ring();
		const lease = await claim(world);
		const tasks = () => world.platform.storage.sql.exec("SELECT * FROM tasks").toArray();
		const before = tasks();
		const exec = world.platform.storage.sql.exec;
		(world.platform.storage.sql as { exec: unknown }).exec = (
			query: string,
			...values: unknown[]
		) => {
			if (/INSERT INTO attempts/.test(query)) throw new Error("disk I/O error");
			return exec(query, ...values);
		};
		await expect(report(world, lease, [0, 1], succeeded)).rejects.toThrow();
		expect(tasks()).toEqual(before);
	});
	it.each([0, 499, 500, 501, 1_000])(
		"a run of %i tasks is sealed with each once",
		async (tasks) => {
			const { world, database } = bare(tasks);
			await world.start();
			const summary = await world.finish();
			expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: tasks } });
			expect(database.rows("SELECT count(*) AS n FROM run_tasks")).toEqual([{ n: tasks }]);
		},
	);
	it("a seal whose second chunk fails goes on there, with the yields of the first", async () => {
		const { world, database } = bare(1_100);
		await world.start();
		await world.ring();
		while ((await world.summary()).tasks.open > 0) {
			const message = world.queue.shift();
			if (message === undefined) await world.ring();
			else await world.deliver(message);
		}
		world.database.fails = "before";
		world.database.passes = 2;
		await world.ring();
		expect(await world.summary()).toMatchObject({ state: "sealing" });
		world.database.fails = null;
		await world.restart();
		expect((await world.finish()).yield).toEqual({ thingsMade: 1_100 });
		expect(database.rows("SELECT count(*) AS n FROM run_tasks")).toEqual([{ n: 1_100 }]);
	});
});
