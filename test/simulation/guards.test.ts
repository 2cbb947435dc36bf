import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ClauseId, Violation } from "./clauses.ts";
import { listFaults, searchGuard, tieAgain } from "./guard-search.ts";
import { findGuard, guards } from "./guards.ts";
import { takeOut } from "./hooks.ts";
import { Simulator } from "./many-seeds.ts";
import { listSeeds, type Regression, regressions } from "./regressions.ts";
import type { Outcome } from "./simulate.ts";

const root = new URL("../..", import.meta.url).pathname;
const guard = findGuard("seal retry");
const [kept] = guard.breaks;

/** A simulator whose seeds break what is said for them. */
const fake = (broken: Readonly<Record<number, ClauseId>>) => ({
	simulate: async (seed: number) => {
		const clause = broken[seed];
		const violations: Violation[] =
			clause === undefined ? [] : [{ clause, promise: "P1", what: "said so", atMs: 0 }];
		return { seed, violations } as unknown as Outcome;
	},
	end: async () => undefined,
});

/** Of ten seeds, when those break what is said without the guard, and with it. */
const search = (
	without: Readonly<Record<number, ClauseId>>,
	whole: Readonly<Record<number, ClauseId>> = {},
	regressions: readonly Regression[] = [],
) => searchGuard(guard, 10, regressions, fake(whole), () => fake(without));

describe("the guards", () => {
	it("are where they are said to be: each snippet is there once", () => {
		for (const { removals } of guards) {
			for (const removal of removals) {
				const source = readFileSync(root + removal.file, "utf8");
				expect(takeOut(source, removal)).not.toContain(removal.snippet);
			}
		}
		const removal = { file: "a.ts", snippet: "twice", instead: "" };
		expect(() => takeOut("twice and twice", removal)).toThrow("a.ts has 2 times, and not once");
	});

	it("have names of their own, and one that is mistyped is answered with all of them", () => {
		expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
		expect(() => findGuard("seal retri")).toThrow(
			/^no guard is called seal retri; there are: .*seal retry/,
		);
	});

	it("are those that seeds which once failed are kept for", () => {
		for (const { guard: name } of regressions) {
			if (name !== undefined) expect(findGuard(name).name).toBe(name);
		}
		const seeds = listSeeds(1, 10_000);
		expect(new Set(seeds).size).toBe(seeds.length);
		expect(seeds.slice(0, 2)).toEqual(regressions.slice(0, 2).map(({ seed }) => seed));
	});
});

describe("a guard that is taken out", () => {
	it("is missed by the first seed that breaks what it keeps, and by no other bug", async () => {
		const report = await search({ 2: "threw", 3: "older-fetch", 5: kept, 6: kept });
		expect(report).toMatchObject({
			seed: 5,
			others: { threw: 1, "older-fetch": 1 },
			control: [],
			forgiven: [],
		});
		expect(report.found?.clause).toBe(kept);
		expect(listFaults(report, 10)).toEqual([]);
	});

	it("is missed by nobody when only something else breaks", async () => {
		const report = await search({ 3: "threw" });
		expect(report).toMatchObject({ seed: null, found: null, others: { threw: 1 } });
		expect(listFaults(report, 10)).toEqual(["nobody misses seal retry in 10 seeds"]);
	});

	it("is not what a seed misses that fails with it as well", async () => {
		const report = await search({ 5: kept }, { 5: "threw" });
		expect(listFaults(report, 10)).toEqual(["seed 5 fails with seal retry as well: said so"]);
	});

	it("is missed by the seeds that are kept for it, or they are named", async () => {
		const others = [
			{ seed: 5, found: "", guard: guard.name },
			{ seed: 77, found: "", guard: guard.name },
			{ seed: 78, found: "", guard: "told once" },
			{ seed: 79, found: "" },
		];
		const report = await search({ 5: kept }, {}, others);
		expect(report.forgiven).toEqual([77]);
		expect(listFaults(report, 10)).toEqual([
			"seed 77 of regressions.json does not fail without seal retry any more; seed 5 does (--keep)",
		]);
		expect(tieAgain(others, [report]).map(({ seed }) => seed)).toEqual([5, 5, 78, 79]);
	});

	it("is found by the simulation as it is", async () => {
		const whole = new Simulator();
		const report = await searchGuard(findGuard("alarm re-arm"), 20, [], whole);
		await whole.end();
		expect(report.found?.clause).toBe("run-without-alarm");
		expect(report.control).toEqual([]);
	}, 60_000);
});
