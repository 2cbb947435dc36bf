import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoordinatorApi } from "../../durable-objects/run-coordinator/api.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { nodePlatform } from "../support/node-world.ts";
import { failure, ScriptedJob } from "../support/scripted-job.ts";
import { World } from "../support/world.ts";

/**
 * The real coordinator and consumer under random bad days: whatever was lost, doubled, delayed or killed, once it
 * stops every run seals, balanced, and each thing that was made is counted once.
 */
const events = [
	"deliver",
	"deliver",
	"deliver",
	"lose",
	"double",
	"deliver late",
	"die after claim",
	"die after write",
	"lose report's answer",
	"dead letter",
	"evict",
	"ring early",
	"wait a second",
	"wait for the alarm",
	"wait three minutes",
	"D1 down",
	"D1 loses answers",
	"D1 up",
	"queue down",
	"queue loses answers",
	"queue up",
	"cancel",
] as const;
type Event = (typeof events)[number];

const outcomes = fc.constantFrom<Outcome | undefined>(
	undefined,
	undefined,
	{ kind: "retryable", error: failure() },
	{ kind: "permanent", error: failure("thing_gone") },
	{ kind: "deferred", continuation: "next" },
);

async function happen(world: World, event: Event): Promise<void> {
	const message = world.queue[0];
	switch (event) {
		case "deliver":
			if (message !== undefined) await world.deliver(world.take());
			return;
		case "lose":
			world.queue.shift();
			return;
		case "double":
			if (message !== undefined) world.queue.push(message);
			return;
		case "deliver late":
			if (message !== undefined) world.queue.push(world.take());
			return;
		case "die after claim":
			if (message !== undefined) await dieAt(world, "claim");
			return;
		case "die after write":
			if (message !== undefined) await dieAt(world, "report");
			return;
		case "lose report's answer":
			if (message !== undefined) await dieAt(world, "answer");
			return;
		case "dead letter":
			if (message !== undefined) await world.returnDeadLetter(world.take());
			return;
		case "evict":
			return world.restart();
		case "ring early":
			return world.ring();
		case "wait a second":
			world.nowMs += 1_000;
			return;
		case "wait for the alarm":
			// Not for the one that forgets a sealed run.
			return (await world.summary()).state === "sealed" ? undefined : world.ringWhenDue();
		case "wait three minutes":
			world.nowMs += 180_000;
			return;
		case "D1 down":
			world.database.fails = "before";
			return;
		case "D1 loses answers":
			world.database.fails = "after";
			return;
		case "D1 up":
			world.database.fails = null;
			return;
		case "queue down":
			world.sendFails = "before";
			return;
		case "queue loses answers":
			world.sendFails = "after";
			return;
		case "queue up":
			world.sendFails = null;
			return;
		case "cancel":
			await world.coordinator.cancel();
	}
}

/** A consumer that stops for good before its claim's answer, before its report, or before the report's answer. */
async function dieAt(world: World, point: "claim" | "report" | "answer"): Promise<void> {
	const killed = new Error("killed");
	const coordinator = {
		claim: async (request: never) => {
			const answer = await world.coordinator.claim(request);
			if (point === "claim") throw killed;
			return answer;
		},
		report: async (report: never) => {
			if (point === "answer") await world.coordinator.report(report);
			throw killed;
		},
	} as unknown as CoordinatorApi;
	await world.consumer(coordinator).handle(world.take().body, 1);
}

describe("a run on a bad day", () => {
	it("seals once the day is over, balanced and exact, and never changes again", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 0, max: 40 }),
				fc.array(fc.constantFrom(...events), { maxLength: 60, size: "max" }),
				fc.array(outcomes, { minLength: 1, maxLength: 30, size: "max" }),
				async (tasks, day, said) => {
					const platform = nodePlatform();
					const world = new World(platform, new ScriptedJob(tasks));
					let turn = 0;
					world.job.outcomeOf = () => {
						turn += 1;
						return said[turn % said.length];
					};
					await world.start();
					for (const event of day) await happen(world, event);
					// Fair from here on: nothing fails any more.
					world.database.fails = null;
					world.sendFails = null;
					world.job.outcomeOf = () => undefined;
					const summary = await world.finish();

					expect(summary.balanced).toBe(true);
					expect(summary.tasks.open).toBe(0);
					const { planned, succeeded, failed, lost, cancelled, recovered } = summary.tasks;
					expect(succeeded + failed + lost + cancelled).toBe(planned);
					expect(recovered).toBeLessThanOrEqual(planned);
					expect(summary.yield["thingsMade"] ?? 0).toBe(world.job.made.size);
					expect(summary.durationMs).toBeLessThan(50 * 60_000 + 3 * 900_000 + day.length * 180_000);
					const rows = () => [
						...platform.database.rows("SELECT * FROM runs"),
						...platform.database.rows("SELECT * FROM run_tasks"),
					];
					const sealed = rows();
					expect(sealed).toHaveLength(1 + planned);
					for (const event of ["deliver", "double", "deliver", "dead letter", "evict"] as const) {
						await happen(world, event);
					}
					await world.ring();
					expect(rows()).toEqual(sealed);
					expect(await world.summary()).toEqual(summary);
				},
			),
			{ numRuns: 300 },
		);
	}, 120_000);
});
