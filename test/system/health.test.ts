import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schedulerObjectName } from "../../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import { previousSlots } from "../../src/domain/schedule.ts";
import { type Deployment, deploy } from "../support/deployment.ts";

/** `GET /healthz`: 503 when no run has sealed within two slots and one was due. */
const hourMs = 3_600_000;
const job = toJobName("collect-clips");
let deployment: Deployment;

beforeAll(async () => {
	deployment = await deploy({ streamers: 2 });
});
afterAll(() => deployment.close());

async function healthAfter(firstStartMs: number, sealMs: number | null): Promise<number> {
	await deployment.rows("DELETE FROM runs");
	const insert = `INSERT INTO runs (run_id, job, "trigger", state, started_at_ms, sealed_at_ms)
		VALUES (?1, 'collect-clips', 'cron', 'sealed', ?2, ?3)`;
	await deployment.rows(insert, runIdForSlot(job, firstStartMs), firstStartMs, sealMs);
	return (await deployment.harness.fetch("/healthz")).status;
}

function scheduleRows() {
	return deployment.worker.getDurableObjectStorage("RUN_SCHEDULER", { name: schedulerObjectName });
}

/** As if the schedule had been there for so long. */
async function watchedFor(ms: number): Promise<void> {
	const schedule = await scheduleRows();
	await schedule.exec("UPDATE schedules SET expected_since_ms = expected_since_ms - ?", ms);
}

describe("the health", () => {
	it("of a deployment that has not run yet is good: nothing was due", async () => {
		await deployment.rows("DELETE FROM runs");
		expect((await deployment.harness.fetch("/healthz")).status).toBe(200);
	});

	it("is good while the newest slots are served", async () => {
		const nowMs = Date.now();
		expect(await healthAfter(nowMs - 10 * hourMs, nowMs - 5 * 60_000)).toBe(200);
	});

	it("is bad when the last seal is older than two slots", async () => {
		const nowMs = Date.now();
		expect(await healthAfter(nowMs - 10 * hourMs, nowMs - 3 * hourMs)).toBe(503);
		expect(await (await deployment.harness.fetch("/healthz")).json()).toEqual({
			status: "no_recent_run",
		});
	});

	it("is bad when runs have started and none has ever sealed", async () => {
		expect(await healthAfter(Date.now() - 10 * hourMs, null)).toBe(503);
	});

	it("of a young deployment whose first run is not sealed yet is good", async () => {
		expect(await healthAfter(Date.now() - 60_000, null)).toBe(200);
	});

	it("is bad when a run was due and none has even started", async () => {
		await deployment.rows("DELETE FROM runs");
		expect((await deployment.harness.fetch("/healthz")).status).toBe(200);
		await watchedFor(3 * hourMs);
		expect((await deployment.harness.fetch("/healthz")).status).toBe(503);
	});

	it("is good in a pause, when nothing is due, and bad again when that is over", async () => {
		// One more than is looked at: an hour may pass meanwhile.
		const slots = previousSlots("0 * * * *", Date.now() + hourMs, 3);
		expect(await healthAfter(Date.now() - 10 * hourMs, null)).toBe(503);
		const schedule = await scheduleRows();
		await schedule.exec(
			`INSERT INTO slots (job, slot_at_ms, account, decided_at_ms, failures)
			SELECT 'collect-clips', value, 'paused', 0, 0 FROM json_each(?) WHERE true
			ON CONFLICT DO UPDATE SET account = 'paused'`,
			JSON.stringify(slots),
		);
		expect((await deployment.harness.fetch("/healthz")).status).toBe(200);
		await schedule.exec("UPDATE slots SET account = 'missed'");
		expect((await deployment.harness.fetch("/healthz")).status).toBe(503);
	});
});
