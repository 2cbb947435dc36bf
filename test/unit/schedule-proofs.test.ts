import { expect, it, vi } from "vitest";
import type { SchedulerApi } from "../../durable-objects/run-scheduler/api.ts";
import { lookAfterSchedule } from "../../src/schedule-proofs.ts";

it("requests have the alarm looked at once a minute an isolate, and a scheduler in trouble harms none", async () => {
	const look = vi.fn(async () => undefined);
	const scheduler = { look } as unknown as SchedulerApi;
	const logged = vi.fn();
	const startMs = Date.parse("2026-11-23T17:00:00Z");
	for (let second = 0; second < 120; second += 1) {
		await lookAfterSchedule(scheduler, startMs + second * 1_000, logged);
	}
	expect(look).toHaveBeenCalledTimes(2);
	look.mockRejectedValue(new Error("reset"));
	await lookAfterSchedule(scheduler, startMs + 120_000, logged);
	expect(logged).toHaveBeenCalledWith("error", "scheduler_unreachable", expect.anything());
});
