/**
 * Owns what a clip is and how it ages. Pure: a day's clips follow from seed, streamer and day, and
 * what Twitch says of one of them follows from the clip and `nowMs` alone, never from how often it
 * was asked.
 */
import { clipIdOf } from "./clip-id.ts";
import { hash, Random } from "./random.ts";
import type { Person, Viewer } from "./streamers.ts";
import { DAY_MS, type Stream, streamOn, TALK_GAME_ID } from "./streams.ts";
import { makeThumbnailUrl } from "./thumbnails.ts";
import { makeClipTitle } from "./titles.ts";

/** A clip as Get Clips gives it: Helix's 17 fields, in Helix's order. */
export interface SimulatedClip {
	id: string;
	url: string;
	embed_url: string;
	broadcaster_id: string;
	broadcaster_name: string;
	creator_id: string;
	creator_name: string;
	video_id: string;
	game_id: string;
	language: string;
	title: string;
	view_count: number;
	created_at: string;
	thumbnail_url: string;
	duration: number;
	vod_offset: number | null;
	is_featured: boolean;
}

/** All that ever happens to one clip on a good day, known from its first second. */
export interface ClipLife {
	id: string;
	/** Decides what the bad days do to it. */
	lot: number;
	streamer: Person;
	creator: Viewer;
	createdAtMs: number;
	/** From then on Twitch lists it. */
	listedAtMs: number;
	/** From then on `video_id` and `vod_offset` are filled in. */
	videoKnownAtMs: number;
	videoId: string;
	vodOffsetSeconds: number;
	gameId: string;
	title: string;
	thumbnailUrl: string;
	durationSeconds: number;
	featured: boolean;
	/** Views that it approaches and never reaches. */
	viewsInTheEnd: number;
	/** Age at which it has half of them. */
	halfLifeMs: number;
}

/** Clips an active streamer makes on one UTC day, fewest and most. */
export const CLIPS_A_DAY = [10, 30] as const;

/** Seconds until a new clip is listed, fewest and most. Twitch promises no bound. */
const LISTING_LAG_SECONDS = [5, 240] as const;

/** Minutes until a clip knows its video, fewest and most. */
const VIDEO_LAG_MINUTES = [10, 60] as const;

/**
 * How often a clip shows the same scene as the one before it: several viewers press the button at
 * once.
 */
const SAME_SCENE_SHARE = 0.25;

const FEATURED_SHARE = 0.04;

const MOST_VIEWS = 250_000;

/** The clips of one streamer's day, oldest first; an inactive streamer has none. */
export function makeClipDay(
	seed: number,
	streamer: Person,
	day: number,
	viewers: readonly [Viewer, ...Viewer[]],
): readonly ClipLife[] {
	if (!streamer.active) return [];
	const stream = streamOn(seed, streamer, day);
	const random = new Random(seed, streamer.index, day, 11);
	return makeTimes(random, stream, (day + 1) * DAY_MS).map((createdAtMs, number) =>
		makeClip({ seed, streamer, stream, day, number, createdAtMs, viewers }),
	);
}

function makeTimes(random: Random, stream: Stream, dayEndsAtMs: number): number[] {
	const seconds = (stream.endedAtMs - stream.startedAtMs) / 1000;
	const times: number[] = [];
	let latest = stream.startedAtMs;
	for (let left = random.between(...CLIPS_A_DAY); left > 0; left -= 1) {
		const sameScene = times.length > 0 && random.chance(SAME_SCENE_SHARE);
		latest = sameScene
			? Math.min(latest + random.between(1, 45) * 1000, dayEndsAtMs - 1000)
			: stream.startedAtMs + random.between(60, seconds - 1) * 1000;
		times.push(latest);
	}
	return times.sort((a, b) => a - b);
}

export interface ClipOrigin {
	seed: number;
	streamer: Person;
	stream: Stream;
	day: number;
	/** Among the clips of its streamer's day. */
	number: number;
	createdAtMs: number;
	viewers: readonly [Viewer, ...Viewer[]];
}

export function makeClip(origin: ClipOrigin): ClipLife {
	const { seed, streamer, stream, day, number, createdAtMs } = origin;
	const random = new Random(seed, streamer.index, day, number, 12);
	const id = clipIdOf(seed, { streamerIndex: streamer.index, day, number });
	const durationSeconds = random.chance(0.4) ? 30 : random.between(50, 600) / 10;
	const intoStreamSeconds = (createdAtMs - stream.startedAtMs) / 1000;
	return {
		id,
		lot: hash(seed, streamer.index, day, number, 13),
		streamer,
		creator: random.pick(origin.viewers),
		createdAtMs,
		listedAtMs: createdAtMs + random.between(...LISTING_LAG_SECONDS) * 1000,
		videoKnownAtMs: createdAtMs + random.between(...VIDEO_LAG_MINUTES) * 60_000,
		videoId: stream.videoId,
		vodOffsetSeconds: Math.max(0, Math.floor(intoStreamSeconds - durationSeconds)),
		// A tenth of them are from the talk before and after the game.
		gameId: random.chance(0.1) ? TALK_GAME_ID : stream.game[0],
		title: makeClipTitle(random, streamer.language, stream.title),
		thumbnailUrl: makeThumbnailUrl(random, id, stream.videoId, intoStreamSeconds),
		durationSeconds,
		featured: random.chance(FEATURED_SHARE),
		// A long tail: half the clips stay below 13 views, one in a hundred passes a thousand.
		viewsInTheEnd: Math.min(MOST_VIEWS, 6 * (1 - random.unit()) ** -1.1),
		halfLifeMs: random.between(2, 72) * 3_600_000,
	};
}

/** Never falls as time passes; 0 for a clip just made. */
export function viewsAt(clip: ClipLife, nowMs: number): number {
	const ageMs = Math.max(0, nowMs - clip.createdAtMs);
	return Math.floor((clip.viewsInTheEnd * ageMs) / (ageMs + clip.halfLifeMs));
}

/** What Helix says of the clip at this moment. */
export function describeClip(clip: ClipLife, nowMs: number): SimulatedClip {
	const videoKnown = clip.videoKnownAtMs <= nowMs;
	return {
		id: clip.id,
		url: `https://clips.twitch.tv/${clip.id}`,
		embed_url: `https://clips.twitch.tv/embed?clip=${clip.id}`,
		broadcaster_id: clip.streamer.id,
		broadcaster_name: clip.streamer.displayName,
		creator_id: clip.creator.id,
		creator_name: clip.creator.displayName,
		video_id: videoKnown ? clip.videoId : "",
		game_id: clip.gameId,
		language: clip.streamer.language,
		title: clip.title,
		view_count: viewsAt(clip, nowMs),
		created_at: `${new Date(clip.createdAtMs).toISOString().slice(0, 19)}Z`,
		thumbnail_url: clip.thumbnailUrl,
		duration: clip.durationSeconds,
		vod_offset: videoKnown ? clip.vodOffsetSeconds : null,
		is_featured: clip.featured,
	};
}
