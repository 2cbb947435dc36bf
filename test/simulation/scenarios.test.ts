import { describe, expect, it } from "vitest";
import outcomes from "./scenario-outcomes.json";
import { liveThrough } from "./scenario-world.ts";
import { scenarios } from "./scenarios.ts";

/** test/workerd/scenarios.test.ts has the same outcomes of real objects; a difference is a bug of the simulation. */
describe("on the simulated ports", () => {
	it.each(scenarios)("$name", async (scenario) => {
		const outcome = await liveThrough(scenario);
		expect(outcome).toEqual((outcomes as Record<string, unknown>)[scenario.name]);
	});
});
