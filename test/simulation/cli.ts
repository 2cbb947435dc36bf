import { mkdirSync, writeFileSync } from "node:fs";
import { type Command, readCommand, usage } from "./arguments.ts";
import type { ClauseId } from "./clauses.ts";
import type { FaultLimits } from "./faults.ts";
import { breaksGuard, type Guard } from "./guards.ts";
import { Simulator, simulateMany } from "./many-seeds.ts";
import { listSeeds, regressions } from "./regressions.ts";
import { countFaults, describeReplay, shrink } from "./shrink.ts";
import type { Outcome } from "./simulate.ts";
import { SimulationTotals } from "./totals.ts";

/**
 * `npm run simulate`: many seeds, or one of them in all detail.
 * Exit code 1 when a promise was broken, 2 when it was asked for what there is not.
 */
const failuresShown = 3;
const linesShown = 60;
const folder = new URL("../../.daicho/", import.meta.url).pathname;

let command: Command;
try {
	command = readCommand(process.argv.slice(2));
} catch (error) {
	console.error(`${(error as Error).message}\n${usage}`);
	process.exit(2);
}
if (command.kind === "help") console.log(usage);
else process.exitCode = command.kind === "many" ? await runMany(command) : await runOne(command);

async function runMany(asked: Command & { kind: "many" }): Promise<number> {
	const { from, count, processes, out } = asked;
	const totals = new SimulationTotals({ from, count, kept: regressions.length, processes });
	await simulateMany({
		seeds: listSeeds(from, count),
		processes,
		onOutcome: (outcome) => {
			totals.add(outcome);
			return totals.failed.length < failuresShown;
		},
	});
	console.log(totals.describe());
	if (out !== undefined) writeFileSync(out, JSON.stringify(totals.report()));
	if (totals.failed.length === 0) return 0;
	if (totals.failed.length >= failuresShown) console.log("(stopped here: enough seeds fail)");
	const simulator = new Simulator();
	for (const { seed, violations } of totals.failed) {
		const [first] = violations;
		console.log(`\nseed ${seed} again: ${describeReplay(seed, {})}`);
		if (first !== undefined) await showShortest(simulator, seed, first.clause, {});
	}
	await simulator.end();
	return 1;
}

async function runOne(asked: Command & { kind: "one" }): Promise<number> {
	const { seed, show, guard, limits } = asked;
	const simulator = new Simulator(guard?.removals);
	const outcome = await simulator.simulate(seed, limits, show === "trace");
	const { violations } = outcome;
	if (show === "trace") console.log(outcome.lines.join("\n"));
	describeOne(outcome);
	if (show === "shortest") {
		const wanted = violations.find((each) => guard && breaksGuard(guard, each)) ?? violations[0];
		if (wanted === undefined) console.log("There is nothing to be shown: it breaks no promise.");
		else await showShortest(simulator, seed, wanted.clause, limits, guard);
	}
	await simulator.end();
	return violations.length === 0 ? 0 : 1;
}

/** The shortest trace of what a seed does wrong, whole in a file and its end here, and how to see it again. */
async function showShortest(
	simulator: Simulator,
	seed: number,
	clause: ClauseId,
	limits: FaultLimits,
	guard?: Guard,
): Promise<void> {
	const shortest = await shrink(simulator, seed, clause, limits);
	const { lines } = shortest.outcome;
	mkdirSync(folder, { recursive: true });
	const name = ["seed", seed, ...(guard?.name.split(" ") ?? [])].join("-");
	writeFileSync(`${folder}${name}.txt`, `${lines.join("\n")}\n`);
	const shown = Math.min(linesShown, lines.length);
	console.log(
		`\nThe shortest trace of seed ${seed} is in .daicho/${name}.txt. Its last ${shown} lines of ${lines.length}:`,
	);
	console.log(lines.slice(-linesShown).join("\n"));
	describeOne(shortest.outcome);
	console.log(`${countFaults(shortest.outcome)} faults, and ${shortest.faultsBefore} before`);
	console.log(`shortest: ${describeReplay(seed, shortest.limits, guard?.name)}`);
}

function describeOne({ seed, hash, events, runs, faults, violations }: Outcome): void {
	console.log(`seed ${seed}: trace ${hash.toString(16)}, ${events} events, ${runs} runs`);
	const struck = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
	console.log(`faults: ${struck.join(", ") || "none"}`);
	for (const { promise, clause, what } of violations) {
		console.log(`VIOLATED ${promise} ${clause}: ${what}`);
	}
}
