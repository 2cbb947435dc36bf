import type { ClauseId, Violation } from "./clauses.ts";
import { guardsOfConsumers } from "./guards-of-consumers.ts";
import { guardsOfRuns } from "./guards-of-runs.ts";
import { guardsOfSchedule } from "./guards-of-schedule.ts";
import type { Removal } from "./hooks.ts";

/**
 * What keeps the promises, each with what takes it out. Guards that back each other up are taken out together: one of
 * them alone would be missed by nobody.
 */
export interface Guard {
	readonly name: string;
	/** What is wrong without it. */
	readonly without: string;
	/** What is then broken, one of these. Whatever else is broken may be a bug of the removal, and does not count. */
	readonly breaks: readonly [ClauseId, ...ClauseId[]];
	readonly removals: readonly Removal[];
}

export const guards: readonly Guard[] = [
	...guardsOfConsumers,
	...guardsOfRuns,
	...guardsOfSchedule,
];

/** @throws with the names that there are */
export function findGuard(name: string): Guard {
	const guard = guards.find((each) => each.name === name);
	if (guard !== undefined) return guard;
	const names = guards.map((each) => each.name).join(", ");
	throw new Error(`no guard is called ${name}; there are: ${names}`);
}

export function breaksGuard({ breaks }: Guard, { clause }: Violation): boolean {
	return breaks.includes(clause);
}
