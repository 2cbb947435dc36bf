import { describe, expect, test } from "vitest";
import { decodeClip } from "../../../src/twitch/clip.ts";
import { asked, helixClip, hourMs, windowFromMs, windowToMs } from "./helix-answers.ts";

describe("a clip is stored as Twitch told it", () => {
	test("all 17 fields arrive", () => {
		const sent = helixClip("AwkwardHelpless-x_1", {
			video_id: "205586603",
			vod_offset: 480,
			is_featured: true,
		});
		expect(decodeClip(sent, asked)).toEqual({
			ok: true,
			value: {
				clipId: "AwkwardHelpless-x_1",
				broadcasterId: "1001",
				broadcasterName: "山田",
				creatorId: "77",
				creatorName: "Viewer",
				videoId: "205586603",
				vodOffsetSeconds: 480,
				gameId: "32982",
				language: "ja",
				title: "Title of AwkwardHelpless-x_1",
				viewCount: 3,
				durationSeconds: 29.5,
				url: "https://clips.twitch.tv/AwkwardHelpless-x_1",
				embedUrl: "https://clips.twitch.tv/embed?clip=AwkwardHelpless-x_1",
				thumbnailUrl: "https://thumbnails.example/AwkwardHelpless-x_1-preview-480x272.jpg",
				isFeatured: true,
				createdAtMs: Date.parse("2026-11-23T12:00:00Z"),
			},
		});
	});

	test.each([
		["quotes", `He said "GG" and 'bye'`],
		["markup", `<script>alert(1)</script>`],
		["emoji", "😂🎉"],
		["right-to-left marks", "‮abc‏"],
	])("a title with %s stays as it is", (_, title) => {
		expect(decodeClip(helixClip("a", { title }), asked)).toMatchObject({ value: { title } });
	});

	test("half an emoji and a NUL, which no database gives back as they were, are replaced", () => {
		const sent = helixClip("a", { title: "half \ud83d, nul \0" });
		expect(decodeClip(sent, asked)).toMatchObject({ value: { title: "half \ufffd, nul \ufffd" } });
	});

	test("a thumbnail url of a broken shape is stored and not parsed", () => {
		const sent = helixClip("a", { thumbnail_url: "https://%{width}x%{height}" });
		expect(decodeClip(sent, asked)).toMatchObject({
			value: { thumbnailUrl: "https://%{width}x%{height}" },
		});
	});

	test.each([
		["creator_id", "creatorId", ""],
		["creator_name", "creatorName", ""],
		["video_id", "videoId", ""],
		["game_id", "gameId", ""],
		["language", "language", ""],
		["title", "title", ""],
		["url", "url", ""],
		["embed_url", "embedUrl", ""],
		["thumbnail_url", "thumbnailUrl", ""],
		["broadcaster_name", "broadcasterName", ""],
		["vod_offset", "vodOffsetSeconds", null],
		["is_featured", "isFeatured", false],
	])("a clip without %s is stored without it", (sent, stored, value) => {
		for (const missing of [undefined, null, { odd: true }]) {
			const decoded = decodeClip(helixClip("a", { [sent]: missing }), asked);
			expect(decoded).toMatchObject({ ok: true, value: { [stored]: value } });
		}
	});

	test.each([1e300, -1, 2.5, "480"])("a vod_offset of %s is as good as none", (vod_offset) => {
		expect(decodeClip(helixClip("a", { vod_offset }), asked)).toMatchObject({
			value: { vodOffsetSeconds: null },
		});
	});
});

describe("what cannot be stored is rejected with its reason", () => {
	test.each([null, undefined, 7, "clip", [], [helixClip("a")]])("%j is no clip", (value) => {
		expect(decodeClip(value, asked)).toEqual({ ok: false, error: "not_an_object" });
	});

	test.each([
		["bad_id", { id: undefined }],
		["bad_id", { id: "" }],
		["bad_id", { id: 12 }],
		["bad_id", { id: "a b" }],
		["bad_id", { id: "x".repeat(201) }],
		["wrong_broadcaster", { broadcaster_id: undefined }],
		["wrong_broadcaster", { broadcaster_id: "1002" }],
		["wrong_broadcaster", { broadcaster_id: 1001 }],
		["bad_created_at", { created_at: undefined }],
		["bad_created_at", { created_at: "" }],
		["bad_created_at", { created_at: "yesterday" }],
		["bad_created_at", { created_at: "2026-13-41T00:00:00Z" }],
		["bad_created_at", { created_at: 1_795_000_000 }],
		["bad_view_count", { view_count: undefined }],
		["bad_view_count", { view_count: "3" }],
		["bad_view_count", { view_count: -1 }],
		["bad_view_count", { view_count: 1e300 }],
		["bad_duration", { duration: undefined }],
		["bad_duration", { duration: Number.POSITIVE_INFINITY }],
		["bad_duration", { duration: -1 }],
		["too_long", { title: "x".repeat(10_001) }],
	])("%s: %j", (reason, overrides) => {
		expect(decodeClip(helixClip("a", overrides), asked)).toEqual({ ok: false, error: reason });
	});

	test("a clip made more than an hour outside the window is rejected, up to an hour it is taken", () => {
		const at = (ms: number) =>
			decodeClip(helixClip("a", { created_at: new Date(ms).toISOString() }), asked);
		expect(at(windowFromMs - hourMs).ok).toBe(true);
		expect(at(windowToMs + hourMs).ok).toBe(true);
		expect(at(windowFromMs - hourMs - 1)).toEqual({ ok: false, error: "outside_window" });
		expect(at(windowToMs + hourMs + 1)).toEqual({ ok: false, error: "outside_window" });
	});
});
