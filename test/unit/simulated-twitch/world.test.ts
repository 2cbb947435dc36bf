import { describe, expect, it } from "vitest";
import { clipsOfAll, DAY_MS, idsOf, NOW_MS, start } from "./client.ts";

describe("the world", () => {
	it("is the same for the same seed and clock, and another for another seed", async () => {
		const [one, same, other] = [await start(), await start(), await start({ seed: 2 })];
		expect(same.streamers).toEqual(one.streamers);
		expect(clipsOfAll(same, NOW_MS - DAY_MS, NOW_MS)).toEqual(
			clipsOfAll(one, NOW_MS - DAY_MS, NOW_MS),
		);
		expect(other.streamers.map((s) => s.id)).not.toEqual(one.streamers.map((s) => s.id));
	});

	it("keeps its first streamers when it gets larger", async () => {
		const [small, large] = [await start(), await start({ streamers: 5_000 })];
		expect(large.streamers.slice(0, 200)).toEqual(small.streamers);
	});

	it("has a quarter active, and ids and logins that are legal and unique", async () => {
		const { streamers } = await start({ streamers: 20_000 });
		expect(streamers.filter((one) => one.active)).toHaveLength(5_000);
		expect(new Set(streamers.map((one) => one.id)).size).toBe(20_000);
		expect(new Set(streamers.map((one) => one.login)).size).toBe(20_000);
		expect(streamers.filter((one) => !/^[a-z0-9][a-z0-9_]{3,24}$/.test(one.login))).toEqual([]);
		expect(streamers.filter((one) => !/^[1-9]\d{7,9}$/.test(one.id))).toEqual([]);
		expect(
			streamers.filter((one) => /[ぁ-んァ-ヶ一-龠]/.test(one.displayName)).length,
		).toBeGreaterThan(8_000);
	});

	it("has 10 to 30 clips of each active streamer on a whole day and none of the others", async () => {
		const twitch = await start();
		const midnightMs = NOW_MS - (NOW_MS % DAY_MS);
		for (const { id, active } of twitch.streamers) {
			const count = twitch.truth(id, midnightMs - DAY_MS, midnightMs).length;
			if (active) expect(count).toSatisfy((n: number) => n >= 10 && n <= 30);
			else expect(count).toBe(0);
		}
	});

	it("gives clips all 17 fields, and ids that are unique over a month", async () => {
		const twitch = await start();
		const clips = clipsOfAll(twitch, NOW_MS - 30 * DAY_MS, NOW_MS);
		expect(new Set(idsOf(clips)).size).toBe(clips.length);
		expect(Object.keys(clips[0] ?? {}).join()).toBe(
			"id,url,embed_url,broadcaster_id,broadcaster_name,creator_id,creator_name,video_id,game_id," +
				"language,title,view_count,created_at,thumbnail_url,duration,vod_offset,is_featured",
		);
		for (const clip of clips) {
			expect(clip.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
			expect(String(clip.duration)).toMatch(/^\d{1,2}(\.\d)?$/);
		}
		const hosts = new Set(clips.map((clip) => clip.thumbnail_url.split("/").slice(0, 4).join("/")));
		expect(hosts.size).toBeGreaterThan(4);
	});

	it("has titles with markup, quotes, emoji, direction marks and backslashes, and no line break", async () => {
		const titles = clipsOfAll(await start(), NOW_MS - 7 * DAY_MS, NOW_MS).map((clip) => clip.title);
		const nasties = [/<script>alert\(1\)<\/script>/, /"/, /'/, /\p{Emoji_Presentation}/u, /\\/];
		for (const nasty of [...nasties, /\u202e/, /\u200f/, /[ぁ-ん]/]) {
			expect(
				titles.some((title) => nasty.test(title)),
				String(nasty),
			).toBe(true);
		}
		expect(titles.filter((title) => /[\r\n]/.test(title) || title.length > 140)).toEqual([]);
	});
});
