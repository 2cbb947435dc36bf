import type { JobName } from "../domain/ids.ts";
import type { RunRecord } from "./run-list.ts";
import { listRuns } from "./run-list.ts";

/** What a run of a job usually takes, by its last sealed runs that had tasks. */
export interface UsualRun {
	/** How many runs this is based on; the figures are 0 without any. */
	readonly runs: number;
	/** Tasks of the newest of them. */
	readonly tasks: number;
	readonly msPerTask: number;
	/** By the names of the summary's meters; a `twitchRequests` is a point of Twitch's budget. */
	readonly metersPerTask: Readonly<Record<string, number>>;
}

const runsMax = 5;
/** Reruns of a few tasks say little of a whole run, so look at some more. */
const runsLookedAt = 20;

export async function readUsualRun(database: D1Database, job: JobName): Promise<UsualRun> {
	const filter = { job, state: "sealed", verdict: null } as const;
	const records = await listRuns(database, filter, null, runsLookedAt);
	const runs = records.filter(hadTasks).slice(0, runsMax);
	const tasks = sum(runs, (run) => run.summary?.tasks.planned ?? 0);
	if (tasks === 0) return { runs: 0, tasks: 0, msPerTask: 0, metersPerTask: {} };
	const names = Object.keys(runs[0]?.summary?.meters ?? {});
	return {
		runs: runs.length,
		tasks: runs[0]?.summary?.tasks.planned ?? 0,
		msPerTask: sum(runs, (run) => run.summary?.durationMs ?? 0) / tasks,
		metersPerTask: Object.fromEntries(
			names.map((name) => [name, sum(runs, (run) => run.summary?.meters[name] ?? 0) / tasks]),
		),
	};
}

function hadTasks(run: RunRecord): boolean {
	return (run.summary?.tasks.succeeded ?? 0) > 0;
}

function sum(runs: readonly RunRecord[], pick: (run: RunRecord) => number): number {
	return runs.reduce((total, run) => total + pick(run), 0);
}
