import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readNumber } from "./arguments.ts";
import { type GuardReport, listFaults, searchGuard, tieAgain } from "./guard-search.ts";
import { findGuard, type Guard, guards } from "./guards.ts";
import { processesStandard, Simulator } from "./many-seeds.ts";
import { regressions } from "./regressions.ts";
import { describeReplay } from "./shrink.ts";

/**
 * `npm run simulate:guards`: without any one guard the simulation finds what it was there for. The tests bite.
 * Exit code 1 when one is missed by nobody, 2 when it was asked for what there is not.
 */
const usage = `npm run simulate:guards -- [--guard NAME]... [--seeds 2000] [--processes ${processesStandard}] [--out FILE.json] [--keep]
  --keep  puts other seeds into regressions.json for those that do not fail any more without their guard`;

let chosen: readonly Guard[];
let seedsMax: number;
let processes: number;
let out: string | undefined;
let keeps: boolean;
try {
	const { values } = parseArgs({
		options: {
			guard: { type: "string", multiple: true },
			seeds: { type: "string", default: "2000" },
			processes: { type: "string", default: String(processesStandard) },
			out: { type: "string" },
			keep: { type: "boolean", default: false },
		},
	});
	chosen = values.guard?.map(findGuard) ?? guards;
	seedsMax = readNumber("seeds", values.seeds);
	processes = Math.max(1, readNumber("processes", values.processes));
	out = values.out;
	keeps = values.keep;
} catch (error) {
	console.error(`${(error as Error).message}\n${usage}`);
	process.exit(2);
}

const results: GuardReport[] = [];
const waiting = [...chosen];
const lanes = Array.from({ length: processes }, async () => {
	const whole = new Simulator();
	for (let guard = waiting.shift(); guard !== undefined; guard = waiting.shift()) {
		const result = await searchGuard(guard, seedsMax, regressions, whole);
		results.push(result);
		console.log(describe(result));
	}
	await whole.end();
});
await Promise.all(lanes);
if (out !== undefined) writeFileSync(out, JSON.stringify(results));
if (keeps) {
	const file = new URL("./regressions.json", import.meta.url).pathname;
	writeFileSync(file, `${JSON.stringify(tieAgain(regressions, results), null, "\t")}\n`);
}
const wrong = results.flatMap((result) => listFaults(result, seedsMax));
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;

function describe({ name, seed, found, others, seconds }: GuardReport): string {
	const rest = Object.entries(others).map(([clause, count]) => `${clause} ${count}`);
	const besides = rest.length === 0 ? "" : ` (before that: ${rest.join(", ")})`;
	if (seed === null || found === null) {
		return `${name.padEnd(24)} NOT FOUND in ${seedsMax} seeds${besides}, ${seconds} s`;
	}
	return [
		`${name.padEnd(24)} seed ${String(seed).padEnd(5)} ${seconds} s${besides}`,
		`    ${found.promise} ${found.clause}: ${found.what}`,
		`    ${describeReplay(seed, {}, name)}`,
	].join("\n");
}
