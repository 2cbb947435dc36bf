import { count, counted, type Screen, span } from "../start/screen.ts";
import type { Campaign, Kill } from "./campaign.ts";
import type { LeftBehind } from "./left-behind.ts";

/** The kills of a state in a few lines: how many, in which states they hit, how long recovery took, and the sums. */
export function showKilled(
	screen: Screen,
	{ kills, seals }: Pick<Campaign, "kills" | "seals">,
	left: LeftBehind,
	tookMs: number,
): void {
	const hit = kills.flatMap(({ open }) => open.map(({ state }) => state));
	const states = ["planning", "running", "sealing"].map(
		(state) => `${hit.filter((other) => other === state).length} ${state}`,
	);
	const ends = [...seals.values()];
	const recovered = ends.reduce((sum, { summary }) => sum + summary.tasks.recovered, 0);
	screen.line();
	screen.line(`  ${counted(kills.length, "kill")} survived, in ${span(tookMs)}`);
	const hits = counted(hit.length, "time");
	screen.line(`  ${counted(seals.size, "run")} hit, ${hits}: when ${states.join(", ")}`);
	screen.line(`  restart to seal: ${spread(ends.map(({ afterReadyMs }) => afterReadyMs))}`);
	screen.line(`  with its start:  ${spread(ends.map(({ afterStartMs }) => afterStartMs))}`);
	screen.line(
		`  ${counted(left.runs.length, "run")} sealed and balanced, ${counted(recovered, "task")} recovered`,
	);
	screen.line(
		`  clipsNew adds up to ${count(left.clips.length)}, the rows of clips and what Twitch has`,
	);
}

function spread(times: readonly number[]): string {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number) => span(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
	return `min ${at(0)}, median ${at(0.5)}, max ${at(1)}`;
}

/** One line: when it came, what it hit, and how that ended. */
export function describeKill(
	{ no, about, livedMs, processes, open }: Kill,
	seals: Campaign["seals"],
) {
	const ends = open.map(({ runId }) => seals.get(runId)).filter((end) => end !== undefined);
	const slowestMs = Math.max(...ends.map(({ afterReadyMs }) => afterReadyMs));
	const recovered = ends.reduce((sum, { summary }) => sum + summary.tasks.recovered, 0);
	const states = open.map(({ state, planned, done, leased }) =>
		planned === null
			? state
			: `${state} ${done}/${planned}${leased > 0 ? ` (${leased} leased)` : ""}`,
	);
	return [
		String(no).padStart(3),
		(about === "starting" ? "any time" : `aimed at ${about}`).padEnd(17),
		`${span(livedMs)} after its start, ${processes} processes`.padEnd(38),
		(ends.length < open.length ? "not sealed" : `sealed after ${span(slowestMs)}`).padEnd(21),
		`${recovered} recovered`.padEnd(14),
		states.join(", "),
	].join("  ");
}
