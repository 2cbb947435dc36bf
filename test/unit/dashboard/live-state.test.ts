import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Summary } from "../../../src/dashboard/api/shapes.ts";
import {
	decodeStates,
	encodeStates,
	orderByAttention,
} from "../../../src/dashboard/run-live/grid-states.ts";
import {
	advance,
	type LiveState,
	nothingYet,
	reconnectDelayMs,
} from "../../../src/dashboard/run-live/live-state.ts";
import { taskStates } from "../../../src/domain/task.ts";
import { aSummary } from "./a-summary.ts";

const say = (state: LiveState, message: unknown, atMs = 1) =>
	advance(state, { kind: "message", message, atMs });
const running = aSummary({ state: "running", verdict: null });
const sealed = aSummary({ state: "sealed", verdict: "succeeded" });
const snapshot = (summary: Summary, states: string) => ({
	type: "snapshot",
	summary,
	grid: { states },
});

describe("a run that is looked at while it goes on", () => {
	it("is live from its snapshot on, and changes where it is told to", () => {
		let state = say(nothingYet, snapshot(running, "3pr"));
		expect(state.link).toBe("live");
		expect(state.states).toEqual(["planned", "planned", "planned", "running"]);
		state = say(state, {
			type: "changes",
			summary: { tasks: { succeeded: 7 }, durationMs: 99 },
			tasks: [
				[0, "r"],
				[3, "s"],
			],
		});
		expect(state.states).toEqual(["running", "planned", "planned", "succeeded"]);
		expect(state.summary?.tasks).toEqual({ ...running.tasks, succeeded: 7 });
		expect(state.summary?.durationMs).toBe(99);
	});

	it("says as of when after the socket was lost, and is live again with the next snapshot", () => {
		let state = say(nothingYet, snapshot(running, "2p"), 5);
		state = advance(state, { kind: "disconnected" });
		expect(state).toMatchObject({ link: "polling", asOfMs: 5 });
		state = advance(state, { kind: "polled", summary: running, atMs: 9 });
		expect(state).toMatchObject({ link: "polling", asOfMs: 9 });
		expect(say(state, snapshot(running, "2s")).link).toBe("live");
	});

	it("is not opened again by an answer that was slow", () => {
		const state = say(nothingYet, { type: "sealed", summary: sealed });
		expect(state.link).toBe("sealed");
		const late = advance(state, { kind: "polled", summary: running, atMs: 9 });
		expect(late).toBe(state);
		expect(advance(state, { kind: "disconnected" })).toBe(state);
	});

	it("does not hear changes to what it never saw", () => {
		expect(say(nothingYet, { type: "changes", tasks: [[0, "s"]] })).toBe(nothingYet);
	});

	it.each([
		[null],
		["text"],
		[[]],
		[{}],
		[{ type: "snapshot" }],
		[{ type: "sealed", summary: null }],
		[{ type: "unheard of", summary: {} }],
	])("leaves nonsense alone: %j", (message) => {
		expect(say(nothingYet, message)).toBe(nothingYet);
	});

	it("ignores a place that is not there and a letter of a newer back end", () => {
		const state = say(nothingYet, snapshot(running, "2p"));
		const tasks = [
			[9, "s"],
			[-1, "s"],
			[1, "x"],
		];
		expect(say(state, { type: "changes", tasks }).states).toEqual(state.states);
	});
});

describe("the states of all tasks, written short", () => {
	const states = fc.array(fc.constantFrom(...taskStates), { maxLength: 300 });

	it("come back as they were", () => {
		fc.assert(
			fc.property(states, (all) => {
				expect(decodeStates(encodeStates(all))).toEqual(all);
			}),
		);
	});

	it("are read one letter a task, too", () => {
		expect(decodeStates("ssf")).toEqual(["succeeded", "succeeded", "failed"]);
	});

	it("cannot fill the memory", () => {
		expect(decodeStates("999999999s").length).toBeLessThanOrEqual(200_000);
	});

	it("are all there when those that failed come first", () => {
		fc.assert(
			fc.property(states, (all) => {
				const places = orderByAttention(all);
				expect([...places].sort((a, b) => a - b)).toEqual(all.map((_, index) => index));
				const firstGood = places.findIndex((place) => all[place] === "succeeded");
				const lastFailed = places.findLastIndex((place) => all[place] === "failed");
				expect(firstGood === -1 || lastFailed < firstGood).toBe(true);
			}),
		);
	});
});

describe("the time until a lost socket is tried again", () => {
	it("grows, has an end, and differs from page to page", () => {
		expect(reconnectDelayMs(1, 1)).toBe(500);
		expect(reconnectDelayMs(3, 1)).toBe(2_000);
		expect(reconnectDelayMs(100, 1)).toBe(30_000);
		expect(reconnectDelayMs(100, 0)).toBe(15_000);
	});
});
