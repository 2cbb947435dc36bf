import type { Summary } from "../../src/domain/summary.ts";
import type { TaskState } from "../../src/domain/task.ts";
import { letterOfState, packedAlphabet, packedStates } from "../../src/domain/task-letters.ts";

/** What a page makes of a run's socket: written from the contract, and not from the code that speaks. */
interface Message {
	readonly type: string;
	readonly summary: Partial<Summary>;
	readonly errorsCut?: boolean;
	readonly grid?: { readonly tasks: number; readonly states?: string; readonly packed?: string };
	readonly tasks?: readonly (readonly [number, string])[];
}

const stateOfLetter = new Map(
	Object.entries(letterOfState).map(([state, letter]) => [letter as string, state as TaskState]),
);

export class LivePage {
	readonly messages: Message[] = [];
	readonly bytes: number[] = [];
	states: TaskState[] = [];
	summary: Summary | null = null;
	sealed: Summary | null = null;
	/** The last errors that came were not all of them. */
	errorsCut = false;

	hear(text: string): void {
		if (this.sealed !== null) throw new Error("something came after the seal");
		const message = JSON.parse(text) as Message;
		this.messages.push(message);
		this.bytes.push(new TextEncoder().encode(text).length);
		if (message.type === "sealed") {
			this.sealed = message.summary as Summary;
			return;
		}
		if ("errors" in message.summary) this.errorsCut = message.errorsCut === true;
		if (message.type === "snapshot") {
			this.summary = message.summary as Summary;
			this.states = readGrid(message.grid);
			return;
		}
		if (message.type !== "changes") throw new Error(`what is ${message.type}?`);
		if (this.summary === null) throw new Error("changes came before a snapshot");
		this.summary = { ...this.summary, ...message.summary };
		for (const [place, letter] of message.tasks ?? []) {
			if (place >= this.states.length) throw new Error(`there is no task ${place}`);
			this.states[place] = readLetter(letter);
		}
	}
}

export function readRuns(text: string): TaskState[] {
	return [...text.matchAll(/(\d*)([a-z])/g)].flatMap(([, count = "", letter = ""]) =>
		Array<TaskState>(count === "" ? 1 : Number(count)).fill(readLetter(letter)),
	);
}

function readGrid(grid: Message["grid"]): TaskState[] {
	const states =
		grid?.packed === undefined ? readRuns(grid?.states ?? "") : readPacked(grid.packed);
	if (states.length !== grid?.tasks) throw new Error("not as many states as tasks");
	return states;
}

function readPacked(text: string): TaskState[] {
	return [...text].flatMap((character) => {
		const number = packedAlphabet.indexOf(character);
		const pair = [packedStates[number >> 3], packedStates[number & 7]];
		return pair.filter((state) => state !== undefined);
	});
}

function readLetter(letter: string): TaskState {
	const state = stateOfLetter.get(letter);
	if (state === undefined) throw new Error(`no state has the letter ${letter}`);
	return state;
}
