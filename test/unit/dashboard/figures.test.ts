import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempt, Summary, TaskState } from "../../../src/dashboard/api/shapes.ts";
import { compareWithUsual, findUsual } from "../../../src/dashboard/format/usual.ts";
import { findTasks } from "../../../src/dashboard/pages/run/find-tasks.ts";
import { layOutGrid, markAt } from "../../../src/dashboard/pages/run/grid-layout.ts";
import {
	chooseTicks,
	readAttemptTimes,
	splitWork,
} from "../../../src/dashboard/pages/task/attempt-times.ts";
import { measureBars } from "../../../src/dashboard/parts/bar-heights.ts";
import { aSummary } from "./a-summary.ts";

describe("bars beside each other", () => {
	it("one run of 50 minutes does not flatten the others", () => {
		const { heights, areCut } = measureBars([5_000, 4_000, null, 6_000, 3_000_000]);
		expect(areCut).toEqual([false, false, false, false, true]);
		expect(heights[4]).toBe(1);
		expect(heights[0]).toBeGreaterThan(0.25);
	});

	it("stand between nothing and the top, and a gap stays a gap", () => {
		const values = fc.array(fc.option(fc.nat()), { maxLength: 60 });
		fc.assert(
			fc.property(values, (all) => {
				const { heights } = measureBars(all);
				for (const [index, height] of heights.entries()) {
					expect(height === null).toBe(all[index] === null);
					if (height !== null) expect(height >= 0 && height <= 1).toBe(true);
				}
			}),
		);
	});
});

describe("what is usual", () => {
	const run = (runId: string, durationMs: number, planned = 200) => {
		const base = aSummary();
		return { ...base, runId, durationMs, tasks: { ...base.tasks, planned } } as Summary;
	};

	it("is the middle of the runs that are about as large", () => {
		const others = [run("a", 4_000), run("b", 5_000), run("c", 90_000), run("d", 10, 3)];
		expect(findUsual(run("x", 1), others)).toEqual({ durationMs: 5_000, runs: 3 });
		expect(findUsual(run("x", 1), others.slice(0, 2))).toBeUndefined();
	});

	it("is compared with only when it differs", () => {
		const usual = { durationMs: 1_000, runs: 9 };
		expect(compareWithUsual(1_100, usual)).toBeUndefined();
		expect(compareWithUsual(2_000, usual)).toBe(2);
		expect(compareWithUsual(500, usual)).toBe(0.5);
	});
});

describe("finding tasks", () => {
	const taskIds = Array.from({ length: 60 }, (_, index) => String(1_000 + index));
	const names = taskIds.map((id, index) => (index === 7 ? "葛葉 <b>" : `name${id}`));
	const states = taskIds.map<TaskState>((_, index) => (index % 10 === 3 ? "failed" : "succeeded"));
	const all = { taskIds, names, states };
	const find = (filter: Partial<Parameters<typeof findTasks>[1]>) =>
		findTasks(all, { state: "all", text: "", isAttentionFirst: false, page: 1, ...filter }, 5);

	it("a page says after which id the API goes on", () => {
		expect(find({}).after).toBeNull();
		expect(find({ page: 2 })).toMatchObject({ after: "1004", places: [5, 6, 7, 8, 9] });
		expect(find({ state: "failed", page: 2 })).toMatchObject({ after: "1043", places: [53] });
	});

	it("searches names and ids, whatever their case", () => {
		expect(find({ text: "葛葉" })).toMatchObject({ places: [7], after: undefined });
		expect(find({ text: "NAME1003" }).places).toEqual([3]);
		expect(find({ text: "1059" }).places).toEqual([59]);
	});

	it("failed ones stand first when asked for, on every page, and the API's order is no help then", () => {
		const failed = { isAttentionFirst: true };
		expect(find(failed)).toMatchObject({ places: [3, 13, 23, 33, 43], after: undefined });
		expect(find({ ...failed, page: 2 }).places).toEqual([53, 0, 1, 2, 4]);
		expect(find({ ...failed, state: "failed", page: 2 })).toMatchObject({ after: "1043" });
	});

	it("a page beyond the last is the last", () => {
		expect(find({ page: 99 })).toMatchObject({ page: 12, total: 60 });
		expect(find({ text: "nobody", page: 3 })).toMatchObject({ page: 1, total: 0, places: [] });
	});
});

describe("the grid", () => {
	it.each([1, 200, 1_000, 10_000])("of %i tasks: every mark is found where it stands", (tasks) => {
		const layout = layOutGrid(tasks, 1_072);
		for (let index = 0; index < tasks; index += 7) {
			const x = (index % layout.columns) * layout.pitch + 2;
			const y = Math.floor(index / layout.columns) * layout.pitch + 2;
			expect(markAt(layout, tasks, x, y)).toBe(index);
		}
		expect(markAt(layout, tasks, 2, layout.height + 2)).toBeUndefined();
	});

	it("fits a phone", () => {
		const { columns, pitch } = layOutGrid(10_000, 328);
		expect(columns * pitch).toBeLessThanOrEqual(328);
	});
});

describe("where the time of a task went", () => {
	it("parts that overlap never come to more than the attempt took", () => {
		const split = (twitchMs: number, d1Ms: number) =>
			splitWork({
				attempt: { meters: { twitchMs, d1Ms } } as unknown as Attempt,
				workedMs: 100,
			});
		expect(split(60, 30)).toEqual({ atTwitch: 60, atD1: 30, rest: 10 });
		expect(split(90, 30)).toEqual({ atTwitch: 90, atD1: 10, rest: 0 });
		expect(split(400, 30)).toEqual({ atTwitch: 100, atD1: 0, rest: 0 });
	});

	it.each([1, 7, 999, 4_160, 61_000, 3_000_000, 90_000_000])(
		"a scale of %i ms begins at 0 and has at most six ticks, none beyond its end",
		(totalMs) => {
			const ticks = chooseTicks(totalMs);
			expect(ticks[0]).toBe(0);
			expect(ticks.length).toBeLessThanOrEqual(6);
			expect(ticks.at(-1)).toBeLessThanOrEqual(totalMs);
		},
	);

	it("is what it waited and what it worked, attempt by attempt", () => {
		const attempt = (claimedAt: string, endedAt: string | null) =>
			({ claimedAt, endedAt }) as Attempt;
		const times = readAttemptTimes(
			{
				attempts: [
					attempt("2026-11-23T10:00:02Z", "2026-11-23T10:00:03Z"),
					attempt("2026-11-23T10:00:08Z", null),
				],
				closedAt: null,
			},
			{ startedAt: "2026-11-23T10:00:00Z", verdict: null },
			Date.parse("2026-11-23T10:00:10Z"),
		);
		expect(times.map(({ waitedMs, workedMs }) => [waitedMs, workedMs])).toEqual([
			[2_000, 1_000],
			[5_000, 2_000],
		]);
	});
});
