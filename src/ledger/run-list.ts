import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { runs } from "../../drizzle/d1/schema.ts";
import type { JobName, RunId } from "../domain/ids.ts";
import type { RunState, Verdict, Window } from "../domain/run.ts";
import type { Summary } from "../domain/summary.ts";
import { listRunsMax } from "../limits.ts";

/** Reading the `runs` table: runs as D1 knows them, newest first. */
export interface RunRecord {
	readonly runId: RunId;
	readonly job: JobName;
	readonly startedAtMs: number;
	/** As it was sealed, with the reruns of today; null while the run is open. */
	readonly summary: Summary | null;
	readonly reruns: readonly RunId[];
	/** What it looked at; null when planning failed. */
	readonly window: Window | null;
}

export interface RunFilter {
	readonly job: JobName | null;
	readonly state: RunState | null;
	readonly verdict: Verdict | null;
}

/** A place in the list: the last run of the page before. */
export interface RunPosition {
	readonly startedAtMs: number;
	readonly runId: RunId;
}

/** The few that are open, by the index that has no others: SQLite would rather read all runs in the order of the list. */
const unsealed = sql.raw(
	"SELECT run_id FROM runs INDEXED BY runs_unsealed WHERE sealed_at_ms IS NULL",
);

/** @returns up to `limit` runs, newest first, older than `after` */
export function listRuns(
	database: D1Database,
	{ job, state, verdict }: RunFilter,
	after: RunPosition | null,
	limit: number,
): Promise<RunRecord[]> {
	const conditions = [
		job === null ? undefined : eq(runs.job, job),
		state === null ? undefined : eq(runs.state, state),
		state === null || state === "sealed" ? undefined : sql`${runs.runId} IN (${unsealed})`,
		verdict === null ? undefined : eq(runs.verdict, verdict),
		// As one comparison: of two with OR, SQLite would read all that is newer again for each page.
		after === null
			? undefined
			: sql`(${runs.startedAtMs}, ${runs.runId}) < (${after.startedAtMs}, ${after.runId})`,
	];
	return selectRuns(database, and(...conditions), Math.min(limit, listRunsMax));
}

/** @returns undefined when D1 knows no such run (yet) */
export async function findRun(database: D1Database, runId: RunId): Promise<RunRecord | undefined> {
	return (await selectRuns(database, eq(runs.runId, runId), 1))[0];
}

async function selectRuns(
	database: D1Database,
	condition: SQL | undefined,
	limit: number,
): Promise<RunRecord[]> {
	// Named with its table by hand: drizzle leaves that out in a select from one table, and `rerun` has a run_id too.
	const reruns = sql<string>`(
		SELECT json_group_array(rerun.run_id ORDER BY rerun.started_at_ms, rerun.run_id)
		FROM runs AS rerun WHERE rerun.rerun_of = ${sql.raw("runs.run_id")})`;
	const rows = await drizzle(database)
		.select({ ...getTableColumns(runs), reruns })
		.from(runs)
		.where(condition)
		.orderBy(desc(runs.startedAtMs), desc(runs.runId))
		.limit(limit);
	return rows.map((row) => {
		const reruns = JSON.parse(row.reruns) as RunId[];
		const summary = row.summary === null ? null : (JSON.parse(row.summary) as Summary);
		return {
			runId: row.runId as RunId,
			job: row.job as JobName,
			startedAtMs: row.startedAtMs,
			summary: summary === null ? null : { ...summary, reruns },
			reruns,
			window:
				row.windowFromMs === null || row.windowToMs === null
					? null
					: { fromMs: row.windowFromMs, toMs: row.windowToMs },
		};
	});
}
