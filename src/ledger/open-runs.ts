import { decodeRunId, type JobName, jobOfRun, type RunId } from "../domain/ids.ts";
import type { Database } from "./database.ts";

export interface OpenRun {
	readonly runId: RunId;
	readonly job: JobName;
	readonly startedAtMs: number;
}

const openRunsMax = 100;

/**
 * Runs that may need somebody: those that are not sealed; those that were asked for since `sinceMs` and of which the
 * ledger has not heard; and those that started since then and are sealed, for what comes after a seal may have died with
 * their alarm. At most 100 of each. Rows that are no run's, as somebody may have written by hand, are nobody's to look
 * after.
 */
export async function findOpenRuns(database: Database, sinceMs: number): Promise<OpenRun[]> {
	const [unsealed, requested, sealed] = await database.batch<{ run_id: string; at_ms: number }>([
		database
			.prepare(
				`SELECT run_id, started_at_ms AS at_ms FROM runs INDEXED BY runs_unsealed
				WHERE sealed_at_ms IS NULL ORDER BY run_id DESC LIMIT ?1`,
			)
			.bind(openRunsMax),
		database
			.prepare(
				`SELECT run_id, requested_at_ms AS at_ms FROM run_requests
				WHERE requested_at_ms >= ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run_id = run_requests.run_id)
				ORDER BY requested_at_ms DESC LIMIT ?2`,
			)
			.bind(sinceMs, openRunsMax),
		database
			.prepare(
				`SELECT run_id, started_at_ms AS at_ms FROM runs
				WHERE started_at_ms >= ?1 AND sealed_at_ms IS NOT NULL ORDER BY started_at_ms DESC LIMIT ?2`,
			)
			.bind(sinceMs, openRunsMax),
	]);
	const found = [unsealed, requested, sealed].flatMap((rows) => rows?.results ?? []);
	return found.flatMap((row) => {
		const runId = decodeRunId(row.run_id);
		if (!runId.ok) return [];
		return [{ runId: runId.value, job: jobOfRun(runId.value), startedAtMs: row.at_ms }];
	});
}
