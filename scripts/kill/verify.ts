import type { SimulatedTwitch } from "../../test/support/twitch/server.ts";
import type { LeftBehind, StoredRun } from "./left-behind.ts";

/**
 * What has to hold at any moment, killed or not: a sealed run adds up, and says of new clips exactly what the store has of
 * it. @returns what is wrong, one line each
 */
export function checkLedger({ runs, clips }: LeftBehind): string[] {
	const inserted = new Map<string, number>();
	for (const { firstRunId } of clips) {
		inserted.set(firstRunId, (inserted.get(firstRunId) ?? 0) + 1);
	}
	const known = new Set(runs.map(({ runId }) => runId));
	const strangers = [...inserted.keys()].filter((runId) => !known.has(runId));
	return [
		...strangers.map((runId) => `${runId} has inserted clips and is not among the runs`),
		...runs
			.filter(({ state }) => state === "sealed")
			.flatMap((run) => checkSealed(run, inserted.get(run.runId) ?? 0)),
	];
}

function checkSealed({ runId, summary }: StoredRun, inserted: number): string[] {
	if (summary === null) return [`${runId} is sealed without a summary`];
	const { tasks, verdict, balanced } = summary;
	const closed = tasks.succeeded + tasks.failed + tasks.lost + tasks.cancelled;
	const clipsNew = summary.yield["clipsNew"];
	const wrong = [
		summary.state === "sealed" ? [] : [`its summary is ${summary.state}`],
		balanced && closed === tasks.planned && tasks.open === 0 ? [] : ["it is not balanced"],
		verdict === "succeeded" ? [] : [`its verdict is ${verdict}: ${JSON.stringify(summary.errors)}`],
		clipsNew === inserted ? [] : [`it says ${clipsNew} new clips, and inserted ${inserted}`],
	];
	return wrong.flat().map((what) => `${runId}: ${what} ${JSON.stringify(tasks)}`);
}

/**
 * What has to hold when every run is sealed: the runs' new clips are the rows of `clips`, and these are the clips that
 * Twitch has.
 * @param beganAtMs before the first run: what Twitch listed by then, every run had to find
 */
export function checkWhole(left: LeftBehind, twitch: SimulatedTwitch, beganAtMs: number): string[] {
	const open = [
		...left.open.map(({ runId, state }) => `${runId} is ${state}`),
		...left.runs
			.filter(({ state }) => state !== "sealed")
			.map(({ runId, state }) => `${runId} is ${state} in D1`),
	];
	const sum = left.runs.reduce((total, run) => total + (run.summary?.yield["clipsNew"] ?? 0), 0);
	const stored = new Set(left.clips.map(({ clipId }) => clipId));
	const all = listClips(left.runs, twitch, Date.now());
	const due = listClips(left.runs, twitch, beganAtMs);
	const missing = [...due].filter((clipId) => !stored.has(clipId));
	const foreign = [...stored].filter((clipId) => !all.has(clipId));
	return [
		...checkLedger(left),
		...open,
		...(sum === stored.size ? [] : [`clipsNew adds up to ${sum}; clips has ${stored.size} rows`]),
		...(due.size > 0 ? [] : ["Twitch had no clips, so nothing was tested"]),
		...(missing.length === 0
			? []
			: [`${missing.length} clips of Twitch are missing, such as ${missing[0]}`]),
		...(foreign.length === 0
			? []
			: [`${foreign.length} clips are not Twitch's, such as ${foreign[0]}`]),
	];
}

/** What Twitch had listed at that time of all that the runs looked at. */
function listClips(runs: readonly StoredRun[], twitch: SimulatedTwitch, atMs: number): Set<string> {
	twitch.setNow(atMs);
	const windows = runs.flatMap(({ window }) => (window === null ? [] : [window]));
	return new Set(
		twitch.streamers.flatMap(({ id }) =>
			windows.flatMap(({ fromMs, toMs }) => twitch.truth(id, fromMs, toMs).map((clip) => clip.id)),
		),
	);
}
