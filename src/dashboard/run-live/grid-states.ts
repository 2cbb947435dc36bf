import { letterOfState, packedAlphabet, packedStates } from "../../domain/task-letters.ts";
import type { TaskState } from "../api/shapes.ts";

/** The states of all tasks of a run, read from the few bytes that they travel in. Pure. */
const stateOfLetter = new Map(
	Object.entries(letterOfState).map(([state, letter]) => [letter as string, state as TaskState]),
);

/** @returns undefined for a letter of a newer back end */
export function stateOf(letter: string): TaskState | undefined {
	return stateOfLetter.get(letter);
}

/** A run of letters longer than any ledger is a mistake and not a reason to fill the memory. */
const tasksMax = 200_000;

/** `3s1fp` is succeeded three times, failed, planned. Letters that are not known count as planned. */
export function decodeStates(encoded: string): TaskState[] {
	const states: TaskState[] = [];
	for (const [, digits = "", letter = ""] of encoded.matchAll(/(\d*)([A-Za-z-])/g)) {
		const count = digits === "" ? 1 : Number(digits);
		const state = stateOf(letter) ?? "planned";
		for (let index = 0; index < count && states.length < tasksMax; index++) states.push(state);
	}
	return states;
}

/** A character holds two tasks, and the last one perhaps one. */
const pairOf = new Map(
	[...packedAlphabet].map((character, index) => {
		const pair = [packedStates[index >> 3], packedStates[index & 7]];
		return [character, pair.filter((state) => state !== undefined)];
	}),
);

function unpackStates(packed: string): TaskState[] {
	return [...packed.slice(0, tasksMax / 2)].flatMap(
		(character) => pairOf.get(character) ?? ["planned", "planned"],
	);
}

/** @param grid of a snapshot: its states in either of two writings @returns undefined when it has none */
export function readGrid(grid: unknown): TaskState[] | undefined {
	const { states, packed } = (grid ?? {}) as {
		readonly states?: unknown;
		readonly packed?: unknown;
	};
	if (typeof packed === "string") return unpackStates(packed);
	return typeof states === "string" ? decodeStates(states) : undefined;
}

/** What an eye should find first. */
const attention: Record<TaskState, number> = {
	failed: 0,
	lost: 1,
	running: 2,
	waiting: 3,
	cancelled: 4,
	planned: 5,
	succeeded: 6,
};

/** @returns the places of all tasks, those that need attention first, else as they were */
export function orderByAttention(states: readonly TaskState[]): number[] {
	return states
		.map((state, index) => ({ index, rank: attention[state] }))
		.sort((a, b) => a.rank - b.rank || a.index - b.index)
		.map(({ index }) => index);
}
