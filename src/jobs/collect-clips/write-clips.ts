import type { RunId } from "../../domain/ids.ts";
import { describeFailure, type Failure } from "../../domain/outcome.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { backoffMs } from "../../domain/retry.ts";
import { bulkParameters } from "../../ledger/bulk.ts";
import type { Database, DatabaseMeter, Statement, StatementResult } from "../../ledger/database.ts";
import { clipRow, type FetchedClip } from "./clip-columns.ts";
import type { WrittenClips } from "./continuation.ts";
import { countWrittenClips, type WrittenRow } from "./count-written-clips.ts";
import { findOpenRun } from "./find-open-run.ts";
import { upsertClips } from "./upsert-clips.ts";

export interface WritePorts {
	readonly database: Database;
	readonly meter: DatabaseMeter;
	readonly now: () => number;
	readonly sleep: (ms: number) => Promise<void>;
	/** In [0, 1). */
	readonly dice: () => number;
	/** No try is begun after it, but for the first. */
	readonly deadlineAtMs: number;
}

/** Tries of one batch; D1 does not repeat writes by itself, and is often back after a second. */
const triesMax = 3;
const longestPauseMs = 2_000;

/**
 * Writes the clips of a whole message in one `batch`, and says what the run has written of them, by streamer.
 *
 * A batch whose answer is lost may have been written; it is made again, because writing twice changes nothing and
 * the counts are asked of the store.
 *
 * @returns a failure `run_closed` when the run takes no more clips (nothing was written), `d1_unavailable` when
 *   D1 took nothing or did not say so. No call to D1 for no clips.
 */
export async function writeClips(
	runId: RunId,
	clips: readonly FetchedClip[],
	ports: WritePorts,
): Promise<Result<ReadonlyMap<string, WrittenClips>, Failure>> {
	if (clips.length === 0) return ok(new Map());
	const { database } = ports;
	const rows = bulkParameters(clips.map(clipRow));
	const ids = bulkParameters(clips.map(({ clip }) => clip.clipId));
	const written = await batchWithRetries(
		[
			findOpenRun(database, runId),
			...rows.map((parameter) => upsertClips(database, runId, parameter)),
			...ids.map((parameter) => countWrittenClips(database, runId, parameter)),
		],
		ports,
	);
	if (!written.ok) return written;
	const [gate, ...others] = written.value;
	if (gate?.results.length !== 1) return err(runClosed);
	const counts = others.slice(rows.length).flatMap(({ results }) => results);
	return ok(addByStreamer(counts as unknown as WrittenRow[]));
}

async function batchWithRetries(
	statements: Statement[],
	{ database, meter, now, sleep, dice, deadlineAtMs }: WritePorts,
): Promise<Result<StatementResult[], Failure>> {
	for (let tries = 1; ; tries += 1) {
		try {
			const results = await database.batch(statements);
			meter.add(results);
			return ok(results);
		} catch (error) {
			meter.add([]);
			const pauseMs = backoffMs(tries, longestPauseMs, dice());
			if (tries === triesMax || now() + pauseMs >= deadlineAtMs) return err(unavailable(error));
			await sleep(pauseMs);
		}
	}
}

/** A streamer's clips may be counted in several chunks. */
function addByStreamer(rows: readonly WrittenRow[]): ReadonlyMap<string, WrittenClips> {
	const written = new Map<string, WrittenClips>();
	for (const row of rows) {
		const before = written.get(row.broadcasterId) ?? { clipsNew: 0, clipsChanged: 0 };
		written.set(row.broadcasterId, {
			clipsNew: before.clipsNew + row.clipsNew,
			clipsChanged: before.clipsChanged + row.clipsChanged,
		});
	}
	return written;
}

const runClosed: Failure = {
	fingerprint: "run-closed",
	code: "run_closed",
	message: "The run was closed before these clips could be written; nothing was.",
};

function unavailable(error: unknown): Failure {
	const reason = error instanceof Error ? error.message : String(error);
	return describeFailure({
		fingerprint: "d1-unavailable",
		code: "d1_unavailable",
		message: `D1 did not take the clips: ${reason}`,
	});
}
