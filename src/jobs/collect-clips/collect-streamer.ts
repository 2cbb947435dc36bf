import type { Window } from "../../domain/run.ts";
import { ClipPaging } from "../../twitch/clip-paging.ts";
import type { TwitchFailure } from "../../twitch/failure.ts";
import type { HelixClient, RequestCount } from "../../twitch/helix-client.ts";
import type { WorkItem } from "../job.ts";
import { RequestBudgetSpent } from "../request-budget.ts";
import type { FetchedClip } from "./clip-columns.ts";
import { decodeContinuation, type WrittenClips } from "./continuation.ts";
import type { Throttle } from "./throttle.ts";

/** What one task fetched in this attempt, before anything is written. */
export interface Collected {
	readonly paging: ClipPaging;
	/** Clips of this attempt; those of earlier ones that it goes on from were written then. */
	readonly clips: readonly FetchedClip[];
	/** What earlier attempts of this task have written. */
	readonly writtenBefore: WrittenClips;
	readonly requests: number;
	/** From the first request to the last answer. */
	readonly twitchMs: number;
	readonly end: CollectEnd;
}

export type CollectEnd =
	| { readonly kind: "done" }
	| { readonly kind: "failed"; readonly failure: TwitchFailure }
	/** Stopped between two pages, to go on later. */
	| { readonly kind: "stopped"; readonly notBeforeMs: number | null };

export interface CollectPorts {
	readonly helix: HelixClient;
	readonly throttle: Throttle;
	readonly now: () => number;
	/** No request is begun after it. */
	readonly lastRequestAtMs: number;
}

const nothingWritten: WrittenClips = { clipsNew: 0, clipsChanged: 0 };

/** Asks for one streamer's clips, page after page, and keeps what it has whatever ends it. */
export async function collectStreamer(
	item: WorkItem,
	window: Window,
	ports: CollectPorts,
): Promise<Collected> {
	const asked = { broadcasterId: item.taskId, fromMs: window.fromMs, toMs: window.toMs };
	const before = decodeContinuation(item.continuation);
	const paging = new ClipPaging(asked, before?.paging ?? null);
	const clips: FetchedClip[] = [];
	const count: RequestCount = { requests: 0 };
	const beganAtMs = ports.now();
	const end = await turnPages();
	const twitchMs = Math.max(0, ports.now() - beganAtMs);
	const writtenBefore = before?.written ?? nothingWritten;
	return { paging, clips, writtenBefore, requests: count.requests, twitchMs, end };

	async function turnPages(): Promise<CollectEnd> {
		while (paging.end === null) {
			const stop = findStop(ports);
			if (stop !== null) return stop;
			try {
				const page = await ports.helix.getClips(asked, paging.cursor, count);
				if (!page.ok) {
					ports.throttle.notice(page.error, ports.now());
					return { kind: "failed", failure: page.error };
				}
				const { askedAtMs: fetchedAtMs } = page.value;
				for (const clip of paging.takePage(page.value)) clips.push({ clip, fetchedAtMs });
			} catch (error) {
				if (error instanceof RequestBudgetSpent) return { kind: "stopped", notBeforeMs: null };
				throw error;
			}
		}
		return { kind: "done" };
	}
}

function findStop({ throttle, now, lastRequestAtMs }: CollectPorts): CollectEnd | null {
	const nowMs = now();
	if (nowMs > lastRequestAtMs) return { kind: "stopped", notBeforeMs: null };
	// Twitch said so to another task of this message: asking would cost this one an attempt and get it nothing.
	return throttle.untilMs > nowMs ? { kind: "stopped", notBeforeMs: throttle.untilMs } : null;
}
