/**
 * Owns the order of a listing and how it is cut into pages: the most viewed clips first, a thousand
 * at most, and offsets for cursors. That order moves from request to request, so pages overlap and
 * leave gaps.
 */
import { type ClipLife, viewsAt } from "./clips.ts";
import { encodeCursor } from "./parameters.ts";
import { hash } from "./random.ts";

/**
 * Twitch says "approximately"; this one is exact, so that a test can tell a lost clip from the cap.
 */
export const LISTED_MOST = 1_000;

export interface Page<T> {
	data: T[];
	pagination: { cursor?: string };
}

/**
 * Most viewed first; among equals the older first, so that new clips, which have no views, stand
 * last.
 */
export function sortByViews(clips: readonly ClipLife[], nowMs: number): ClipLife[] {
	return clips
		.map((clip) => ({ clip, views: viewsAt(clip, nowMs) }))
		.sort(
			(a, b) =>
				b.views - a.views ||
				a.clip.createdAtMs - b.clip.createdAtMs ||
				(a.clip.id < b.clip.id ? -1 : 1),
		)
		.map((entry) => entry.clip);
}

/**
 * Lets about half of all neighbours change places, decided by seed and request: what stood on the
 * far side of a page's edge is then seen twice or never. Only places move; what is told of a clip
 * stays true.
 */
export function moveNeighbours<T>(list: readonly T[], seed: number, request: number): T[] {
	const moved = [...list];
	// Pairs begin at an even or an odd place in turn, so that any edge of a page may be in the middle
	// of one.
	for (let place = request & 1; place + 1 < moved.length; place += 2) {
		const [one, other] = [moved[place], moved[place + 1]] as [T, T];
		if (hash(seed, request, place, 30) & 1) {
			moved[place] = other;
			moved[place + 1] = one;
		}
	}
	return moved;
}

/** The page at an offset, with a cursor when the list goes on behind it. */
export function pageOf<T>(list: readonly T[], offset: number, first: number): Page<T> {
	const end = offset + first;
	return {
		data: list.slice(offset, end),
		pagination: end < list.length ? { cursor: encodeCursor(end) } : {},
	};
}
