import {
	abortAllDurableObjects,
	applyD1Migrations,
	runDurableObjectAlarm,
	runInDurableObject,
} from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { schedulerObjectName } from "../../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import { RunCoordinator } from "../../src/index.ts";
import {
	graceMs,
	type ScheduleOutcome,
	type ScheduleStep,
	scheduleScenarios,
} from "../simulation/schedule-scenarios.ts";
import { env } from "./env.ts";

/** The slots of the simulation on the exported scheduler and coordinators: real alarms and crashes come to the same ends. */
const job = toJobName("collect-clips");
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const realNow = Date.now.bind(Date);
/** Each test has another one, so that none finds the run of the one before. */
let slotAtMs = Math.ceil(realNow() / hourMs) * hourMs;
let aheadMs = 0;
let failing: { mockRestore(): void } | null = null;

const scheduler = () => env.RUN_SCHEDULER.getByName(schedulerObjectName);

function moveClockTo(atMs: number): void {
	aheadMs = atMs - realNow();
	vi.spyOn(Date, "now").mockImplementation(() => realNow() + aheadMs);
}

beforeEach(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	slotAtMs += 24 * hourMs;
	moveClockTo(slotAtMs - 10 * minuteMs);
	await runInDurableObject(scheduler(), (_, { storage }) => {
		for (const table of ["schedules", "slots", "runs", "proofs", "incidents", "deliveries"]) {
			storage.sql.exec(`DELETE FROM ${table}`);
		}
	});
	await scheduler().look();
});

afterEach(() => {
	vi.restoreAllMocks();
});

/** Until the alarm of the slot has rung. */
async function ring(): Promise<void> {
	for (let rings = 0; rings < 30; rings += 1) {
		const atMs = await runInDurableObject(scheduler(), (_, { storage }) => storage.getAlarm());
		if (atMs === null) throw new Error("there is no alarm");
		if (atMs > Date.now()) moveClockTo(atMs);
		await runDurableObjectAlarm(scheduler());
		if (atMs >= slotAtMs + graceMs) return;
	}
	throw new Error("the alarm rings for ever");
}

async function take(step: ScheduleStep): Promise<void> {
	const cron = () => scheduler().cronCame({ cron: "0 * * * *", scheduledAtMs: slotAtMs });
	switch (step) {
		case "the slot comes":
			return moveClockTo(slotAtMs + 300);
		case "alarm":
			return ring();
		case "cron":
			return cron();
		case "cron and alarm at once":
			moveClockTo(slotAtMs + graceMs);
			await Promise.all([cron(), ring()]);
			return;
		case "wait 40 minutes":
			return moveClockTo(Date.now() + 40 * minuteMs);
		case "abort":
			return abortAllDurableObjects();
		case "pause":
			await scheduler().pause({ job, untilMs: Date.now() + 3 * hourMs, reason: "a scenario" });
			return;
		case "resume":
			await scheduler().resume(job);
			return;
		case "no run starts":
		case "no start is answered": {
			const { start } = RunCoordinator.prototype;
			failing = vi.spyOn(RunCoordinator.prototype, "start").mockImplementation(async function (
				this: InstanceType<typeof RunCoordinator>,
				request,
			) {
				if (step === "no start is answered") await Reflect.apply(start, this, [request]);
				throw new Error("Network connection lost.");
			});
			return;
		}
		case "runs start":
			failing?.mockRestore();
	}
}

async function outcome(): Promise<ScheduleOutcome> {
	// By a clock that was moved the platform rings nothing itself.
	await runDurableObjectAlarm(env.RUN_COORDINATOR.getByName(runIdForSlot(job, slotAtMs)));
	const { jobs } = await scheduler().schedule();
	const name = new Date(slotAtMs).toISOString().replace(".000", "");
	const slot = jobs[0]?.slots.find(({ slot }) => slot === name);
	if (slot === undefined) throw new Error("the slot has no account");
	const { results } = await env.DB.prepare("SELECT 1 FROM runs WHERE slot_at_ms = ?1")
		.bind(slotAtMs)
		.all();
	return { account: slot.account, trigger: slot.trigger, runs: results.length };
}

describe("a slot on real workerd", () => {
	it.each(scheduleScenarios)("$name", async ({ steps, outcome: expected }) => {
		for (const step of steps) await take(step);
		expect(await outcome()).toEqual(expected);
	});
});
