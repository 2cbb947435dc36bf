import type { Summary, TaskState } from "../api/shapes.ts";
import { decodeStates, stateOf } from "./grid-states.ts";

/**
 * What is known of a run that goes on: a summary and its tasks' states, from a socket or from polling. Pure.
 */
export interface LiveState {
	/** `connecting` until something was heard; `live` by socket, `polling` without one, `sealed` for ever. */
	readonly link: "connecting" | "live" | "polling" | "sealed";
	readonly summary: Summary | null;
	/** By place in the grid; empty until a snapshot came. Copied only when something in it changed. */
	readonly states: readonly TaskState[];
	/** When the newest word came, epoch milliseconds. */
	readonly asOfMs: number | null;
}

export type LiveEvent =
	| { readonly kind: "message"; readonly message: unknown; readonly atMs: number }
	| { readonly kind: "polled"; readonly summary: Summary; readonly atMs: number }
	| { readonly kind: "grid"; readonly states: readonly TaskState[] }
	| { readonly kind: "disconnected" };

export const nothingYet: LiveState = {
	link: "connecting",
	summary: null,
	states: [],
	asOfMs: null,
};

export function advance(state: LiveState, event: LiveEvent): LiveState {
	switch (event.kind) {
		case "message":
			return hear(state, event.message, event.atMs);
		case "polled":
			return takeSummary(state, event.summary, event.atMs, "polling");
		case "grid":
			// What the socket said since is newer than what was asked for before.
			return state.link === "live" && state.states.length > 0
				? state
				: { ...state, states: event.states };
		case "disconnected":
			return state.link === "sealed" ? state : { ...state, link: "polling" };
	}
}

function hear(state: LiveState, message: unknown, atMs: number): LiveState {
	if (!isObject(message)) return state;
	const summary = message["summary"];
	switch (message["type"]) {
		case "snapshot": {
			if (!isObject(summary)) return state;
			const grid = message["grid"];
			const states = isObject(grid) ? grid["states"] : undefined;
			const next = takeSummary(state, summary as unknown as Summary, atMs, "live");
			return typeof states === "string" ? { ...next, states: decodeStates(states) } : next;
		}
		case "changes": {
			// Changes to what was never seen say nothing; the next snapshot will.
			if (state.summary === null) return state;
			const merged = isObject(summary) ? merge(state.summary, summary) : state.summary;
			const next = takeSummary(state, merged, atMs, "live");
			return { ...next, states: changeStates(state.states, message["tasks"]) };
		}
		case "sealed":
			if (!isObject(summary)) return state;
			return takeSummary(state, summary as unknown as Summary, atMs, "live");
		default:
			return state;
	}
}

function takeSummary(
	state: LiveState,
	summary: Summary,
	atMs: number,
	link: "live" | "polling",
): LiveState {
	// A slow answer must not open again what is sealed.
	if (state.link === "sealed" && summary.state !== "sealed") return state;
	return { ...state, summary, asOfMs: atMs, link: summary.state === "sealed" ? "sealed" : link };
}

/** The parts of a summary are objects of counters; what was left out has not changed. */
function merge(summary: Summary, changed: Record<string, unknown>): Summary {
	const merged: Record<string, unknown> = { ...summary };
	for (const [name, value] of Object.entries(changed)) {
		const before = merged[name];
		merged[name] = isObject(value) && isObject(before) ? { ...before, ...value } : value;
	}
	return merged as unknown as Summary;
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
const reconnectMaxMs = 30_000;

/** @param failures in a row, from 1 @param dice 0 to 1: many pages must not come back in the same moment */
export function reconnectDelayMs(failures: number, dice: number): number {
	const delayMs = Math.min(reconnectMaxMs, reconnectBaseMs * 2 ** (failures - 1));
	return delayMs * (0.5 + dice / 2);
}
