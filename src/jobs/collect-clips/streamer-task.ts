import { decodeTaskId, type TaskId, toTaskId } from "../../domain/ids.ts";
import { describeFailure, type Outcome } from "../../domain/outcome.ts";

/**
 * A streamer's task is named by the broadcaster's id.
 *
 * A row of `streamers` whose id cannot name a task (typed in by hand, with a space in it) gets a task all the
 * same, which fails at once and says so: the other streamers go on, and the ledger shows what is wrong with this
 * one. Leaving it out would hide it, and failing the plan would stop them all.
 */
const unusablePrefix = "unusable-id:";
const hexCharactersMax = 64 - unusablePrefix.length;

export function taskIdOfStreamer(broadcasterId: string): TaskId {
	const taskId = decodeTaskId(broadcasterId);
	if (taskId.ok) return taskId.value;
	const bytes = new TextEncoder().encode(broadcasterId);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	return toTaskId(unusablePrefix + hex.slice(0, hexCharactersMax));
}

/** The outcome of a task that stands for an unusable row; undefined for a streamer who can be asked for. */
export function findUnusable(taskId: TaskId): Outcome | undefined {
	if (!taskId.startsWith(unusablePrefix)) return undefined;
	const hex = taskId.slice(unusablePrefix.length);
	const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
	const broadcasterId = JSON.stringify(new TextDecoder().decode(bytes));
	return {
		kind: "permanent",
		error: describeFailure({
			fingerprint: "streamer-id-unusable",
			code: "streamer_id_unusable",
			message: `A streamer's broadcaster_id begins with ${broadcasterId}, which is no id: correct or remove that row of streamers.`,
		}),
	};
}
