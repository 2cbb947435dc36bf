/**
 * Owns the ways in which an entry of a listing is no proper clip: each of the 17 fields missing,
 * null, of a wrong type or with an alien value, and entries that are no objects. Pure.
 */
import type { SimulatedClip } from "../clips.ts";

export interface Malformation {
	/** Null for an entry that is no object. */
	readonly field: keyof SimulatedClip | null;
	/** In a word or two, such as `missing` or a value. */
	readonly way: string;
	/**
	 * Whether what is left is still one clip of one streamer at a known time, with a number of views
	 * and a length: a client may keep it. Of the others it must not keep anything.
	 */
	readonly usable: boolean;
	readonly spoil: (clip: SimulatedClip) => unknown;
}

const hasToBeRight = ["id", "broadcaster_id", "created_at", "view_count", "duration"];

/** Alien values in addition to `missing` and `null`, which every field gets. */
const aliens: { readonly [Field in keyof SimulatedClip]: readonly unknown[] } = {
	id: [42, "", "two words", "x".repeat(300), "ねこ", { id: "x" }],
	url: [7, "javascript:alert(1)"],
	embed_url: [[], "//clips.twitch.tv/\\embed"],
	broadcaster_id: [1, "", "12826"],
	broadcaster_name: [{}, "\ud800 half an emoji", "a\0b"],
	creator_id: [13, "-1"],
	creator_name: [["a", "b"], "\u202egnp.exe"],
	video_id: [2_345_678_901, "none"],
	game_id: [32_982, "Grand Theft Auto V"],
	language: [1, "xx-klingon-".repeat(20)],
	title: [{ text: "title" }, "\udfff\0\u0001", "long ".repeat(4_000)],
	view_count: ["12", -1, 1.5, 2 ** 53, 1e300, true],
	created_at: ["", "yesterday", 1_795_453_200, "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z"],
	thumbnail_url: [404, { "480x272": "" }],
	duration: ["30", -5, [30]],
	vod_offset: ["120", -3, 1.5, {}],
	is_featured: ["yes", 1],
};

const noObjects: readonly unknown[] = [null, "clip", 42, [], {}];

export const malformations: readonly Malformation[] = [
	...Object.entries(aliens).flatMap(([name, values]) => {
		const field = name as keyof SimulatedClip;
		// Twitch itself says null for the offset of a video that is not known yet.
		const nothing = field === "vod_offset" ? [] : [null];
		const usable = !hasToBeRight.includes(field);
		return [
			{ field, way: "missing", usable, spoil: (clip: SimulatedClip) => without(clip, field) },
			...[...nothing, ...values].map((value) => ({
				field,
				way: JSON.stringify(value).slice(0, 30),
				usable,
				spoil: (clip: SimulatedClip) => ({ ...clip, [field]: value }),
			})),
		];
	}),
	...noObjects.map((entry) => ({
		field: null,
		way: JSON.stringify(entry),
		usable: false,
		spoil: () => entry,
	})),
];

function without(clip: SimulatedClip, field: keyof SimulatedClip): unknown {
	return Object.fromEntries(Object.entries(clip).filter(([name]) => name !== field));
}
