import type { Words } from "../../words/words.ts";
import type { AttemptTimes } from "./attempt-times.ts";

/** How an attempt ended. Of the last one of a closed task nothing is said to come. Pure. */
export function tellOutcome(
	{ attempt: { outcome }, isLast, isUsedUp }: Pick<AttemptTimes, "attempt" | "isLast" | "isUsedUp">,
	words: Words,
): string {
	if (outcome === null) return words.task.underWay;
	if (isLast && outcome === "retryable") {
		return isUsedUp ? words.task.usedUp : words.task.notTriedAgain;
	}
	return isLast && outcome === "deferred" ? words.task.notGoneOnWith : words.outcome[outcome];
}
