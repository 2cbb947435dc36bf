/** Owns `GET /helix/clips`: by streamer, by game, or by ids. */
import { type ClipLife, describeClip } from "./clips.ts";
import { LISTED_MOST, moveNeighbours, pageOf, sortByViews } from "./listing.ts";
import { BadParameter, decodeAfter, decodeFirst, decodeWindow, type Window } from "./parameters.ts";
import { answer, emptyPage, type Reply, refusal } from "./reply.ts";
import { games } from "./streams.ts";
import type { World } from "./world.ts";

const IDS_MOST = 100;

export interface ClipsRequest {
	query: URLSearchParams;
	nowMs: number;
	/** Which request it is, for the order to move by; null keeps the order exact. */
	request: number | null;
}

export function getClips(world: World, { query, nowMs, request }: ClipsRequest): Reply {
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
	if (found.length === 0) return emptyPage;
	const sorted = sortByViews(found, nowMs);
	const list = request === null ? sorted : moveNeighbours(sorted, world.seed, request);
	const page = pageOf(list.slice(0, LISTED_MOST), offset, first);
	return answer({ ...page, data: page.data.map((clip) => describeClip(clip, nowMs)) });
}

/** A streamer who does not exist has an empty list: Helix does not say 404 here. */
function clipsOfStreamer(world: World, id: string, window: Window, nowMs: number): ClipLife[] {
	const person = world.findById(id);
	return person ? world.clipsBetween(person, window.fromMs, window.toMs, nowMs) : [];
}

/**
 * Looks at every active streamer: meant for a world of hundreds; with tens of thousands it takes
 * seconds.
 */
function clipsOfGame(world: World, gameId: string, window: Window, nowMs: number): ClipLife[] {
	return world.people.flatMap((person) =>
		world
			.clipsBetween(person, window.fromMs, window.toMs, nowMs)
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
	const data = clips.filter((clip) => clip !== undefined).map((clip) => describeClip(clip, nowMs));
	return answer({ data, pagination: {} });
}
