import { describe, expect, it } from "vitest";
import { failure, ScriptedJob, taskIdOf } from "../scripted-job.ts";
import { World } from "../world.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

/** What follows from what a job says of a task, on any platform's SQL. */
export function describeOutcomes(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);

	describe("outcomes", () => {
		it("a retryable failure is tried again later, and counted as a retry", () =>
			withWorld(2, async (world) => {
				world.job.outcomeOf = ({ taskId, attempt }) =>
					taskId === taskIdOf(0) && attempt < 3
						? { kind: "retryable", error: failure() }
						: undefined;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", errors: [] });
				expect(summary.attempts).toMatchObject({ total: 4, retried: 2 });
				expect(summary.tasks.recovered).toBe(0);
				expect(summary.durationMs).toBeGreaterThan(6_000);
			}));

		it("a time that the other side named is waited for", () =>
			withWorld(1, async (world) => {
				const notBeforeMs = world.nowMs + 47_000;
				world.job.outcomeOf = ({ attempt }) =>
					attempt === 1 ? { kind: "retryable", error: failure(), notBeforeMs } : undefined;
				const summary = await world.finish();
				expect(summary.durationMs).toBeGreaterThanOrEqual(47_000);
				expect(summary.durationMs).toBeLessThan(51_000);
			}));

		it("a retryable failure in every attempt is failed after the fourth", () =>
			withWorld(2, async (world) => {
				world.job.outcomeOf = ({ taskId }) =>
					taskId === taskIdOf(0) ? { kind: "retryable", error: failure() } : undefined;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "partial", balanced: true });
				expect(summary.tasks).toMatchObject({ succeeded: 1, failed: 1 });
				expect(summary.attempts).toMatchObject({ total: 5, retried: 3 });
				expect(summary.errors).toEqual([{ ...failure(), count: 1, taskIds: [taskIdOf(0)] }]);
			}));

		it("a permanent failure is not tried again", () =>
			withWorld(2, async (world) => {
				world.job.outcomeOf = () => ({ kind: "permanent", error: failure() });
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "failed", balanced: true });
				expect(summary.attempts).toMatchObject({ total: 2, retried: 0 });
			}));

		it("deferred work costs no attempt and goes on where it was", () =>
			withWorld(1, async (world) => {
				world.job.outcomeOf = ({ attempt }) =>
					attempt < 8 ? { kind: "deferred", continuation: `page ${attempt}` } : undefined;
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded" });
				expect(summary.attempts).toMatchObject({ total: 8, retried: 0 });
				expect(world.job.performed.map((item) => item.continuation)).toEqual([
					null,
					...[1, 2, 3, 4, 5, 6, 7].map((page) => `page ${page}`),
				]);
			}));

		it("a task that is deferred for ever is failed in the end", () =>
			withWorld(1, async (world) => {
				world.job.outcomeOf = () => ({ kind: "deferred", continuation: "again" });
				const summary = await world.finish();
				expect(summary.tasks).toMatchObject({ failed: 1 });
				expect(summary.errors).toMatchObject([{ code: "too_many_deferrals" }]);
				expect(summary.attempts.total).toBe(101);
			}));

		it("a job that throws makes its message's tasks retryable, and no more than that", () =>
			withWorld(24, async (world) => {
				world.job.outcomeOf = ({ taskId, attempt }) => {
					if (taskId === taskIdOf(3) && attempt === 1) throw new Error("cannot read undefined");
					return undefined;
				};
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded", yield: { thingsMade: 24 } });
				expect(summary.attempts.retried).toBe(12);
			}));

		it("a waiting task whose time does not come before the deadline has failed, as it said", () =>
			withPlatform(async (platform) => {
				const world = new World(platform, new ScriptedJob(1), { runDeadlineMs: 600_000 });
				world.job.outcomeOf = () => ({
					kind: "retryable",
					error: failure(),
					notBeforeMs: world.nowMs + 14 * 60_000,
				});
				await world.start();
				const summary = await world.finish();
				expect(summary.durationMs).toBe(600_000);
				expect(summary).toMatchObject({ verdict: "timed_out", tasks: { failed: 1, lost: 0 } });
			}));
	});
}
