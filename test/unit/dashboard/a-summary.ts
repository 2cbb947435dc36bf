import type { Summary } from "../../../src/dashboard/api/shapes.ts";
import fixture from "../../fixtures/summary.json" with { type: "json" };

/** The summary that the README shows, but for what a test is about. */
export function aSummary(parts: Partial<Summary> = {}): Summary {
	return { ...(fixture as unknown as Summary), ...parts };
}
