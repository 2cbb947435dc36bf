/**
 * Owns when an active streamer is on air: one stream a UTC day, decided by seed, streamer and day.
 * Clips are made during it, and its recording is the video that their `video_id` names later.
 */
import { type NonEmpty, Random } from "./random.ts";
import { MAX_STREAMERS, type Person } from "./streamers.ts";
import { makeStreamTitle } from "./titles.ts";

export const DAY_MS = 86_400_000;

/** Days since 1970 for an instant, UTC. */
export function dayOf(atMs: number): number {
	return Math.floor(atMs / DAY_MS);
}

export type Game = readonly [id: string, name: string];

/** Just Chatting: what a stream is filed under before and after its game. */
export const TALK_GAME_ID = "509658";

/** The ids are Twitch's own. The site is about the first, so most streams are. */
export const games: NonEmpty<Game> = [
	["32982", "Grand Theft Auto V"],
	[TALK_GAME_ID, "Just Chatting"],
	["27471", "Minecraft"],
	["516575", "VALORANT"],
	["511224", "Apex Legends"],
];

export interface Stream {
	startedAtMs: number;
	endedAtMs: number;
	game: Game;
	title: string;
	videoId: string;
	/** Viewers at its best moment. */
	peakViewers: number;
}

const MAIN_GAME_SHARE = 0.8;

/**
 * Half the streams are Japan's evenings (starting 18:00 to 22:00 there), the rest at any hour, so
 * that no hour of a demo is empty.
 */
const EVENING_SHARE = 0.5;
const EVENING_STARTS_AT_MS = 9 * 3_600_000;
const EVENING_SPREAD_MS = 4 * 3_600_000;

/**
 * Kept free at the end of the day, so that a burst of clips of the last scene is still made in it.
 */
const DAYS_END_MS = 5 * 60_000;

/** Above the video ids of the years before, and rising with the days as Twitch's do. */
const FIRST_VIDEO_ID = 1_500_000_000;
const FIRST_VIDEO_DAY = 16_000;

export function streamOn(seed: number, streamer: Person, day: number): Stream {
	const random = new Random(seed, streamer.index, day, 10);
	const lengthMs = random.between(4 * 60, 10 * 60) * 60_000;
	const latestStartMs = DAY_MS - DAYS_END_MS - lengthMs;
	const startMs = random.chance(EVENING_SHARE)
		? EVENING_STARTS_AT_MS + random.unit() * EVENING_SPREAD_MS
		: random.unit() * latestStartMs;
	// Whole seconds, as in everything that Twitch tells about time.
	const startedAtMs = day * DAY_MS + Math.floor(Math.min(startMs, latestStartMs) / 1000) * 1000;
	return {
		startedAtMs,
		endedAtMs: startedAtMs + lengthMs,
		game: random.chance(MAIN_GAME_SHARE) ? games[0] : random.pick(games),
		title: makeStreamTitle(random, streamer.language),
		videoId: videoIdOf(streamer.index, day),
		peakViewers: Math.round(30 / (0.002 + random.unit() ** 2)),
	};
}

/**
 * Unique for each streamer and day: an odd factor only shuffles the streamers within the day's
 * block.
 */
function videoIdOf(index: number, day: number): string {
	const place = Math.imul(index, 40_503) & (MAX_STREAMERS - 1);
	return String(FIRST_VIDEO_ID + (day - FIRST_VIDEO_DAY) * MAX_STREAMERS + place);
}

/** Rises to the peak in the middle and trembles a little every five minutes. */
export function viewersAt(seed: number, streamer: Person, stream: Stream, nowMs: number): number {
	const share = (nowMs - stream.startedAtMs) / (stream.endedAtMs - stream.startedAtMs);
	const tremble = 0.9 + 0.2 * new Random(seed, streamer.index, Math.floor(nowMs / 300_000)).unit();
	return Math.round(stream.peakViewers * (0.4 + 0.6 * Math.sin(Math.PI * share)) * tremble);
}
