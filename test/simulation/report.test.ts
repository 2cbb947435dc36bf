import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { GuardReport } from "./guard-search.ts";
import { guards } from "./guards.ts";
import { describeReport } from "./report.ts";
import { SimulationTotals } from "./totals.ts";

const page = readFileSync(new URL("../../docs/reliability.md", import.meta.url).pathname, "utf8");
const nothing = new SimulationTotals({ from: 1, count: 10_000, kept: 3, processes: 2 }).report();
const found = guards.map(
	({ name, breaks }): GuardReport => ({
		name,
		seed: 4_000,
		found: { clause: breaks[0], promise: "P1", what: "tasks 1000", atMs: 0 },
		others: {},
		control: [],
		forgiven: [],
		seconds: 1,
	}),
);

/** The first cells of a section's table, row by row. */
function listRows(text: string, heading: string, cells: number): string[][] {
	const [, rest = ""] = text.split(`\n## ${heading}\n`);
	const [section = ""] = rest.split("\n## ");
	const rows = section.split("\n").filter((line) => line.startsWith("| "));
	return rows.map((line) => line.slice(2).split(" | ").slice(0, cells));
}

describe("docs/reliability.md", () => {
	it.each([
		["What must hold", 3],
		["What goes wrong", 2],
		["What failed, and was tried again", 2],
		["What was saved", 2],
		["The tests bite", 2],
	])("says under '%s' what the code says: npm run simulate:report", (heading, cells) => {
		const rows = listRows(page, heading, cells);
		expect(rows.length).toBeGreaterThan(4);
		expect(rows).toEqual(listRows(describeReport(nothing, found), heading, cells));
	});

	it("says of every guard which seed misses it", () => {
		for (const [name, , seed, how] of listRows(page, "The tests bite", 4).slice(1)) {
			expect({ name, seed }).toEqual({ name, seed: expect.stringMatching(/^[\d,]+$/) });
			expect(how).toMatch(/^`[a-z-]+`: \S/);
		}
	});

	it("names the command that repeats it, the speed and the processes", () => {
		const text = describeReport({ ...nothing, from: 501, seeds: 10_002, seconds: 400 }, found);
		expect(text).toContain("npm run simulate -- --seeds 10000 --from 501 ");
		expect(text).toContain("the seeds 501 to 10,500, those 3 first that once failed");
		expect(text).toContain("| processes | 2 |");
		expect(text).toContain("| seeds a second | 25.0 |");
		for (const what of ["seeds", "seeds a second", "processes"])
			expect(page).toContain(`| ${what} |`);
	});

	it("is not written from some of the guards", () => {
		expect(() => describeReport(nothing, found.slice(1))).toThrow("was not taken out");
	});
});

describe("what many seeds add up to", () => {
	it("is told in the order of seeds, faults, recoveries and violations", () => {
		const totals = new SimulationTotals({ from: 1, count: 1, kept: 0, processes: 1 });
		totals.add({
			seed: 9,
			hash: 0,
			events: 5,
			runs: 2,
			virtualMs: 3_600_000,
			faults: { "d1-down": 3 },
			kinds: ["d1-down"],
			recoveries: { run_woken: 4, seal_failed: 6 },
			violations: [{ clause: "unfinished", promise: "P1", what: "a is open", atMs: 0 }],
			lines: [],
		});
		expect(totals.report()).toMatchObject({ seeds: 1, count: 1, virtualHours: 1 });
		const lines = totals.describe().split("\n");
		const places = [
			"1 seeds, 2 runs, 5 events",
			"        3  d1-down",
			"        6  seal_failed",
			"        4  run_woken",
			"  seed 9 P1 unfinished: a is open",
		].map((start) => lines.findIndex((line) => line.startsWith(start)));
		expect(places).not.toContain(-1);
		expect(places).toEqual(places.toSorted((a, b) => a - b));
	});
});
