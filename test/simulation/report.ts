import { allClauses, clauses, promises, type Violation } from "./clauses.ts";
import { type FaultKind, faultKinds } from "./faults.ts";
import type { GuardReport } from "./guard-search.ts";
import { guards } from "./guards.ts";
import { notSimulated } from "./not-simulated.ts";
import { failures, savings } from "./recoveries.ts";
import type { SimulationReport } from "./totals.ts";

/**
 * The page docs/reliability.md. No figure in it is typed by hand.
 * @throws when a guard was not searched for: a page with half of them would look like one with all
 */
export function describeReport(
	report: SimulationReport,
	guardReports: readonly GuardReport[],
): string {
	return [
		...describeSeeds(report),
		...describeClauses(),
		...describeFaults(report),
		...describeGuards(guardReports),
		"## What is not simulated",
		"",
		...notSimulated.map((text) => `- ${text}`),
		"",
	].join("\n");
}

function describeSeeds(report: SimulationReport): string[] {
	const { from, count, kept, processes, seeds, runs, events, virtualHours, seconds, failed } =
		report;
	const begin = from === 1 ? "" : ` --from ${from}`;
	const last = from + count - 1;
	return [
		"# Reliability",
		"",
		"<!-- Written by `npm run simulate:report`; changes by hand are lost. -->",
		"",
		"The real coordinator, scheduler, consumers and job, with their real SQL, live through bad days on one virtual clock;",
		"one seed decides everything that happens. Each seed has its own kinds of faults, and its own rates. After a while",
		"nothing goes wrong any more: then every run has to seal, every incident to close, and every number to be right.",
		"",
		"```sh",
		`npm run simulate -- --seeds ${count}${begin}   # what is below`,
		"npm run simulate -- --seed 7 --trace   # one of them, event by event",
		"npm run simulate:guards   # what is found when a guard is taken out",
		"```",
		"",
		`These are the seeds ${group(from)} to ${group(last)}, those ${group(kept)} first that once failed, each once.`,
		"",
		`| | |\n|---|---:|`,
		row("seeds", group(seeds)),
		row("runs", group(runs)),
		row("simulated hours", group(virtualHours)),
		row("events", group(events)),
		row("faults", group(sum(Object.values(report.faults)))),
		row("seconds", group(Math.round(seconds))),
		row("processes", group(processes)),
		row("seeds a second", (seeds / seconds).toFixed(1)),
		row("seeds with a broken promise", group(failed.length)),
		"",
	];
}

function describeClauses(): string[] {
	return [
		"## What must hold",
		"",
		"At any moment, by triggers in every database, at every call to a coordinator and after every event; and at the end, by",
		"SQL of its own on the final rows ([clauses.ts](../test/simulation/clauses.ts) says what,",
		"[watch.ts](../test/simulation/watch.ts) and [checker.ts](../test/simulation/checker.ts) look).",
		"",
		"| promise | clause | what holds |\n|---|---|---|",
		...allClauses.map((clause) => {
			const [promise, text] = clauses[clause];
			return row(`${promise} ${promises[promise]}`, `\`${clause}\``, text);
		}),
		"",
	];
}

function describeFaults({ faults, recoveries }: SimulationReport): string[] {
	const table = (names: Readonly<Record<string, string>>) =>
		Object.entries(names).map(([name, text]) =>
			row(`\`${name}\``, text, group(recoveries[name] ?? 0)),
		);
	return [
		"## What goes wrong",
		"",
		"| fault | what it does | times |\n|---|---|---:|",
		...Object.entries(faultKinds).map(([kind, text]) =>
			row(`\`${kind}\``, text, group(faults[kind as FaultKind] ?? 0)),
		),
		"",
		"## What failed, and was tried again",
		"",
		"| event | what it was | times |\n|---|---|---:|",
		...table(failures),
		"",
		"## What was saved",
		"",
		"| | what it was | times |\n|---|---|---:|",
		...table(savings),
		"",
	];
}

function describeGuards(reports: readonly GuardReport[]): string[] {
	return [
		"## The tests bite",
		"",
		"Each guard is taken out at load time, together with what backs it up, and seeds are tried from 1 on until one of them",
		"breaks what that guard keeps; anything else that breaks does not count. With the guard in its place the same seed",
		"breaks nothing. `npm run simulate -- --seed 7 --guard NAME --trace` shows how.",
		"",
		"| without | so that | found by seed | what is broken |\n|---|---|---:|---|",
		...guards.map(({ name, without }) => {
			const report = reports.find((each) => each.name === name);
			if (report === undefined) throw new Error(`${name} was not taken out: simulate:guards --out`);
			const { found, seed } = report;
			const how = found === null ? "" : describeBroken(found);
			return row(name, without, seed === null ? "not found" : group(seed), how);
		}),
		"",
	];
}

function row(...cells: string[]): string {
	return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** What must hold and did not; of what must be finished, what was not. Ids and times say nothing to a reader. */
function describeBroken({ clause, what }: Violation): string {
	const unfinished = what
		.replaceAll(/[a-z][a-z-]*-\d{8}T\d+Z(-[mar]\d*\b)*/g, "a run")
		.replaceAll(/[- ]\d{13}\b/g, "");
	return `\`${clause}\`: ${clause === "unfinished" ? unfinished : clauses[clause][1]}`;
}

function sum(counts: readonly (number | undefined)[]): number {
	return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function group(count: number): string {
	return count.toLocaleString("en-US");
}
