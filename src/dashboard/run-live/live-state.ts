import type { ErrorGroup, Summary, TaskState } from "../api/shapes.ts";
import { readGrid, stateOf } from "./grid-states.ts";

/**
 * What is known of a run that goes on: a summary and its tasks' states, from a socket or from polling. Pure.
 */
export interface LiveState {
	/** `connecting` until something was heard; `live` by socket, `polling` without one, `sealed` for ever. */
	readonly link: "connecting" | "live" | "polling" | "sealed";
	readonly summary: Summary | null;
	/** By place in the grid; empty until a snapshot came. Copied only when something in it changed. */
	readonly states: readonly TaskState[];
	/** When the newest word about the tasks came by socket, epoch milliseconds. */
	readonly statesAtMs: number | null;
	/** When the newest word came, epoch milliseconds. */
	readonly asOfMs: number | null;
	/** The errors that came were not all: the whole has to be asked for. */
	readonly areErrorsCut: boolean;
}

export type LiveEvent =
	| { readonly kind: "message"; readonly message: unknown; readonly atMs: number }
	| { readonly kind: "polled"; readonly summary: Summary; readonly atMs: number }
	| { readonly kind: "disconnected" };

export const nothingYet: LiveState = {
	link: "connecting",
	summary: null,
	states: [],
	statesAtMs: null,
	asOfMs: null,
	areErrorsCut: false,
};

export function advance(state: LiveState, event: LiveEvent): LiveState {
	// A slow answer must not open again what is sealed.
	if (state.link === "sealed") return state;
	switch (event.kind) {
		case "message":
			return hear(state, event.message, event.atMs);
		case "polled":
			return takeAnswer(state, event);
		case "disconnected":
			return { ...state, link: "polling" };
	}
}

function takeAnswer(
	state: LiveState,
	answer: { readonly summary: Summary; readonly atMs: number },
): LiveState {
	if (answer.summary.state === "sealed") return takeSummary(state, answer, "sealed");
	if (state.link !== "live" || state.summary === null) return takeSummary(state, answer, "polling");
	// Beside a socket only what it left out is asked for: all else it says itself, and sooner.
	if (!state.areErrorsCut) return state;
	const { errors } = answer.summary;
	return { ...state, summary: { ...state.summary, errors }, areErrorsCut: false };
}

function hear(state: LiveState, message: unknown, atMs: number): LiveState {
	if (!isObject(message)) return state;
	const said = message["summary"];
	if (!isObject(said)) return state;
	const isCut = message["errorsCut"] === true;
	const summary = readSummary(said, isCut, state.summary?.errors ?? []);
	const areErrorsCut = "errors" in said ? isCut : state.areErrorsCut;
	switch (message["type"]) {
		case "snapshot": {
			const states = readGrid(message["grid"]);
			const next = takeSummary(state, { summary, atMs }, "live");
			return { ...next, areErrorsCut, ...(states && { states, statesAtMs: atMs }) };
		}
		case "changes": {
			// Changes to what was never seen say nothing; the next snapshot will.
			if (state.summary === null) return state;
			const next = takeSummary(state, { summary: { ...state.summary, ...summary }, atMs }, "live");
			const states = changeStates(state.states, message["tasks"]);
			return { ...next, areErrorsCut, states, statesAtMs: atMs };
		}
		case "sealed":
			if (summary.state !== "sealed") return state;
			return { ...takeSummary(state, { summary, atMs }, "sealed"), areErrorsCut: false };
		default:
			return state;
	}
}

/** A cut message takes away nothing that was known before. */
function readSummary(
	said: Readonly<Record<string, unknown>>,
	isCut: boolean,
	known: readonly ErrorGroup[],
): Summary {
	const summary = said as unknown as Summary;
	if (!isCut || !Array.isArray(summary.errors)) return summary;
	return { ...summary, errors: fillErrors(summary.errors, known) };
}

function fillErrors(cut: readonly ErrorGroup[], known: readonly ErrorGroup[]): ErrorGroup[] {
	const before = new Map(known.map((group) => [group.fingerprint, group]));
	const filled = cut.map((group) => {
		const taskIds = before.get(group.fingerprint)?.taskIds ?? [];
		before.delete(group.fingerprint);
		return taskIds.length > group.taskIds.length ? { ...group, taskIds } : group;
	});
	return [...filled, ...before.values()];
}

function takeSummary(
	state: LiveState,
	{ summary, atMs }: { readonly summary: Summary; readonly atMs: number },
	link: "live" | "polling" | "sealed",
): LiveState {
	return { ...state, summary, asOfMs: atMs, link };
}

function changeStates(states: readonly TaskState[], changes: unknown): readonly TaskState[] {
	if (!Array.isArray(changes) || changes.length === 0) return states;
	const next = [...states];
	for (const [index, letter] of changes as [number, string][]) {
		const state = stateOf(letter);
		if (state !== undefined && index >= 0 && index < next.length) next[index] = state;
	}
	return next;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

const reconnectBaseMs = 500;
const reconnectMaxMs = 60_000;

/** @param failures in a row, from 1 @param dice 0 to 1: many pages must not come back in the same moment */
export function reconnectDelayMs(failures: number, dice: number): number {
	const delayMs = Math.min(reconnectMaxMs, reconnectBaseMs * 2 ** (failures - 1));
	return delayMs * (0.5 + dice / 2);
}
