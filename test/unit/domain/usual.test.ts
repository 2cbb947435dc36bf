import { describe, expect, it } from "vitest";
import type { Summary } from "../../../src/domain/summary.ts";
import { estimateRun, findAlike } from "../../../src/domain/usual.ts";
import fixture from "../../fixtures/summary.json" with { type: "json" };

/** Newest first, as they are listed. */
function run(planned: number, durationMs: number, parts: Partial<Summary> = {}): Summary {
	const base = fixture as unknown as Summary;
	const tasks = { ...base.tasks, planned };
	return { ...base, tasks, durationMs, meters: { twitchRequests: planned }, ...parts };
}

describe("what a run would take", () => {
	const whole = [run(200, 4_000), run(200, 6_000)];
	const reruns = [run(3, 900), run(1, 800), run(2, 1_000), run(1, 700), run(1, 900), run(1, 850)];

	it("is not said by small reruns, however many came since", () => {
		expect(estimateRun(200, [...reruns, ...whole])).toEqual({
			runs: 2,
			durationMs: 5_000,
			meters: { twitchRequests: 200 },
		});
	});

	it("is said of a few tasks by the reruns that were about as small", () => {
		expect(estimateRun(3, [...whole, ...reruns])).toMatchObject({
			runs: 2,
			durationMs: 1_140,
		});
	});

	it("is a share of the whole ones when none was about as large", () => {
		expect(estimateRun(40, [run(3, 900), ...whole])).toEqual({
			runs: 2,
			durationMs: 1_000,
			meters: { twitchRequests: 40 },
		});
	});

	it("looks at the newest five", () => {
		const many = [...Array(5).fill(run(10, 1_000)), run(10, 99_000)];
		expect(estimateRun(10, many)).toMatchObject({ runs: 5, durationMs: 1_000 });
	});

	it("is not known without a run that says something", () => {
		const nothing = { runs: 0, durationMs: 0, meters: {} };
		expect(estimateRun(10, [])).toEqual(nothing);
		const silent = [
			run(10, 5, { verdict: "failed" }),
			run(10, 5, { verdict: "timed_out" }),
			run(10, 5, { verdict: "cancelled" }),
			run(10, 5, { verdict: null }),
			run(0, 5, { verdict: "succeeded" }),
		];
		expect(estimateRun(10, silent)).toEqual(nothing);
		expect(findAlike(10, silent)).toEqual([]);
	});
});
