import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideVerdict, moveRun, runStates } from "../../../src/domain/run.ts";
import { type TaskState, taskStates } from "../../../src/domain/task.ts";
import { foldTotals, isBalanced } from "../../../src/domain/totals.ts";
import { drawnWays } from "../../support/readme.ts";

describe("the run machine", () => {
	const legal = ["planning→running", "planning→sealing", "running→sealing", "sealing→sealed"];
	it("is the one that the README draws", () => {
		expect(drawnWays("planning")).toEqual(legal.map((way) => way.replace("→", " → ")));
	});
	const steps = runStates.flatMap((from) => runStates.map((to) => ({ from, to })));
	it.each(steps)("$from → $to", ({ from, to }) => {
		if (legal.includes(`${from}→${to}`)) expect(moveRun(from, to)).toBe(to);
		else expect(() => moveRun(from, to)).toThrow(`never goes from ${from} to ${to}`);
	});
});

describe("the verdict", () => {
	const totals = (change: Record<string, number> = {}) => ({
		...foldTotals(10, []),
		succeeded: 10,
		...change,
	});
	const ending = { cancelled: false, timedOut: false, planningFailed: false, totals: totals() };
	it.each([
		["succeeded", "all succeeded", {}],
		["succeeded", "there were no tasks", { totals: totals({ planned: 0, succeeded: 0 }) }],
		["partial", "one failed", { totals: totals({ succeeded: 9, failed: 1 }) }],
		["partial", "one was lost", { totals: totals({ succeeded: 9, lost: 1 }) }],
		["failed", "none succeeded", { totals: totals({ succeeded: 0, failed: 10 }) }],
		["failed", "planning failed", { planningFailed: true, totals: totals({ planned: 0 }) }],
		["timed_out", "the deadline closed a task", { timedOut: true }],
		["timed_out", "the deadline closed all", { timedOut: true, totals: totals({ succeeded: 0 }) }],
		["cancelled", "an operator cancelled, whatever else", { cancelled: true, timedOut: true }],
	] as const)("is %s when %s", (verdict, _, change) => {
		expect(decideVerdict({ ...ending, ...change })).toBe(verdict);
	});
});

describe("totals", () => {
	const fold = fc.array(
		fc.record({
			state: fc.constantFrom(...taskStates),
			tasks: fc.nat(50),
			recovered: fc.nat(5),
			attempts: fc.nat(50),
			retries: fc.nat(50),
			leasesExpired: fc.nat(50),
		}),
	);

	it("conserve tasks: balanced says whether the rows add up to the plan", () =>
		fc.assert(
			fc.property(fold, fc.nat(300), (folds, planned) => {
				const sum = folds.reduce((total, { tasks }) => total + tasks, 0);
				const open = folds.some(
					({ state, tasks }) =>
						tasks > 0 && (["planned", "running", "waiting"] as TaskState[]).includes(state),
				);
				const totals = foldTotals(planned, folds);
				expect(isBalanced(totals, false)).toBe(sum === planned);
				expect(isBalanced(totals, true)).toBe(sum === planned && !open);
			}),
		));

	it("do not call a task recovered that was lost after all", () => {
		const counts = { attempts: 0, retries: 0, leasesExpired: 0 };
		const folds = [
			{ state: "lost", tasks: 3, recovered: 3, ...counts },
			{ state: "succeeded", tasks: 3, recovered: 2, ...counts },
		] as const;
		expect(foldTotals(6, folds).recovered).toBe(2);
	});
});
