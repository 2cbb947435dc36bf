import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import outcomes from "./scenario-outcomes.json";
import { liveThrough } from "./scenario-world.ts";
import { type ScenarioOutcome, scenarios } from "./scenarios.ts";
import { liveThroughSlot } from "./schedule-scenario-world.ts";
import { scheduleScenarios } from "./schedule-scenarios.ts";

/**
 * test/workerd/scenarios.test.ts has the same outcomes of real objects; a difference is a bug of the simulation.
 *
 * `WRITE_OUTCOMES=1 npx vitest run --project unit test/simulation/scenarios.test.ts` writes them anew, from the simulated
 * ports; they are right when real objects then agree.
 */
const writes = process.env["WRITE_OUTCOMES"] === "1";
const file = new URL("./scenario-outcomes.json", import.meta.url).pathname;

describe("on the simulated ports", () => {
	const written: Record<string, ScenarioOutcome> = {};
	it.each(scenarios)("$name", async (scenario) => {
		const outcome = await liveThrough(scenario);
		written[scenario.name] = outcome;
		if (writes) return;
		expect(outcome).toEqual((outcomes as Record<string, unknown>)[scenario.name]);
	});
	it("has no outcome of a scenario that is no more", () => {
		const names = scenarios.map(({ name }) => name);
		if (!writes) expect(Object.keys(outcomes)).toEqual(names);
	});
	afterAll(() => {
		if (writes) writeFileSync(file, `${JSON.stringify(written, null, "\t")}\n`);
	});
});

describe("a slot on the simulated ports", () => {
	it.each(scheduleScenarios)("$name", async (scenario) => {
		expect(await liveThroughSlot(scenario)).toEqual(scenario.outcome);
	});
});
