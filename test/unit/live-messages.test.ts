import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	byteLength,
	liveBytesMax,
	writeChanges,
	writeSnapshot,
} from "../../durable-objects/run-coordinator/live-messages.ts";
import type { ErrorGroup, Summary } from "../../src/domain/summary.ts";
import { type TaskState, taskStates } from "../../src/domain/task.ts";
import { writeStates } from "../../src/domain/task-letters.ts";
import { LivePage, readRuns } from "../support/live-page.ts";
import { taskIdOf } from "../support/scripted-job.ts";

describe("a message", () => {
	const names = Object.fromEntries([1, 2, 3, 4, 5, 6].map((name) => [`meterNumber${name}`, 1e6]));
	const group = (index: number): ErrorGroup => ({
		fingerprint: `twitch-http-${index}`,
		code: "twitch_server_error",
		message: `配信者が見つかりません ${"x".repeat(200)}`,
		count: 20,
		taskIds: Array.from({ length: 20 }, (_, id) => taskIdOf(1e8 + id)),
	});
	const summary = {
		runId: "collect-clips-20261123T171502123Z-m-r123456",
		state: "running",
		tasks: names,
		yield: names,
		attempts: names,
		meters: { ...names, ...names },
		errors: Array.from({ length: 50 }, (_, index) => group(index)),
	} as unknown as Summary;

	it("with 10,000 tasks in any mix and 50 causes is no more than 8 KB", () => {
		const mixed = fc.array(fc.constantFrom<TaskState>(...taskStates), {
			minLength: 10_000,
			maxLength: 10_000,
		});
		fc.assert(
			fc.property(mixed, (states) => {
				const text = writeSnapshot(summary, states);
				expect(byteLength(text)).toBeLessThanOrEqual(liveBytesMax);
				const page = new LivePage();
				page.hear(text);
				expect(page.states).toEqual(states);
				expect(page.errorsCut).toBe(true);
			}),
			{ numRuns: 20 },
		);
	});

	it("leaves out no error that has its place", () => {
		const page = new LivePage();
		page.hear(writeSnapshot({ ...summary, errors: [group(1)] }, []));
		expect(page.errorsCut).toBe(false);
		expect(page.summary?.errors).toEqual([group(1)]);
		const changed = writeChanges({ ...summary, errors: [] }, summary, [], 0);
		expect(byteLength(changed)).toBeLessThanOrEqual(liveBytesMax);
		page.hear(changed);
		expect(page.errorsCut).toBe(true);
	});

	it("has states as runs of letters where that is shorter, and both are the states again", () => {
		expect(writeStates([])).toEqual({ states: "" });
		expect(writeStates(Array<TaskState>(200).fill("succeeded"))).toEqual({ states: "200s" });
		expect(readRuns("3sf2p")).toEqual([
			"succeeded",
			"succeeded",
			"succeeded",
			"failed",
			"planned",
			"planned",
		]);
		fc.assert(
			fc.property(fc.array(fc.constantFrom<TaskState>(...taskStates)), (states) => {
				const page = new LivePage();
				page.hear(writeSnapshot(summary, states));
				expect(page.states).toEqual(states);
			}),
		);
	});
});
