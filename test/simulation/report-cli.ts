import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { faultKinds } from "./faults.ts";
import { guards } from "./guards.ts";
import type { GuardReport } from "./guards-cli.ts";
import { invariants, notSimulated } from "./promises.ts";
import type { SimulationReport } from "./totals.ts";

/**
 * `npm run simulate:report`: writes docs/reliability.md from what the last `simulate` and `simulate:guards` with `--out`
 * have found. No figure in it is typed by hand.
 */
const root = new URL("../../", import.meta.url).pathname;
const read = <T>(name: string): T =>
	JSON.parse(readFileSync(`${root}.daicho/${name}`, "utf8")) as T;
const simulation = read<SimulationReport>("simulation.json");
const found = read<GuardReport[]>("guards.json");
mkdirSync(`${root}docs`, { recursive: true });
writeFileSync(`${root}docs/reliability.md`, describe(simulation, found));

function describe(report: SimulationReport, guardReports: readonly GuardReport[]): string {
	const { seeds, runs, events, virtualHours, seconds, failed } = report;
	const faults = sum(Object.values(report.faults));
	const lines = [
		"# Reliability",
		"",
		"<!-- Written by `npm run simulate:report`; changes by hand are lost. -->",
		"",
		"The real coordinator, scheduler, consumers and job, with their real SQL, live through bad days on one virtual clock;",
		"one seed decides everything that happens. Each seed has its own kinds of faults, and its own rates. After a while",
		"nothing goes wrong any more: then every run has to seal, every incident to close, and every number to be right.",
		"",
		"```sh",
		`npm run simulate -- --seeds ${seeds}   # the seeds below`,
		"npm run simulate -- --seed 7 --trace   # one of them, event by event",
		"npm run simulate:guards   # what is found when a guard is taken out",
		"```",
		"",
		`| | |\n|---|---:|`,
		row("seeds", group(seeds)),
		row("runs", group(runs)),
		row("simulated hours", group(virtualHours)),
		row("events", group(events)),
		row("faults", group(faults)),
		row("seconds", group(Math.round(seconds))),
		row("seeds a second", (seeds / seconds).toFixed(1)),
		row("seeds with a broken promise", String(failed.length)),
		"",
		"## What must hold",
		"",
		"At any moment, by triggers in every database, at every call to a coordinator and after every event; and at the end, by",
		"SQL of its own on the final rows ([checker.ts](../test/simulation/checker.ts)).",
		"",
		"| promise | checked |\n|---|---|",
		...invariants.map(([promise, text]) => row(promise, text)),
		"",
		"## What goes wrong",
		"",
		"| fault | what it does | times |\n|---|---|---:|",
		...Object.entries(faultKinds).map(([kind, text]) => {
			return row(`\`${kind}\``, text, group(report.faults[kind as keyof typeof faultKinds] ?? 0));
		}),
		"",
		"## What was saved",
		"",
		"By the events of the log.",
		"",
		"| event | times |\n|---|---:|",
		...Object.entries(report.recoveries).map(([event, count]) => row(`\`${event}\``, group(count))),
		"",
		"## The tests bite",
		"",
		"Each guard is taken out at load time, together with what backs it up; the same seeds, one after the other, then find a",
		"broken promise.",
		"",
		"| without | so that | found by seed | as |\n|---|---|---:|---|",
		...guards.map(({ name, without }) => {
			const result = guardReports.find((each) => each.name === name);
			const what = result?.found ? `${result.found.promise}: ${hideNames(result.found.what)}` : "";
			return row(name, without, result?.seeds ? group(result.seeds) : "not found", what);
		}),
		"",
		"## What is not simulated",
		"",
		...notSimulated.map((text) => `- ${text}`),
		"",
	];
	return lines.join("\n");
}

function row(...cells: string[]): string {
	return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Run ids say nothing to a reader. */
function hideNames(text: string): string {
	const cut = text.replaceAll(/(collect-clips|follow)-\d{8}T\w+(-\w+)*/g, "a run");
	return cut.replace(/ with \{.*$/, "").replace(/ \{.*$/, "");
}

function sum(counts: readonly (number | undefined)[]): number {
	return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function group(count: number): string {
	return count.toLocaleString("en-US");
}
