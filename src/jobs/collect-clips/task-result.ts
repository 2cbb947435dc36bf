import type { Counts } from "../../domain/counts.ts";
import type { TaskId } from "../../domain/ids.ts";
import type { Failure, Outcome, TaskResult, Warning } from "../../domain/outcome.ts";
import type { Result } from "../../domain/result.ts";
import { type ClipRejection, clipRejections } from "../../twitch/clip.ts";
import type { ClipPaging } from "../../twitch/clip-paging.ts";
import { failureOutcome } from "../../twitch/failure.ts";
import type { CollectEnd, Collected } from "./collect-streamer.ts";
import { encodeContinuation, type WrittenClips } from "./continuation.ts";

export const yieldNames = [
	"clipsSeen",
	"clipsNew",
	"clipsChanged",
	"clipsUnchanged",
	"clipsRejected",
	"streamersWithClips",
] as const;

/**
 * @param written what the store says of the clips of this attempt, or why they could not be written
 * @param d1Ms how long that took; all clips of a message go in one batch, so its tasks waited for it together
 */
export function describeTask(
	taskId: TaskId,
	collected: Collected,
	written: Result<WrittenClips, Failure>,
	d1Ms: number,
): TaskResult {
	const { paging, writtenBefore, requests, twitchMs, end } = collected;
	const shared = {
		taskId,
		meters: { twitchRequests: requests, ...timesSpent({ twitchMs, d1Ms }) },
		warnings: describeWarnings(paging),
	};
	const clipsRejected = countRejected(paging);
	if (!written.ok) {
		// What is in the store is not known; the recount of the closed run will know it.
		const outcome: Outcome = { kind: "retryable", error: written.error };
		return { ...shared, outcome, yield: describeYield(0, nothing, clipsRejected) };
	}
	const total: WrittenClips = {
		clipsNew: writtenBefore.clipsNew + written.value.clipsNew,
		clipsChanged: writtenBefore.clipsChanged + written.value.clipsChanged,
	};
	return {
		...shared,
		outcome: describeEnd(end, paging, total),
		yield: describeYield(paging.clipsSeen, total, clipsRejected),
	};
}

/** Of this task's own story, and no meters of the run; one that took no time is left out. */
function timesSpent(times: Counts): Counts {
	return Object.fromEntries(Object.entries(times).filter(([, ms]) => ms > 0));
}

const nothing: WrittenClips = { clipsNew: 0, clipsChanged: 0 };

function describeEnd(end: CollectEnd, paging: ClipPaging, written: WrittenClips): Outcome {
	switch (end.kind) {
		case "done":
			return { kind: "succeeded" };
		case "failed":
			return failureOutcome(end.failure);
		case "stopped": {
			const progress = paging.progress();
			const continuation =
				progress.pages === 0 ? null : encodeContinuation({ paging: progress, written });
			return end.notBeforeMs === null
				? { kind: "deferred", continuation }
				: { kind: "deferred", continuation, notBeforeMs: end.notBeforeMs };
		}
	}
}

function describeYield(clipsSeen: number, written: WrittenClips, clipsRejected: number): Counts {
	const { clipsNew, clipsChanged } = written;
	return {
		clipsSeen,
		clipsNew,
		clipsChanged,
		clipsUnchanged: Math.max(0, clipsSeen - clipsNew - clipsChanged),
		clipsRejected,
		streamersWithClips: clipsSeen > 0 ? 1 : 0,
	};
}

/**
 * The exact yield of a task in a closed run: what it wrote comes from the store, what left no trace there (clips
 * that were the same, or could not be taken) from its last report.
 * @param reported null when no report was ever heard
 */
export function recountYield(written: WrittenClips | undefined, reported: Counts | null): Counts {
	const total = written ?? nothing;
	const clipsUnchanged = reported?.["clipsUnchanged"] ?? 0;
	const clipsSeen = total.clipsNew + total.clipsChanged + clipsUnchanged;
	return describeYield(clipsSeen, total, reported?.["clipsRejected"] ?? 0);
}

function describeWarnings(paging: ClipPaging): Warning[] {
	const warnings = Object.entries(paging.rejected).map(
		([reason, count]): Warning => ({
			code: `clip_rejected_${reason}`,
			message: clipRejections[reason as ClipRejection],
			count,
		}),
	);
	if (paging.isTruncated) {
		warnings.push({
			code: "clips_truncated",
			message: "Twitch lists about 1,000 clips of a window; this streamer may have more in it.",
			count: 1,
		});
	}
	return warnings;
}

function countRejected(paging: ClipPaging): number {
	return Object.values(paging.rejected).reduce((sum, count) => sum + count, 0);
}
