import { previousSlots } from "../domain/schedule.ts";
import type { JobRegistry } from "../jobs/job.ts";
import { readHealthFacts } from "../ledger/health.ts";

/**
 * `GET /healthz`, public: 503 when a run was due two slots ago and none has sealed since. Says nothing else.
 * A deployment that is younger than that is healthy: nothing was due.
 */
export async function getHealth(
	database: D1Database,
	jobs: JobRegistry,
	nowMs: number,
): Promise<Response> {
	const healthy = await isHealthy(database, jobs, nowMs);
	return Response.json(
		{ status: healthy ? "ok" : "no_recent_run" },
		{ status: healthy ? 200 : 503, headers: { "cache-control": "no-store" } },
	);
}

async function isHealthy(database: D1Database, jobs: JobRegistry, nowMs: number): Promise<boolean> {
	for (const job of jobs.values()) {
		if (job.schedule.kind !== "cron") continue;
		// The run of the newest slot may still be under way, so the one before must have sealed.
		const dueAtMs = previousSlots(job.schedule.cron, nowMs, 2)[1];
		if (dueAtMs === undefined) continue;
		const { firstStartedAtMs, lastSealedAtMs } = await readHealthFacts(database, job.name);
		const wasDue = firstStartedAtMs !== null && firstStartedAtMs <= dueAtMs;
		if (wasDue && (lastSealedAtMs ?? 0) < dueAtMs) return false;
	}
	return true;
}
