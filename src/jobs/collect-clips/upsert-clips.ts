import type { RunId } from "../../domain/ids.ts";
import type { Database, Statement } from "../../ledger/database.ts";
import { clipColumns } from "./clip-columns.ts";

/** The column as it is after a refresh, from what stands there (`clips`) and what came (`excluded`). */
function refreshed(name: string, refresh: "always" | "unless_empty"): string {
	return refresh === "always"
		? `excluded.${name}`
		: `COALESCE(NULLIF(excluded.${name}, ''), clips.${name})`;
}

const refreshedColumns = clipColumns.flatMap(({ name, refresh }) =>
	refresh === "never" ? [] : [{ name, value: refreshed(name, refresh) }],
);

/*
 * Runs that are closed write nothing (P3): the run's row is asked in the statement itself, so that nothing can
 * close the run between the question and the write.
 *
 * An update passes only if it was fetched later (P4) and something differs, `fetched_at_ms` apart: a refresh
 * without news writes 0 rows.
 *
 * `changed_run_ids` names every run that still needs to count the clip as changed: this one, and of those that
 * stand there the ones not sealed yet. A run that inserted the clip counts it as new and needs no mark. So the
 * list is no longer than the runs open at a time, and two runs at once both count what they changed.
 */
const upsert = `
	INSERT INTO clips (
		${clipColumns.map(({ name }) => name).join(", ")},
		fetched_at_ms, first_run_id, changed_run_ids
	)
	SELECT
		${clipColumns.map((_, index) => `value ->> ${index}`).join(", ")},
		value ->> ${clipColumns.length}, ?2, ''
	FROM json_each(?1)
	WHERE EXISTS (SELECT 1 FROM runs WHERE run_id = ?2 AND closed_at_ms IS NULL)
	ON CONFLICT (clip_id) DO UPDATE SET
		${refreshedColumns.map(({ name, value }) => `${name} = ${value}`).join(",\n\t\t")},
		fetched_at_ms = excluded.fetched_at_ms,
		changed_run_ids = CASE
			WHEN clips.first_run_id = ?2 THEN clips.changed_run_ids
			WHEN instr(clips.changed_run_ids, '|' || ?2 || '|') > 0 THEN clips.changed_run_ids
			WHEN clips.changed_run_ids = '' THEN '|' || ?2 || '|'
			ELSE '|' || ?2 || '|' || COALESCE(
				(
					SELECT group_concat(run_id || '|', '') FROM runs
					WHERE sealed_at_ms IS NULL AND instr(clips.changed_run_ids, '|' || run_id || '|') > 0
				),
				''
			)
		END
	WHERE excluded.fetched_at_ms > clips.fetched_at_ms AND (
		${refreshedColumns.map(({ name, value }) => `${value} IS NOT clips.${name}`).join("\n\t\tOR ")}
	)`;

/**
 * Inserts and refreshes clips in one statement, if the run is open. May be repeated: the second time changes nothing.
 * @param clips JSON array of `clipRow`s
 */
export function upsertClips(database: Database, runId: RunId, clips: string): Statement {
	return database.prepare(upsert).bind(clips, runId);
}
