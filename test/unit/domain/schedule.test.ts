import { describe, expect, it } from "vitest";
import { countSlots, nextSlot, previousSlots } from "../../../src/domain/schedule.ts";

/** Each test has an expression of its own: what was found of one is remembered. */
const hourMs = 3_600_000;
const noonMs = Date.UTC(2026, 10, 24, 12);

describe("the next slot", () => {
	it("is known of an expression that nobody has asked about before", () => {
		expect(nextSlot("5 * * * *", noonMs)).toBe(noonMs + 300_000);
	});

	it("is ahead of now also when so many slots passed that they are looked up anew", () => {
		expect(previousSlots("7 * * * *", noonMs, 1)).toEqual([noonMs - hourMs + 420_000]);
		const laterMs = noonMs + 2_500 * hourMs;
		expect(nextSlot("7 * * * *", laterMs)).toBe(laterMs + 420_000);
		// The clock may go back, too.
		expect(nextSlot("7 * * * *", noonMs - 9_000 * hourMs)).toBe(noonMs - 9_000 * hourMs + 420_000);
	});
});

describe("the slots of a span", () => {
	it.each([
		["0 * * * *", 24, 24],
		["0 0 * * *", 72, 3],
		["30 12 * * *", 0.4, 0],
		["30 12 * * *", 0.5, 1],
		["*/5 * * * *", 168, 1_000],
	])("%s for %d hours: %i, of 1,000 at most", (cron, hours, count) => {
		expect(countSlots(cron, noonMs, noonMs + hours * hourMs, 1_000)).toBe(count);
	});
});
