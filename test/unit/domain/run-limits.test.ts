import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findReachedLimit, limitRun, type RunSize } from "../../../src/domain/run-limits.ts";

const size: RunSize = {
	plannedTasks: 200,
	tasksPerMessage: 12,
	messagesInFlight: 40,
	maxAttempts: 4,
	deadlineMs: 50 * 60_000,
};

describe("the limits of a run", () => {
	it.each([
		[0, { messages: 200, alarms: 360, ledgerRows: 3_000 }],
		[1, { messages: 300, alarms: 460, ledgerRows: 3_144 }],
		[200, { messages: 1_900, alarms: 2_060, ledgerRows: 31_800 }],
		[20_000, { messages: 69_280, alarms: 69_440, ledgerRows: 2_883_000 }],
		[100_000, { messages: 335_960, alarms: 336_120, ledgerRows: 14_403_000 }],
	])("of %i tasks", (plannedTasks, limits) => {
		expect(limitRun({ ...size, plannedTasks })).toEqual(limits);
	});

	it("are no lower for more tasks, attempts or time, nor for smaller messages", () => {
		const sizes = fc.record({
			plannedTasks: fc.nat(100_000),
			tasksPerMessage: fc.integer({ min: 2, max: 100 }),
			messagesInFlight: fc.integer({ min: 1, max: 500 }),
			maxAttempts: fc.integer({ min: 1, max: 20 }),
			deadlineMs: fc.integer({ min: 60_000, max: 86_400_000 }),
		});
		const more = fc.constantFrom<(from: RunSize) => Partial<RunSize>>(
			(from) => ({ plannedTasks: from.plannedTasks + 1 }),
			(from) => ({ maxAttempts: from.maxAttempts + 1 }),
			(from) => ({ deadlineMs: from.deadlineMs + 60_000 }),
			(from) => ({ messagesInFlight: from.messagesInFlight + 1 }),
			(from) => ({ tasksPerMessage: from.tasksPerMessage - 1 }),
		);
		fc.assert(
			fc.property(sizes, more, (from, change) => {
				const limits = limitRun(from);
				const higher = limitRun({ ...from, ...change(from) });
				expect(higher.messages).toBeGreaterThanOrEqual(limits.messages);
				expect(higher.alarms).toBeGreaterThanOrEqual(limits.alarms);
				expect(higher.ledgerRows).toBeGreaterThanOrEqual(limits.ledgerRows);
			}),
		);
	});

	it("are whole numbers, whatever the deadline is", () => {
		const limits = limitRun({ ...size, deadlineMs: 90_001, plannedTasks: 7 });
		expect(Object.values(limits).every(Number.isSafeInteger)).toBe(true);
	});

	it.each([
		["messages", { messages: 1_000, messagesUnconfirmed: 900 }, "1900 messages (1900)"],
		["alarms", { alarms: 2_061 }, "2060 alarms (2061)"],
		["ledger rows", { ledgerRowsWritten: 31_800 }, "31800 ledger rows written (31800)"],
	])("name the one that was reached: %s", (_, meters, said) => {
		const reached = findReachedLimit(meters, limitRun(size));
		expect(reached).toMatchObject({ code: "limit_reached", fingerprint: "limit-reached" });
		expect(reached?.message).toContain(`at its limit of ${said}`);
	});

	it.each([
		["nothing was used", {}],
		[
			"one more would be too many",
			{ messages: 1_899, alarms: 2_059, ledgerRowsWritten: 31_799, ledgerRowsRead: 9_999_999 },
		],
	])("are not reached when %s", (_, meters) => {
		expect(findReachedLimit(meters, limitRun(size))).toBeNull();
	});
});
