import { type TaskState, taskStates } from "./task.ts";

/**
 * The states of all tasks of a run in a few bytes: one letter each, in the order of the tasks' ids. Pure.
 *
 * Either as runs of letters (`120s1f79s`, a number left out for 1), or packed: one character for two tasks, so that
 * 10,000 tasks in any mix are 5,000 characters.
 */
export const letterOfState = {
	planned: "p",
	running: "r",
	waiting: "w",
	succeeded: "s",
	failed: "f",
	lost: "l",
	cancelled: "c",
} as const satisfies Record<TaskState, string>;

/** 64 of them: 8 × the first task's number + the second's. A task's number is its state's place in `packedStates`. */
export const packedAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
export const packedStates = taskStates;
/** Stands for no second task. */
const nothing = 7;

export type StatesText = { readonly states: string } | { readonly packed: string };

/** The shorter of the two. */
export function writeStates(states: readonly TaskState[]): StatesText {
	const runs = writeRuns(states);
	return runs.length <= Math.ceil(states.length / 2) ? { states: runs } : { packed: pack(states) };
}

export function writeRuns(states: readonly TaskState[]): string {
	let text = "";
	for (let from = 0; from < states.length; ) {
		const state = states[from];
		if (state === undefined) break;
		let to = from + 1;
		while (states[to] === state) to += 1;
		text += `${to - from === 1 ? "" : to - from}${letterOfState[state]}`;
		from = to;
	}
	return text;
}

function pack(states: readonly TaskState[]): string {
	const numbers = new Map(packedStates.map((state, index) => [state, index]));
	const numberAt = (index: number) => {
		const state = states[index];
		return state === undefined ? nothing : (numbers.get(state) ?? nothing);
	};
	let text = "";
	for (let index = 0; index < states.length; index += 2) {
		text += packedAlphabet[8 * numberAt(index) + numberAt(index + 1)] ?? "";
	}
	return text;
}
