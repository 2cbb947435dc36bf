import type { SimulatedClip } from "../support/twitch/clips.ts";
import { breakThumbnail } from "../support/twitch/faults/clip-faults.ts";
import type { Random } from "../support/twitch/random.ts";
import { makeThumbnailUrl } from "../support/twitch/thumbnails.ts";
import { makeClipTitle } from "../support/twitch/titles.ts";

/** A clip's life, known from its first second; what Twitch says of it follows from the time alone. */
export interface ClipLife {
	readonly clipId: string;
	readonly broadcasterId: string;
	readonly createdAtMs: number;
	/** When Twitch lists it first. */
	readonly listedFromMs: number;
	/** When Twitch knows which video it is of. */
	readonly videoFromMs: number;
	readonly msPerView: number;
	readonly title: string;
	readonly thumbnailUrl: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** One clip made an hour before; it is listed, and nothing is strange about it. */
export function makePlainClip(broadcasterId: string, number: number, startMs: number): ClipLife {
	const createdAtMs = startMs - hourMs;
	return {
		clipId: `Clip-${broadcasterId}-${number}`,
		broadcasterId,
		createdAtMs,
		listedFromMs: createdAtMs,
		videoFromMs: createdAtMs,
		msPerView: minuteMs,
		title: "A clip",
		thumbnailUrl: "https://example.com/thumbnail.jpg",
	};
}

/** @param lastsMs how long new clips keep coming */
export function makeClip(
	random: Random,
	broadcasterId: string,
	number: number,
	startMs: number,
	lastsMs: number,
): ClipLife {
	const madeAtMs = startMs - 5 * hourMs + random.below(5 * hourMs + lastsMs);
	const createdAtMs = Math.floor(madeAtMs / 1_000) * 1_000;
	const clipId = `Clip-${broadcasterId}-${number}`;
	const thumbnailUrl = makeThumbnailUrl(random, clipId, "1", 60);
	return {
		clipId,
		broadcasterId,
		createdAtMs,
		listedFromMs: createdAtMs + random.below(random.pick([10, 10, 180]) * minuteMs),
		videoFromMs: createdAtMs + random.between(10, 60) * minuteMs,
		msPerView: random.pick([5_000, minuteMs, 15 * minuteMs]),
		title: makeClipTitle(random, random.pick(["ja", "en"]), "a stream"),
		thumbnailUrl: random.chance(0.2) ? breakThumbnail(random, thumbnailUrl) : thumbnailUrl,
	};
}

export function viewsAt({ createdAtMs, msPerView }: ClipLife, nowMs: number): number {
	return Math.max(0, Math.floor((nowMs - createdAtMs) / msPerView));
}

/** What Twitch says of it at this moment. Some streamers rename their clips every seven hours. */
export function describeClip(clip: ClipLife, nowMs: number): SimulatedClip {
	const { clipId, broadcasterId, createdAtMs } = clip;
	const knowsVideo = clip.videoFromMs <= nowMs;
	return {
		id: clipId,
		url: `https://example.com/${clipId}`,
		embed_url: `https://example.com/embed/${clipId}`,
		broadcaster_id: broadcasterId,
		broadcaster_name: "Name",
		creator_id: "1",
		creator_name: "Creator",
		video_id: knowsVideo ? "2345678901" : "",
		game_id: "32982",
		language: "ja",
		title: `${clip.title} ${Math.floor((nowMs - createdAtMs) / (7 * hourMs))}`,
		view_count: viewsAt(clip, nowMs),
		created_at: new Date(createdAtMs).toISOString(),
		thumbnail_url: clip.thumbnailUrl,
		duration: 30,
		vod_offset: knowsVideo ? 60 : null,
		is_featured: false,
	};
}
