import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { allFaultKinds, type FaultKind, type FaultLimits, faultKinds } from "./faults.ts";
import { installHooks } from "./hooks.ts";
import { range, simulateMany } from "./many-seeds.ts";
import type { Outcome } from "./simulate.ts";
import { SimulationTotals } from "./totals.ts";

/** `npm run simulate`: many seeds, or one of them in all detail. */
const usage = `npm run simulate -- [--seeds 1000] [--from 1] [--threads 2] [--out FILE.json]
npm run simulate -- --seed 7 [--trace] [--without kind,kind] [--most 12]
kinds of faults: ${allFaultKinds.join(", ")}`;

const { values } = parseArgs({
	options: {
		seeds: { type: "string", default: "1000" },
		from: { type: "string", default: "1" },
		threads: { type: "string" },
		seed: { type: "string" },
		trace: { type: "boolean", default: false },
		without: { type: "string" },
		most: { type: "string" },
		out: { type: "string" },
		help: { type: "boolean", default: false },
	},
});
const failuresShown = 3;

if (values.help) console.log(usage);
else process.exitCode = values.seed === undefined ? await runMany() : await runOne(values.seed);

async function runMany(): Promise<number> {
	const first = readRegressions();
	const from = readNumber(values.from);
	const count = readNumber(values.seeds);
	const totals = new SimulationTotals();
	await simulateMany({
		seeds: [...first, ...range(from, count)],
		...(values.threads === undefined ? {} : { threads: readNumber(values.threads) }),
		onOutcome: (outcome) => {
			totals.add(outcome);
			return totals.failed.length < failuresShown;
		},
	});
	console.log(totals.describe());
	if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(totals.report()));
	for (const { seed } of totals.failed) await explain(seed, {});
	return totals.failed.length === 0 ? 0 : 1;
}

async function runOne(text: string): Promise<number> {
	installHooks();
	const { simulate } = await import("./simulate.ts");
	const outcome = await simulate(readNumber(text), readLimits(), values.trace);
	if (values.trace) console.log(outcome.lines.join("\n"));
	describeOne(outcome);
	return outcome.violations.length === 0 ? 0 : 1;
}

/** The shortest trace of what a seed does wrong, and how to see it again. */
async function explain(seed: number, limits: FaultLimits): Promise<void> {
	installHooks();
	const { describeReplay, shrink } = await import("./shrink.ts");
	const shortest = await shrink(seed, limits);
	const linesShown = 60;
	console.log(`\nThe last ${linesShown} lines of the shortest trace of seed ${seed}:`);
	console.log(shortest.outcome.lines.slice(-linesShown).join("\n"));
	describeOne(shortest.outcome);
	console.log(`Again: ${describeReplay(seed, shortest.limits)}`);
}

function describeOne({ seed, hash, events, runs, faults, violations }: Outcome): void {
	console.log(`seed ${seed}: trace ${hash.toString(16)}, ${events} events, ${runs} runs`);
	const struck = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
	console.log(`faults: ${struck.join(", ") || "none"}`);
	for (const { clause, what } of violations) console.log(`VIOLATED ${clause}: ${what}`);
}

function readLimits(): FaultLimits {
	const without = (values.without ?? "").split(",").filter((kind) => kind !== "") as FaultKind[];
	const unknown = without.filter((kind) => !(kind in faultKinds));
	if (unknown.length > 0) throw new Error(`no fault is called ${unknown.join(", ")}\n${usage}`);
	return values.most === undefined ? { without } : { without, most: readNumber(values.most) };
}

function readNumber(text: string): number {
	const value = Number(text);
	if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${text} is no number\n${usage}`);
	return value;
}

/** Seeds that once failed. */
function readRegressions(): number[] {
	const file = new URL("./regressions.json", import.meta.url).pathname;
	const kept = JSON.parse(readFileSync(file, "utf8")) as { seed: number }[];
	return kept.map(({ seed }) => seed);
}
