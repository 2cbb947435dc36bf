import type { RunId, TaskId } from "../../domain/ids.ts";
import type { Window } from "../../domain/run.ts";
import type { Database } from "../../ledger/database.ts";
import { clipWindowSlackMs } from "../../twitch/clip.ts";
import type { WrittenClips } from "./continuation.ts";
import type { WrittenRow } from "./count-written-clips.ts";

/*
 * By the clips' own index, streamer and time, never the whole table. The span is the one within which clips are
 * taken (decodeClip), so nothing that the run wrote lies outside it.
 */
const tally = `
	SELECT
		clips.broadcaster_id AS broadcasterId,
		sum(clips.first_run_id = ?4) AS clipsNew,
		sum(clips.first_run_id <> ?4) AS clipsChanged
	FROM json_each(?1) AS task CROSS JOIN clips INDEXED BY clips_by_streamer
		ON clips.broadcaster_id = task.value AND clips.created_at_ms BETWEEN ?2 AND ?3
	WHERE clips.first_run_id = ?4 OR instr(clips.changed_run_ids, '|' || ?4 || '|') > 0
	GROUP BY clips.broadcaster_id`;

/** What the run left in the store of each of these streamers; those of whom it left nothing are missing. */
export async function tallyClips(
	database: Database,
	runId: RunId,
	window: Window,
	taskIds: readonly TaskId[],
): Promise<ReadonlyMap<string, WrittenClips>> {
	const { results } = await database
		.prepare(tally)
		.bind(
			JSON.stringify(taskIds),
			window.fromMs - clipWindowSlackMs,
			window.toMs + clipWindowSlackMs,
			runId,
		)
		.all<WrittenRow>();
	return new Map(results.map((row) => [row.broadcasterId, row]));
}
