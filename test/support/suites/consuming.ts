import { describe, expect, it } from "vitest";
import type { CoordinatorApi } from "../../../durable-objects/run-coordinator/api.ts";
import { startedWorlds, type WithPlatform } from "./run.ts";

/** What consumers make of messages on a bad day, those of the dead-letter queue among them, on any platform's SQL. */
export function describeConsuming(withPlatform: WithPlatform): void {
	const withWorld = startedWorlds(withPlatform);

	describe("a dead letter", () => {
		it("gives its tasks back, and they are sent again, later each time", () =>
			withWorld(12, async (world) => {
				for (const delaySeconds of [10, 20, 40]) {
					expect(await world.returnDeadLetter(world.take())).toEqual({ kind: "ack" });
					await world.ringWhenDue();
					expect(world.queue).toMatchObject([{ delaySeconds }]);
				}
				const summary = await world.finish();
				expect(summary).toMatchObject({ verdict: "succeeded" });
				expect(summary.tasks.recovered).toBe(12);
				expect(summary.attempts.total).toBe(12);
			}));

		it("whose tasks are held by a consumer leaves them there", () =>
			withWorld(12, async (world) => {
				const message = world.take();
				await world.coordinator.claim({ ...message.body, claimId: "one" as never, delivery: 1 });
				await world.returnDeadLetter(message);
				await world.ring();
				expect(world.queue).toEqual([]);
			}));

		it("that cannot be read is acknowledged and told to the log", () =>
			withWorld(1, async (world) => {
				const unreadable = { body: { version: 9 } as never, delaySeconds: 0 };
				expect(await world.returnDeadLetter(unreadable)).toEqual({ kind: "ack" });
				expect(world.logged.map(({ event }) => event)).toContain("dead_letter_unreadable");
			}));
	});

	describe("a consumer", () => {
		it("that cannot reach the coordinator asks for the message again", () =>
			withWorld(1, async (world) => {
				const unreachable = {
					claim: () => Promise.reject(new Error("Network connection lost")),
				} as unknown as CoordinatorApi;
				expect(await world.consumer(unreachable).handle(world.take().body, 1)).toEqual({
					kind: "retry",
					delaySeconds: 5,
				});
			}));

		it("whose report does not get through tries again before it gives up", () =>
			withWorld(2, async (world) => {
				let failures = 3;
				const shaky = {
					claim: world.coordinator.claim.bind(world.coordinator),
					report: (report: never) => {
						failures -= 1;
						if (failures >= 0) return Promise.reject(new Error("Network connection lost"));
						return world.coordinator.report(report);
					},
				} as unknown as CoordinatorApi;
				expect(await world.consumer(shaky).handle(world.take().body, 1)).toEqual({ kind: "ack" });
				expect((await world.finish()).attempts).toMatchObject({ total: 2, leasesExpired: 0 });
			}));

		it("acknowledges what it cannot read, and what belongs to no run", () =>
			withWorld(1, async (world) => {
				for (const body of [null, "text", {}, { version: 1, runId: "no run" }, { version: 2 }]) {
					expect(await world.consumer().handle(body, 1)).toEqual({ kind: "ack" });
				}
				expect(world.logged.filter(({ event }) => event === "message_unreadable")).toHaveLength(5);
			}));
	});
}
