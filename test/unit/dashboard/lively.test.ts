import { describe, expect, it } from "vitest";
import { isLively, lastedMs } from "../../../src/dashboard/run-live/lively.ts";

const open = { state: "running", durationMs: 31_000 } as const;
const sealed = { state: "sealed", durationMs: 31_000 } as const;
const asOfMs = 1_000_000;

describe("an open run of which nothing more is told", () => {
	it("goes on all the same", () => {
		expect(lastedMs(open, asOfMs, asOfMs)).toBe(31_000);
		expect(lastedMs(open, asOfMs, asOfMs + 1_200_000)).toBe(1_231_000);
	});

	it("has not lasted less than was told, whatever the clock says", () => {
		expect(lastedMs(open, asOfMs, asOfMs - 60_000)).toBe(31_000);
	});

	it("is no longer lively after ten minutes", () => {
		expect(isLively(open, asOfMs, asOfMs + 560_000)).toBe(true);
		expect(isLively(open, asOfMs, asOfMs + 570_000)).toBe(false);
	});
});

describe("a sealed run", () => {
	it("is over: it lasts no longer, and is never lively", () => {
		expect(lastedMs(sealed, asOfMs, asOfMs + 1_200_000)).toBe(31_000);
		expect(isLively(sealed, asOfMs, asOfMs)).toBe(false);
	});
});
