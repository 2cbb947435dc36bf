import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Violation } from "./clauses.ts";
import { type Guard, guards } from "./guards.ts";
import { range, simulateMany } from "./many-seeds.ts";

export interface GuardReport {
	readonly name: string;
	/** How many seeds it took; null when none was enough. */
	readonly seeds: number | null;
	readonly found: Violation | null;
	readonly seconds: number;
}

/** `npm run simulate:guards`: without any one guard the simulation finds something. The tests bite. */
const { values } = parseArgs({
	options: {
		seeds: { type: "string", default: "2000" },
		guard: { type: "string" },
		out: { type: "string" },
	},
});
const seedsMax = Number(values.seeds);
const chosen = guards.filter(({ name }) => values.guard === undefined || name === values.guard);
const results: GuardReport[] = [];
const waiting = [...chosen];
const lanes = Array.from({ length: 2 }, async () => {
	for (let guard = waiting.shift(); guard !== undefined; guard = waiting.shift()) {
		const result = await takeOutAndSearch(guard);
		results.push(result);
		console.log(describe(result));
	}
});
await Promise.all(lanes);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(results));
const unnoticed = results.filter(({ seeds }) => seeds === null);
if (unnoticed.length > 0) {
	console.error(`nobody misses: ${unnoticed.map(({ name }) => name).join(", ")}`);
	process.exitCode = 1;
}

/** In one thread, seed after seed, so that the same seed finds it each time. */
async function takeOutAndSearch(guard: Guard): Promise<GuardReport> {
	const beganAtMs = performance.now();
	let tried = 0;
	let found: Violation | null = null;
	await simulateMany({
		seeds: range(1, seedsMax),
		removals: guard.removals,
		threads: 1,
		onOutcome: ({ violations }) => {
			tried += 1;
			found = violations[0] ?? null;
			return found === null;
		},
	});
	const seconds = Math.round((performance.now() - beganAtMs) / 100) / 10;
	return { name: guard.name, seeds: found === null ? null : tried, found, seconds };
}

function describe({ name, seeds, found, seconds }: GuardReport): string {
	const after = seeds === null ? `NOT FOUND in ${seedsMax}` : `found by seed ${seeds}`;
	const what = found === null ? "" : `${found.clause}: ${found.what}`;
	return `${name.padEnd(24)} ${after.padEnd(20)} ${seconds} s  ${what}`;
}
