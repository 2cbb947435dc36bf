import { previousSlots } from "../domain/schedule.ts";
import { readHealthFacts } from "../ledger/health.ts";
import type { SchedulePorts } from "./schedule.ts";

/**
 * `GET /healthz`, public: 503 when a run was due two slots ago and none has sealed since. Says nothing else.
 * In a pause nothing is due, and neither was it before this deployment was there.
 */
export async function getHealth(
	database: D1Database,
	ports: SchedulePorts,
	nowMs: number,
): Promise<Response> {
	const healthy = await isHealthy(database, ports, nowMs);
	return Response.json(
		{ status: healthy ? "ok" : "no_recent_run" },
		{ status: healthy ? 200 : 503, headers: { "cache-control": "no-store" } },
	);
}

async function isHealthy(
	database: D1Database,
	{ jobs, scheduler }: SchedulePorts,
	nowMs: number,
): Promise<boolean> {
	for (const { name, schedule } of jobs.values()) {
		if (schedule.kind !== "cron") continue;
		// The run of the newest slot may still be under way, so the one before must have sealed.
		const dueAtMs = previousSlots(schedule.cron, nowMs, 2)[1];
		if (dueAtMs === undefined) continue;
		const { firstStartedAtMs, lastSealedAtMs } = await readHealthFacts(database, name);
		if ((lastSealedAtMs ?? 0) >= dueAtMs) continue;
		// Asked only now: as long as all is well, a public address costs no object's time.
		const duty = await scheduler.dutyOf(name, dueAtMs);
		const hadRun = firstStartedAtMs !== null && firstStartedAtMs <= dueAtMs;
		if (duty === "expected" || (duty === "unknown" && hadRun)) return false;
	}
	return true;
}
