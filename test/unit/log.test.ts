import { DrizzleQueryError } from "drizzle-orm/errors";
import { describe, expect, it } from "vitest";
import { describeError } from "../../src/log.ts";

describe("what a log line says of an error", () => {
	it("is its name and message, without the stack", () => {
		expect(describeError(new TypeError("no"))).toBe("TypeError: no");
		expect(describeError("thrown text")).toBe("thrown text");
	});

	it("of drizzle is what the database said, without statement and parameters", () => {
		const cause = new Error("D1_ERROR: no such table: runs");
		const error = new DrizzleQueryError("select ?", ["a-planted-token"], cause);
		expect(error.message).toContain("a-planted-token");
		expect(describeError(error)).toBe("Error: D1_ERROR: no such table: runs");
	});

	it("is not longer than a line can bear", () => {
		expect(describeError(new Error("x".repeat(10_000)))).toHaveLength(500);
	});
});
