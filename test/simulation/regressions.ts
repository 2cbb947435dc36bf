import { range } from "./many-seeds.ts";
import kept from "./regressions.json" with { type: "json" };

/** A seed that once failed. They are run first. */
export interface Regression {
	readonly seed: number;
	/** What was wrong, before it was mended. */
	readonly found: string;
	/**
	 * The guard that mended it: without it this seed fails today as well, which `simulate:guards` sees to. A seed
	 * without one is kept as it is: what it draws may be another day by now.
	 */
	readonly guard?: string;
}

export const regressions: readonly Regression[] = kept;

/** Those that once failed, then `count` from `from` on; none of them twice. */
export function listSeeds(from: number, count: number): number[] {
	return [...new Set([...regressions.map(({ seed }) => seed), ...range(from, count)])];
}
