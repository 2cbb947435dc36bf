/**
 * Owns what the bad days do to single clips: which come late, which go, and what is told of them.
 * Pure but for the switches: the same clip meets the same fate whoever looks at it, which is why
 * looking is not counted here.
 */
import { type ClipLife, describeClip, type SimulatedClip } from "../clips.ts";
import { Random } from "../random.ts";
import type { FaultSwitches } from "./switches.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const LATE_SHARE = 1 / 10;
const LATE_MINUTES = [30, 180] as const;

const DELETED_SHARE = 1 / 12;
const DELETED_AFTER_HOURS = [1, 48] as const;

const VIDEO_DELETED_SHARE = 1 / 5;
const VIDEO_DELETED_AFTER_HOURS = [6, 24] as const;

const BROKEN_THUMBNAIL_SHARE = 1 / 5;

export class ClipFaults {
	readonly #switches: FaultSwitches;

	constructor(switches: FaultSwitches) {
		this.#switches = switches;
	}

	/** Whether Twitch has put it into its listings by now; a deleted one keeps its place there. */
	isListed(clip: ClipLife, nowMs: number): boolean {
		return clip.listedAtMs <= nowMs && !this.isHeldBack(clip, nowMs);
	}

	/** Whether it comes so late that it is not listed yet. */
	isHeldBack(clip: ClipLife, nowMs: number): boolean {
		const random = new Random(clip.lot, 70);
		if (!this.#isOnFor("late-clips", clip) || !random.chance(LATE_SHARE)) return false;
		return clip.createdAtMs + random.between(...LATE_MINUTES) * MINUTE_MS > nowMs;
	}

	isDeleted(clip: ClipLife, nowMs: number): boolean {
		const random = new Random(clip.lot, 71);
		if (!this.#isOnFor("deleted-clips", clip) || !random.chance(DELETED_SHARE)) return false;
		return clip.createdAtMs + random.between(...DELETED_AFTER_HOURS) * HOUR_MS <= nowMs;
	}

	/** A well-formed clip as Helix tells it: what a database should hold of it. */
	describe(clip: ClipLife, nowMs: number): SimulatedClip {
		const told = describeClip(clip, nowMs);
		if (this.#isVideoDeleted(clip, nowMs)) {
			told.video_id = "";
			told.vod_offset = null;
		}
		const random = new Random(clip.lot, 73);
		if (this.#isOnFor("broken-thumbnails", clip) && random.chance(BROKEN_THUMBNAIL_SHARE)) {
			told.thumbnail_url = breakThumbnail(random, told.thumbnail_url);
		}
		return told;
	}

	#isVideoDeleted(clip: ClipLife, nowMs: number): boolean {
		// The lot of the video and not of the clip: all clips of a stream lose it.
		const random = new Random(Number(clip.videoId) | 0, 72);
		if (!this.#isOnFor("deleted-videos", clip) || !random.chance(VIDEO_DELETED_SHARE)) return false;
		const afterMs = random.between(...VIDEO_DELETED_AFTER_HOURS) * HOUR_MS;
		return clip.createdAtMs + afterMs <= nowMs;
	}

	#isOnFor(
		name: "late-clips" | "deleted-clips" | "deleted-videos" | "broken-thumbnails",
		clip: ClipLife,
	): boolean {
		return this.#switches.isOnFor(name, clip.streamer.id);
	}
}

export function breakThumbnail(random: Random, url: string): string {
	return random.pick([
		"",
		url.slice(0, 31),
		url.replace(/-?preview.*$/, "-preview-%{width}x%{height}.jpg"),
		url.replace("https:", ""),
		"https://clips-media-assets2.twitch.tv/undefined-preview-480x272.jpg",
		"none yet 🖼 <img src=x>",
	]);
}
