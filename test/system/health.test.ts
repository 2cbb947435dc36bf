import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
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
});
