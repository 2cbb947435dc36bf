import type { Summary } from "./summary.ts";

/** What runs of a job usually take, by those that were. Pure. */

/** How far another run's size may be from the one that is asked about, as a part of that one. */
const likeness = 0.5;
const runsMax = 5;

/** What a run to come would take. */
export interface Estimate {
	/** How many runs this is based on; the figures are 0 without any. */
	readonly runs: number;
	readonly durationMs: number;
	/** By the names of the summary's meters; a `twitchRequests` is a point of Twitch's budget. */
	readonly meters: Readonly<Record<string, number>>;
}

/**
 * Sealed runs that were about as large, in their order: a rerun of three tasks says nothing of a run of 200, and
 * nothing at all says one that was cut off or in which nothing succeeded.
 */
export function findAlike(planned: number, runs: readonly Summary[]): readonly Summary[] {
	return runs
		.filter(saysSomething)
		.filter((run) => Math.abs(sizeOf(run) - planned) <= planned * likeness);
}

function saysSomething({ verdict, tasks }: Summary): boolean {
	return tasks.planned > 0 && (verdict === "succeeded" || verdict === "partial");
}

/**
 * By the newest runs that were about as large; by the largest ones when there are none, in proportion.
 * @param runs newest first
 */
export function estimateRun(planned: number, runs: readonly Summary[]): Estimate {
	const largest = Math.max(0, ...runs.filter(saysSomething).map(sizeOf));
	const alike = findAlike(planned, runs);
	const basis = (alike.length > 0 ? alike : findAlike(largest, runs)).slice(0, runsMax);
	const tasks = sum(basis, sizeOf);
	const about = (pick: (run: Summary) => number) =>
		tasks === 0 ? 0 : Math.ceil((planned * sum(basis, pick)) / tasks);
	const names = Object.keys(basis[0]?.meters ?? {});
	return {
		runs: basis.length,
		durationMs: about((run) => run.durationMs),
		meters: Object.fromEntries(names.map((name) => [name, about((run) => run.meters[name] ?? 0)])),
	};
}

function sizeOf(run: Summary): number {
	return run.tasks.planned;
}

function sum(runs: readonly Summary[], pick: (run: Summary) => number): number {
	return runs.reduce((total, run) => total + pick(run), 0);
}
