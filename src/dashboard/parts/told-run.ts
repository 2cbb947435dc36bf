import type { Summary } from "../api/shapes.ts";
import { formatCount } from "../format/spans.ts";
import type { Language, Words } from "../words/words.ts";

/** What came of stopping a run. Pure. */
export function tellCancelled(
	stopped: number,
	running: number,
	words: Words,
	language: Language,
): string {
	const done = words.act.cancelDone(stopped, formatCount(stopped, language));
	if (running === 0) return done;
	return done + words.blank + words.act.cancelSpared(running, formatCount(running, language));
}

/** Why a run has no tasks; undefined while that is not known. Pure. */
export function whyNoTasks({
	errors,
	verdict,
}: Summary): keyof Words["tasks"]["emptyBecause"] | undefined {
	// Without tasks, whatever went wrong was the planning.
	if (errors.length > 0) return "unplanned";
	return verdict === "cancelled" || verdict === "succeeded" ? verdict : undefined;
}

/** What a run came to, or how far it is, in one sentence. Pure. */
export function tellRun(run: Summary, words: Words, language: Language): string {
	const count = (value: number) => formatCount(value, language);
	const { planned, succeeded, open } = run.tasks;
	if (run.verdict === null) {
		const state = run.state === "sealed" ? "sealing" : run.state;
		return words.openTold[state](planned, count(planned - open), count(planned));
	}
	switch (run.verdict) {
		case "succeeded":
		case "failed":
			return words.verdictTold[run.verdict](planned, count(planned));
		case "partial": {
			const missing = planned - succeeded;
			return words.verdictTold.partial(planned, count(missing), count(planned));
		}
		default:
			return words.verdictTold[run.verdict](planned, count(succeeded), count(planned));
	}
}
