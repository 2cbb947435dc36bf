import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Summary } from "../../../src/dashboard/api/shapes.ts";
import {
	decodeStates,
	orderByAttention,
	readGrid,
} from "../../../src/dashboard/run-live/grid-states.ts";
import {
	advance,
	type LiveState,
	nothingYet,
	reconnectDelayMs,
} from "../../../src/dashboard/run-live/live-state.ts";
import { taskStates } from "../../../src/domain/task.ts";
import { writeRuns, writeStates } from "../../../src/domain/task-letters.ts";
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
			summary: {
				tasks: { ...running.tasks, succeeded: 7 },
				yield: { clipsNew: 3 },
				durationMs: 99,
			},
			tasks: [
				[0, "r"],
				[3, "s"],
			],
		});
		expect(state.states).toEqual(["running", "planned", "planned", "succeeded"]);
		expect(state.summary?.tasks).toEqual({ ...running.tasks, succeeded: 7 });
		// A field that changed comes whole: what is not in it any more is gone.
		expect(state.summary?.yield).toEqual({ clipsNew: 3 });
		expect(state.summary?.durationMs).toBe(99);
	});

	it("is what a later snapshot says, whatever was known before", () => {
		let state = say(nothingYet, snapshot(running, "9p"), 1);
		state = say(state, snapshot({ ...running, durationMs: 5 }, "2s"), 2);
		expect(state.summary?.durationMs).toBe(5);
		expect(state).toMatchObject({ states: ["succeeded", "succeeded"], statesAtMs: 2 });
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
		expect(say(state, snapshot(running, "2p"))).toBe(state);
	});

	it("is not over before its seal was said, or asked for", () => {
		const state = say(nothingYet, snapshot(sealed, "2s"));
		expect(state.link).toBe("live");
		expect(say(state, { type: "sealed", summary: sealed }).link).toBe("sealed");
		expect(advance(state, { kind: "polled", summary: sealed, atMs: 2 }).link).toBe("sealed");
		expect(say(state, { type: "sealed", summary: running })).toBe(state);
	});

	it("does not take an answer for newer than what its socket said", () => {
		const state = say(nothingYet, snapshot({ ...running, durationMs: 9 }, "2p"), 5);
		expect(advance(state, { kind: "polled", summary: running, atMs: 6 })).toBe(state);
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

describe("errors that were too long for the socket", () => {
	const group = (fingerprint: string, count: number, taskIds: string[]) =>
		({
			fingerprint,
			code: "c",
			message: "m",
			count,
			taskIds,
		}) as unknown as Summary["errors"][number];
	const whole = { ...running, errors: [group("a", 2, ["1", "2"]), group("b", 1, ["3"])] };
	const cut = [group("a", 3, ["1"])];

	it("take away nothing that is known, and are asked for", () => {
		let state = say(nothingYet, snapshot(whole, "4p"));
		expect(state.areErrorsCut).toBe(false);
		state = say(state, { type: "changes", summary: { errors: cut }, errorsCut: true, tasks: [] });
		expect(state.areErrorsCut).toBe(true);
		expect(state.summary?.errors).toEqual([group("a", 3, ["1", "2"]), group("b", 1, ["3"])]);
		// Something else changes: they are still to be asked for.
		state = say(state, { type: "changes", summary: { durationMs: 1 }, tasks: [] });
		expect(state.areErrorsCut).toBe(true);
		const errors = [group("a", 3, ["1", "2", "4"])];
		state = advance(state, { kind: "polled", summary: { ...running, errors }, atMs: 9 });
		expect(state).toMatchObject({ link: "live", areErrorsCut: false, summary: { errors } });
		expect(state.summary?.durationMs).toBe(1);
	});

	it("are those that are said when they fit again", () => {
		let state = say(nothingYet, { ...snapshot(whole, "4p"), errorsCut: true });
		state = say(state, { type: "changes", summary: { errors: cut }, tasks: [] });
		expect(state).toMatchObject({ areErrorsCut: false, summary: { errors: cut } });
	});
});

describe("the states of all tasks, written short", () => {
	const states = fc.array(fc.constantFrom(...taskStates), { maxLength: 300 });

	it("come back as they were", () => {
		fc.assert(
			fc.property(states, (all) => {
				expect(decodeStates(writeRuns(all))).toEqual(all);
				expect(readGrid({ tasks: all.length, ...writeStates(all) })).toEqual(all);
			}),
		);
	});

	it("are read packed, two tasks a character, when no two neighbours are alike", () => {
		const mixed = Array.from({ length: 10_001 }, (_, place) => taskStates[place % 7] ?? "lost");
		const written = writeStates(mixed);
		expect(written).toHaveProperty("packed");
		expect(readGrid(written)).toEqual(mixed);
	});

	it("are not there where neither writing is, and are planned where a character is not known", () => {
		for (const grid of [undefined, null, {}, "3s", { states: 3 }]) {
			expect(readGrid(grid)).toBeUndefined();
		}
		expect(readGrid({ packed: "*" })).toEqual(["planned", "planned"]);
	});

	it("are read one letter a task, too", () => {
		expect(decodeStates("ssf")).toEqual(["succeeded", "succeeded", "failed"]);
	});

	it("cannot fill the memory", () => {
		expect(decodeStates("999999999s").length).toBeLessThanOrEqual(200_000);
		expect(readGrid({ packed: "A".repeat(300_000) })?.length).toBeLessThanOrEqual(200_000);
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
		expect(reconnectDelayMs(100, 1)).toBe(60_000);
		expect(reconnectDelayMs(100, 0)).toBe(30_000);
	});
});
