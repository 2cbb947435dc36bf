import type { Counts } from "../../src/domain/counts.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import { type ErrorGroup, errorGroupsMax, errorTaskIdsMax } from "../../src/domain/summary.ts";
import type { StateFold } from "../../src/domain/totals.ts";
import type { ObjectStorage } from "../storage.ts";

/**
 * The numbers of a run, folded from its task rows whenever they are asked for: nothing is counted up on the way,
 * so nothing can be counted twice. In SQL, so that 100,000 tasks are never in memory at once.
 */
export function foldStates(storage: ObjectStorage): StateFold[] {
	return storage.sql
		.exec<{ [Key in keyof StateFold]: StateFold[Key] }>(
			`SELECT state, count(*) AS tasks, sum(recoveries > 0) AS recovered, sum(attempts) AS attempts,
				sum(retries) AS retries, sum(leases_expired) AS leasesExpired
			FROM tasks GROUP BY state`,
		)
		.toArray();
}

/** What the accepted reports said so far. */
export function foldReportedYield(storage: ObjectStorage): Counts {
	const rows = storage.sql
		.exec<{ key: string; total: number }>(
			"SELECT key, sum(value) AS total FROM tasks, json_each(tasks.yield) GROUP BY key",
		)
		.toArray();
	return Object.fromEntries(rows.map((row) => [row.key, row.total]));
}

/** Failures of closed tasks by cause, the most frequent first. */
export function foldErrors(storage: ObjectStorage): ErrorGroup[] {
	const rows = storage.sql
		.exec<{ fingerprint: string; error: string; count: number; taskIds: string }>(
			`SELECT fingerprint, error, count, taskIds FROM (
				SELECT fingerprint, min(error) AS error, count(*) AS count,
					json_group_array(task_id) FILTER (WHERE place <= ${errorTaskIdsMax}) AS taskIds
				FROM (
					SELECT task_id, error, error ->> 'fingerprint' AS fingerprint,
						row_number() OVER (PARTITION BY error ->> 'fingerprint' ORDER BY task_id) AS place
					FROM tasks WHERE state IN ('failed', 'lost') AND error IS NOT NULL
				) GROUP BY fingerprint
			) ORDER BY count DESC, fingerprint LIMIT ${errorGroupsMax}`,
		)
		.toArray();
	return rows.map((row) => {
		const { code, message } = JSON.parse(row.error) as { code: string; message: string };
		const taskIds = JSON.parse(row.taskIds) as TaskId[];
		return { fingerprint: row.fingerprint, code, message, count: row.count, taskIds };
	});
}
