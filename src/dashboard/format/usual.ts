import { findAlike } from "../../domain/usual.ts";
import type { Summary } from "../api/shapes.ts";

/** How a run compares with the others of its job. Pure. */
export interface Usual {
	readonly durationMs: number;
	/** Runs that this is based on. */
	readonly runs: number;
}

/**
 * The median of the sealed runs that were about as large.
 * @returns undefined when fewer than three are known
 */
export function findUsual(run: Summary, others: readonly Summary[]): Usual | undefined {
	const durations = findAlike(run.tasks.planned, others)
		.filter((other) => other.runId !== run.runId)
		.map((other) => other.durationMs)
		.sort((a, b) => a - b);
	if (durations.length < 3) return undefined;
	const middle = durations[Math.floor(durations.length / 2)] ?? 0;
	return { durationMs: middle, runs: durations.length };
}

/** 1.4 for 40 % longer than usual; undefined when it is about the same. */
export function compareWithUsual(durationMs: number, usual: Usual): number | undefined {
	const ratio = durationMs / Math.max(1, usual.durationMs);
	return ratio > 1.25 || ratio < 0.8 ? ratio : undefined;
}
