import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAskMs, retryAfterMs } from "../../../src/dashboard/api/retry-after.ts";

describe("a page that is left open over a ledger that cannot answer", () => {
	it("asks again after four seconds, and in the end once a minute", () => {
		expect([1, 2, 3, 4, 5, 6, 2_000].map((failures) => retryAfterMs(failures))).toEqual([
			4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
		]);
	});

	it("waits as long as it is told to, and for nobody longer than a minute", () => {
		expect(retryAfterMs(1, 30)).toBe(30_000);
		expect(retryAfterMs(4, 30)).toBe(32_000);
		expect(retryAfterMs(1, 86_400)).toBe(60_000);
	});
});

describe("a view that looks again and again", () => {
	it("does so after its own period, or never, as long as it is answered", () => {
		expect([2_000, 300_000, null].map((refreshMs) => nextAskMs(0, refreshMs))).toEqual([
			2_000,
			300_000,
			null,
		]);
	});

	it("whatever its period, asks soon after the first failure and at most once a minute after many", () => {
		const periods = fc.option(fc.integer({ min: 1_000, max: 86_400_000 }));
		fc.assert(
			fc.property(periods, fc.integer({ min: 5, max: 10_000 }), (refreshMs, many) => {
				expect(nextAskMs(1, refreshMs)).toBe(4_000);
				expect(nextAskMs(many, refreshMs)).toBe(60_000);
			}),
		);
	});
});
