import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guards } from "./guards.ts";
import { takeOut } from "./hooks.ts";
import regressions from "./regressions.json";
import { simulate } from "./simulate.ts";

const root = new URL("../..", import.meta.url).pathname;

describe("the simulation", () => {
	it("is the same for the same seed, whatever was simulated before, traced or not", async () => {
		const first = [];
		for (const seed of [1, 2, 3, 4, 5]) first.push((await simulate(seed)).hash);
		for (const seed of [5, 4, 3, 2, 1]) {
			const again = await simulate(seed, {}, seed % 2 === 0);
			expect(again.hash).toBe(first[seed - 1]);
		}
		expect(new Set(first).size).toBe(5);
	}, 60_000);

	it("finds nothing in twenty seeds, nor in those that once failed", async () => {
		const seeds = [
			...regressions.map(({ seed }) => seed),
			...Array.from({ length: 20 }, (_, at) => at),
		];
		for (const seed of seeds) {
			const { violations } = await simulate(seed);
			expect({ seed, violations }).toEqual({ seed, violations: [] });
		}
	}, 120_000);

	it("knows each guard where it is: its snippet is there once", () => {
		for (const { removals } of guards) {
			for (const removal of removals) {
				const source = readFileSync(root + removal.file, "utf8");
				expect(takeOut(source, removal)).not.toContain(removal.snippet);
			}
		}
		const removal = { file: "a.ts", snippet: "twice", instead: "" };
		expect(() => takeOut("twice and twice", removal)).toThrow("a.ts has 2 times, and not once");
	});
});
