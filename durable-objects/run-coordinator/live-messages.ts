import type { Summary } from "../../src/domain/summary.ts";
import type { TaskState } from "../../src/domain/task.ts";
import { letterOfState, type StatesText, writeStates } from "../../src/domain/task-letters.ts";

/**
 * What a socket says. Pure.
 *
 * - `snapshot`: all there is; it replaces whatever was known.
 * - `changes`: the fields of the summary that are others now, each whole, and the tasks whose state is another.
 * - `sealed`: the result; nothing comes after it.
 *
 * The first two hold their size by leaving out errors (`errorsCut` says so): the whole is at `GET /api/runs/:runId`.
 */
export interface Grid {
	readonly tasks: number;
}

/** Bytes of a message, up to 10,000 tasks; more tasks add half a byte each. */
export const liveBytesMax = 8_192;
const tasksInside = 10_000;
/** Groups of errors and task ids in each, from all to none: the first that fits is taken. */
const cuts = [
	[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
	[Number.POSITIVE_INFINITY, 3],
	[Number.POSITIVE_INFINITY, 0],
	[10, 0],
	[4, 0],
	[1, 0],
	[0, 0],
] as const;

export function writeSnapshot(summary: Summary, states: readonly TaskState[]): string {
	const grid: Grid & StatesText = { tasks: states.length, ...writeStates(states) };
	return fit("snapshot", summary, { grid }, states.length);
}

/** @param known the summary as the watchers have it */
export function writeChanges(
	known: Summary,
	summary: Summary,
	tasks: readonly (readonly [number, TaskState])[],
	size: number,
): string {
	const changed = Object.entries(summary).filter(
		([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name as keyof Summary]),
	);
	const letters = tasks.map(([place, state]) => [place, letterOfState[state]]);
	return fit("changes", Object.fromEntries(changed), { tasks: letters }, size);
}

export function writeSealed(summary: Summary): string {
	return JSON.stringify({ type: "sealed", summary });
}

export function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}

function fit(type: string, summary: Partial<Summary>, rest: object, size: number): string {
	const bytesMax = liveBytesMax + Math.ceil(Math.max(0, size - tasksInside) / 2);
	const { errors } = summary;
	let text = "";
	for (const [groups, taskIds] of cuts) {
		const kept = errors
			?.slice(0, groups)
			.map((group) => ({ ...group, taskIds: group.taskIds.slice(0, taskIds) }));
		const isCut = groups !== Number.POSITIVE_INFINITY || taskIds !== Number.POSITIVE_INFINITY;
		text = JSON.stringify({
			type,
			summary: kept === undefined ? summary : { ...summary, errors: kept },
			...(isCut ? { errorsCut: true } : {}),
			...rest,
		});
		if (errors === undefined || byteLength(text) <= bytesMax) break;
	}
	return text;
}
