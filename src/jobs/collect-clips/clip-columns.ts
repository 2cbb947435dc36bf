import type { Clip } from "../../twitch/clip.ts";

/** A clip as Twitch told it, and when Twitch was asked. */
export interface FetchedClip {
	readonly clip: Clip;
	readonly fetchedAtMs: number;
}

/** What a later fetch may do to a column. */
type Refresh =
	/** Nothing: the clip is found and counted by it, so it stays as it was first seen. */
	| "never"
	| "always"
	/** Replace it, but by nothing empty: video ids and offsets go away with their video, and a text left out is no news. */
	| "unless_empty";

interface ClipColumn {
	readonly name: string;
	readonly refresh: Refresh;
	readonly read: (clip: Clip) => string | number | null;
}

/**
 * The columns of `clips` that Twitch decides, in the order of a clip's JSON array in a bulk parameter.
 * What differs most often stands first among the refreshed ones, because comparing stops at the first difference.
 */
export const clipColumns: readonly ClipColumn[] = [
	{ name: "clip_id", refresh: "never", read: (clip) => clip.clipId },
	{ name: "broadcaster_id", refresh: "never", read: (clip) => clip.broadcasterId },
	{ name: "created_at_ms", refresh: "never", read: (clip) => clip.createdAtMs },
	{ name: "view_count", refresh: "always", read: (clip) => clip.viewCount },
	{ name: "video_id", refresh: "unless_empty", read: (clip) => clip.videoId },
	{ name: "vod_offset_seconds", refresh: "unless_empty", read: (clip) => clip.vodOffsetSeconds },
	{ name: "title", refresh: "unless_empty", read: (clip) => clip.title },
	{ name: "thumbnail_url", refresh: "unless_empty", read: (clip) => clip.thumbnailUrl },
	{ name: "broadcaster_name", refresh: "unless_empty", read: (clip) => clip.broadcasterName },
	{ name: "creator_id", refresh: "unless_empty", read: (clip) => clip.creatorId },
	{ name: "creator_name", refresh: "unless_empty", read: (clip) => clip.creatorName },
	{ name: "game_id", refresh: "unless_empty", read: (clip) => clip.gameId },
	{ name: "language", refresh: "unless_empty", read: (clip) => clip.language },
	{ name: "duration_seconds", refresh: "always", read: (clip) => clip.durationSeconds },
	{ name: "url", refresh: "unless_empty", read: (clip) => clip.url },
	{ name: "embed_url", refresh: "unless_empty", read: (clip) => clip.embedUrl },
	{ name: "is_featured", refresh: "always", read: (clip) => (clip.isFeatured ? 1 : 0) },
];

/** One clip as an array: the columns above, and last `fetched_at_ms`. */
export function clipRow({ clip, fetchedAtMs }: FetchedClip): (string | number | null)[] {
	const row = clipColumns.map((column) => column.read(clip));
	row.push(fetchedAtMs);
	return row;
}
