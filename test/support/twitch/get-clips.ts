/** Owns `GET /helix/clips`: by streamer, by game, or by ids. */
import type { ClipLife } from "./clips.ts";
import { isMalformed } from "./extra-clips.ts";
import { PageFaults } from "./faults/page-faults.ts";
import { LISTED_MOST, moveNeighbours, sortByViews } from "./listing.ts";
import { BadParameter, decodeAfter, decodeFirst, decodeWindow, type Window } from "./parameters.ts";
import { answer, emptyPage, type Reply, refusal } from "./reply.ts";
import type { Person } from "./streamers.ts";
import { games } from "./streams.ts";
import type { World } from "./world.ts";

const IDS_MOST = 100;

export interface ClipsRequest {
	query: URLSearchParams;
	nowMs: number;
	/** Which request it is, for the order to move by. */
	request: number;
	/** Whether it moves also when no fault says so. */
	movingOrder: boolean;
}

export function getClips(world: World, asked: ClipsRequest): Reply {
	const { query, nowMs, request, movingOrder } = asked;
	const broadcasterIds = query.getAll("broadcaster_id");
	const gameIds = query.getAll("game_id");
	const ids = query.getAll("id");
	const kinds = [broadcasterIds, gameIds, ids].filter((values) => values.length > 0).length;
	if (kinds === 0) {
		return refusal(400, "The id, game_id, or broadcaster_id query parameter is required.");
	}
	if (kinds > 1 || broadcasterIds.length > 1 || gameIds.length > 1) {
		return refusal(
			400,
			"The id, game_id, and broadcaster_id query parameters are mutually exclusive; you may specify only one of them.",
		);
	}
	if (ids.length > 0) return clipsWithIds(world, ids, nowMs);

	const first = decodeFirst(query);
	if (first instanceof BadParameter) return refusal(400, first.message);
	const offset = decodeAfter(query);
	if (offset instanceof BadParameter) return refusal(400, offset.message);
	const window = decodeWindow(query, nowMs);
	if (window instanceof BadParameter) return refusal(400, window.message);

	const [gameId] = gameIds;
	if (gameId !== undefined && !games.some(([id]) => id === gameId)) {
		return refusal(404, "The ID in game_id was not found.");
	}
	const found =
		gameId === undefined
			? clipsOfStreamer(world, broadcasterIds[0] ?? "", window, nowMs)
			: clipsOfGame(world, gameId, window, nowMs);
	// What is asked for most, and needs no page to be cut.
	if (found.length === 0 && !world.faults.isOn("empty-pages")) return emptyPage;
	const sorted = sortByViews(found, nowMs);
	const list = movingOrder ? moveNeighbours(sorted, world.seed, request) : sorted;
	const broadcasterId = broadcasterIds[0] ?? null;
	const page = new PageFaults(world.faults, world.seed).cut(list, {
		broadcasterId,
		offset,
		first,
		request,
	});
	return answer({ ...page, data: tellEntries(world, page.data, nowMs) });
}

/**
 * What can be listed of a streamer's window at most, most viewed first: without what is beyond the
 * thousandth place, deleted or no proper clip.
 */
export function listableClips(
	world: World,
	person: Person,
	window: Window,
	nowMs: number,
): ClipLife[] {
	const entries = world.entriesBetween(person, window.fromMs, window.toMs, nowMs);
	return sortByViews(entries, nowMs)
		.slice(0, LISTED_MOST)
		.filter((clip) => !isMalformed(clip) && !world.clipFaults.isDeleted(clip, nowMs));
}

/** The entries of a page as they are sent, and what a client can see of the bad days is counted. */
function tellEntries(world: World, entries: readonly ClipLife[], nowMs: number): unknown[] {
	const { faults, clipFaults } = world;
	const left = entries.filter((clip) => !clipFaults.isDeleted(clip, nowMs));
	for (let gone = entries.length - left.length; gone > 0; gone -= 1) faults.hit("deleted-clips");
	return left.map((clip) => {
		const told = clipFaults.describe(clip, nowMs);
		if (told.thumbnail_url !== clip.thumbnailUrl) faults.hit("broken-thumbnails");
		if (told.video_id === "" && clip.videoKnownAtMs <= nowMs) faults.hit("deleted-videos");
		if (!isMalformed(clip)) return told;
		faults.hit("malformed-clips");
		return clip.malformation.spoil(told);
	});
}

/** A streamer who does not exist has an empty list: Helix does not say 404 here. */
function clipsOfStreamer(world: World, id: string, window: Window, nowMs: number): ClipLife[] {
	const person = world.findById(id);
	if (person === undefined) return [];
	if (world.isProlific(person)) world.faults.hit("prolific");
	return world.entriesBetween(person, window.fromMs, window.toMs, nowMs, () =>
		world.faults.hit("late-clips"),
	);
}

/**
 * Looks at every active streamer: meant for a world of hundreds; with tens of thousands it takes
 * seconds.
 */
function clipsOfGame(world: World, gameId: string, window: Window, nowMs: number): ClipLife[] {
	return world.people.flatMap((person) =>
		world
			.entriesBetween(person, window.fromMs, window.toMs, nowMs)
			.filter((clip) => clip.gameId === gameId),
	);
}

/**
 * In the order asked for, each once; ids of no clip are silently missing. Window and page size mean
 * nothing here.
 */
function clipsWithIds(world: World, ids: readonly string[], nowMs: number): Reply {
	if (ids.length > IDS_MOST) {
		return refusal(400, `The number of id query parameters must not exceed ${IDS_MOST}.`);
	}
	const clips = [...new Set(ids)].map((id) => world.findClip(id, nowMs));
	const found = clips.filter((clip) => clip !== undefined);
	return answer({ data: tellEntries(world, found, nowMs), pagination: {} });
}
