import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../../src/dashboard/api/retry-after.ts";

describe("a page that is left open over a ledger that cannot answer", () => {
	it("asks again after four seconds, and in the end once a minute", () => {
		expect([1, 2, 3, 4, 5, 6, 2_000].map(retryAfterMs)).toEqual([
			4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
		]);
	});
});
