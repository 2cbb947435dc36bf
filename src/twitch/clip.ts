import { err, ok, type Result } from "../domain/result.ts";
import { isRecord } from "./answer.ts";

/** One clip as Get Clips tells it: its 17 fields. */
export interface Clip {
	/** Printable ASCII without spaces, 1 to 200 characters. */
	readonly clipId: string;
	readonly broadcasterId: string;
	readonly broadcasterName: string;
	readonly creatorId: string;
	readonly creatorName: string;
	/** Empty until Twitch knows the video, and again after the video was deleted. */
	readonly videoId: string;
	/** Seconds into the video; null like `videoId`. */
	readonly vodOffsetSeconds: number | null;
	readonly gameId: string;
	readonly language: string;
	readonly title: string;
	readonly viewCount: number;
	/** With one decimal. */
	readonly durationSeconds: number;
	readonly url: string;
	readonly embedUrl: string;
	/** As it is: it has had four shapes and some broken ones, and is never parsed. */
	readonly thumbnailUrl: string;
	readonly isFeatured: boolean;
	readonly createdAtMs: number;
}

/** What was asked for: a clip that does not fit is not stored. Epoch milliseconds. */
export interface AskedClips {
	readonly broadcasterId: string;
	readonly fromMs: number;
	readonly toMs: number;
}

/** Why a clip cannot be stored, with what an operator should know of it. */
export const clipRejections = {
	not_an_object: "Twitch listed something that is no object.",
	bad_id: "Twitch listed a clip without a usable id.",
	wrong_broadcaster: "Twitch listed a clip of a streamer who was not asked for.",
	bad_created_at: "Twitch listed a clip without a readable created_at.",
	outside_window:
		"Twitch listed a clip that was made more than an hour outside the window asked for.",
	bad_view_count: "Twitch listed a clip whose view_count is no whole number.",
	bad_duration: "Twitch listed a clip whose duration is no number.",
	too_long: "Twitch listed a clip with a text of more than 10,000 characters.",
} as const;
export type ClipRejection = keyof typeof clipRejections;

/** Milliseconds by which a clip may lie outside the asked window: Twitch rounds edges. What a run left is recounted within the same span. */
export const clipWindowSlackMs = 3_600_000;

const clipId = /^[\x21-\x7e]{1,200}$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
/** A bulk statement takes all clips or none, so one endless title must not get there. Twitch's titles have 140. */
const textCharactersMax = 10_000;

/**
 * Each clip on its own, so that a bad one does not lose the other 99.
 *
 * A missing text becomes the empty one, which never overwrites a known one; a missing `vod_offset` is null.
 * Without a number of views or seconds the clip is rejected: 0 would overwrite what is known, on every page.
 */
export function decodeClip(value: unknown, asked: AskedClips): Result<Clip, ClipRejection> {
	if (!isRecord(value)) return err("not_an_object");
	const id = findClipId(value);
	if (id === undefined) return err("bad_id");
	if (value["broadcaster_id"] !== asked.broadcasterId) return err("wrong_broadcaster");
	const createdAtMs = decodeTime(value["created_at"]);
	if (createdAtMs === undefined) return err("bad_created_at");
	if (
		createdAtMs < asked.fromMs - clipWindowSlackMs ||
		createdAtMs > asked.toMs + clipWindowSlackMs
	) {
		return err("outside_window");
	}
	const viewCount = value["view_count"];
	if (!isCount(viewCount)) return err("bad_view_count");
	const duration = value["duration"];
	if (typeof duration !== "number" || !Number.isFinite(duration) || duration < 0) {
		return err("bad_duration");
	}
	const vodOffset = value["vod_offset"];
	const clip: Clip = {
		clipId: id,
		broadcasterId: asked.broadcasterId,
		broadcasterName: decodeText(value["broadcaster_name"]),
		creatorId: decodeText(value["creator_id"]),
		creatorName: decodeText(value["creator_name"]),
		videoId: decodeText(value["video_id"]),
		vodOffsetSeconds: isCount(vodOffset) ? vodOffset : null,
		gameId: decodeText(value["game_id"]),
		language: decodeText(value["language"]),
		title: decodeText(value["title"]),
		viewCount,
		durationSeconds: duration,
		url: decodeText(value["url"]),
		embedUrl: decodeText(value["embed_url"]),
		thumbnailUrl: decodeText(value["thumbnail_url"]),
		isFeatured: value["is_featured"] === true,
		createdAtMs,
	};
	return hasLongText(clip) ? err("too_long") : ok(clip);
}

/** The id of what may be a clip; undefined when it has none that could be stored. */
export function findClipId(value: unknown): string | undefined {
	const id = isRecord(value) ? value["id"] : undefined;
	return typeof id === "string" && clipId.test(id) ? id : undefined;
}

function decodeTime(value: unknown): number | undefined {
	if (typeof value !== "string" || !rfc3339.test(value)) return undefined;
	const atMs = Date.parse(value);
	return Number.isNaN(atMs) ? undefined : atMs;
}

function decodeText(value: unknown): string {
	if (typeof value !== "string") return "";
	// Half an emoji or a NUL would come out of the database as something else than went in.
	return value.toWellFormed().replaceAll("\0", "\ufffd");
}

/** What an INTEGER column takes: a larger number would become a REAL and fail the whole statement. */
function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function hasLongText(clip: Clip): boolean {
	return Object.values(clip).some(
		(value) => typeof value === "string" && value.length > textCharactersMax,
	);
}
