import { describe, expect, it, vi } from "vitest";
import { nodePlatform } from "../support/node-world.ts";
import { fiveOClock, hourMs, minuteMs, ScheduleWorld } from "../support/schedule-world.ts";
import type { WithPlatform } from "../support/suites/run.ts";
import { describeScheduler } from "../support/suites/schedule/all.ts";

/** The same situations as in test/workerd/scheduler.test.ts, on node:sqlite. */
const withPlatform: WithPlatform = (use) => use(nodePlatform());

describeScheduler(withPlatform);

describe("what the scheduler reads", () => {
	/** Every statement of `work` that reads a table from end to end. */
	const scansOf = async (world: ScheduleWorld, work: () => Promise<unknown>) => {
		const { sql } = world.platform.storage;
		const statements = new Set<string>();
		const exec = vi.spyOn(sql, "exec");
		await work();
		for (const [query] of exec.mock.calls) statements.add(query);
		exec.mockRestore();
		return [...statements].filter((query) => {
			const plan = sql.exec<{ detail: string }>(
				`EXPLAIN QUERY PLAN ${query}`,
				...Array.from(query.matchAll(/\?/g), () => null),
			);
			return plan
				.toArray()
				.some(({ detail }) => /^(SCAN|SEARCH) (runs|deliveries|incidents)$/.test(detail));
		});
	};
	const withWorld = (use: (world: ScheduleWorld) => Promise<void>) =>
		withPlatform(async (platform) => use(await ScheduleWorld.begin(platform)));

	it("with each alarm does not grow with three months of runs and messages, of which there are thousands", () =>
		withWorld(async (world) => {
			await world.cron(fiveOClock);
			expect(await scansOf(world, () => world.ringUntil(fiveOClock + 12 * minuteMs))).toEqual([]);
		}));

	it("with each look at the incidents does not grow with them either", () =>
		withWorld(async (world) => {
			await world.cron(fiveOClock);
			await world.seal(fiveOClock, "failed");
			await world.ringUntil(world.nowMs + minuteMs);
			expect(await scansOf(world, () => world.scheduler.incidents())).toEqual([]);
		}));

	it("is deleted after three months, heartbeats after a day, and nothing that still counts", () =>
		withWorld(async (world) => {
			world.refusal = { kind: "failed", reason: "down", retryAfterMs: null };
			await world.cron(fiveOClock);
			await world.seal(fiveOClock, "failed");
			await world.ringUntil(world.nowMs + minuteMs);
			world.refusal = null;
			const ringAt = async (atMs: number) => {
				world.sleepUntil(atMs);
				await world.scheduler.onAlarm();
			};
			await ringAt(fiveOClock + hourMs);
			const count = (table: string) =>
				world.platform.storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).toArray()[0]?.["n"];
			await world.seal(fiveOClock + hourMs);
			await ringAt(fiveOClock + 26 * hourMs);
			await ringAt(fiveOClock + 52 * hourMs);
			expect(count("deliveries WHERE channel = 'heartbeat' AND message_id LIKE '%23T1700Z%'")).toBe(
				0,
			);
			expect(count("deliveries WHERE message_id LIKE 'run_failed-%'")).toBe(4);
			expect(count("runs WHERE run_id LIKE '%23T1700Z'")).toBe(1);
			// Three months later: the run and what was told are gone, and so is the incident that was over.
			await ringAt(world.nowMs + 92 * 24 * hourMs);
			expect(count("runs WHERE run_id LIKE '%23T1700Z'")).toBe(0);
			expect(count("deliveries WHERE message_id LIKE 'run_failed-%'")).toBe(0);
			expect(count("incidents WHERE kind = 'run_failed'")).toBe(0);
		}));
});
