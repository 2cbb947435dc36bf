import type { RunId } from "../../domain/ids.ts";
import type { Database, Statement } from "../../ledger/database.ts";

/*
 * Asked of the store and not of the upsert, because a clip may have been written by an earlier attempt of this
 * run whose consumer died: it is new all the same, and counts once.
 *
 * CROSS JOIN keeps the ids outside, so that each clip is found by its key.
 */
const countWritten = `
	SELECT
		clips.broadcaster_id AS broadcasterId,
		sum(clips.first_run_id = ?2) AS clipsNew,
		sum(clips.first_run_id <> ?2 AND instr(clips.changed_run_ids, '|' || ?2 || '|') > 0) AS clipsChanged
	FROM json_each(?1) AS asked CROSS JOIN clips ON clips.clip_id = asked.value
	GROUP BY clips.broadcaster_id`;

export interface WrittenRow {
	readonly broadcasterId: string;
	readonly clipsNew: number;
	readonly clipsChanged: number;
}

/** Of these clips, by streamer: how many the run saw first, and how many it changed. Rows: `WrittenRow`. @param clipIds JSON array */
export function countWrittenClips(database: Database, runId: RunId, clipIds: string): Statement {
	return database.prepare(countWritten).bind(clipIds, runId);
}
