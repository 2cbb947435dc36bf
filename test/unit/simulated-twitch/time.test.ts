import { describe, expect, it } from "vitest";
import type { SimulatedClip } from "../../support/twitch/server.ts";
import {
	activeId,
	byId,
	clipsOfAll,
	DAY_MS,
	HOUR_MS,
	idsOf,
	lastDay,
	listPages,
	MINUTE_MS,
	NOW_MS,
	start,
} from "./client.ts";

describe("time", () => {
	it("stands still: two listings by a frozen clock hold identical data", async () => {
		const twitch = await start();
		const query = { broadcaster_id: activeId(twitch), ...lastDay };
		const [first, second] = [await listPages(twitch, query), await listPages(twitch, query)];
		expect(byId(first.flat())).toEqual(byId(second.flat()));
		expect(first.flat().length).toBeGreaterThan(5);
	});

	it("brings new clips some seconds to minutes after they were made", async () => {
		const twitch = await start();
		const before = clipsOfAll(twitch, NOW_MS - DAY_MS, NOW_MS);
		twitch.setNow(NOW_MS + 10 * MINUTE_MS);
		const after = clipsOfAll(twitch, NOW_MS - DAY_MS, NOW_MS);
		// Made before the first look and listed only since: what a collector must overlap its windows for.
		const late = after.length - before.length;
		expect(late).toBeGreaterThan(0);
		expect(idsOf(after)).toEqual(expect.arrayContaining(idsOf(before)));
		expect(clipsOfAll(twitch, NOW_MS, NOW_MS + HOUR_MS).length).toBeGreaterThan(0);
	});

	it("lets views grow and never fall, and new clips begin with none", async () => {
		const twitch = await start();
		const window = [NOW_MS - 2 * DAY_MS, NOW_MS] as const;
		const before = new Map(clipsOfAll(twitch, ...window).map((clip) => [clip.id, clip]));
		const newest = clipsOfAll(twitch, NOW_MS - 5 * MINUTE_MS, NOW_MS);
		expect(newest.every((clip) => clip.view_count < 50)).toBe(true);
		twitch.setNow(NOW_MS + HOUR_MS);
		const grown = clipsOfAll(twitch, ...window).map(
			(clip) => clip.view_count - (before.get(clip.id)?.view_count ?? 0),
		);
		expect(Math.min(...grown)).toBe(0);
		expect(Math.max(...grown)).toBeGreaterThan(10);
	});

	it("fills in video and offset together, 10 to 60 minutes after the clip was made", async () => {
		const twitch = await start();
		const known = (clip: SimulatedClip): boolean => clip.video_id !== "";
		const clips = clipsOfAll(twitch, NOW_MS - DAY_MS, NOW_MS);
		expect(clips.every((clip) => known(clip) === (clip.vod_offset !== null))).toBe(true);
		const ageMs = (clip: SimulatedClip): number => NOW_MS - Date.parse(clip.created_at);
		expect(clips.filter((clip) => known(clip) && ageMs(clip) < 10 * MINUTE_MS)).toEqual([]);
		expect(clips.filter((clip) => !known(clip) && ageMs(clip) > HOUR_MS)).toEqual([]);
		const unknown = clips.filter((clip) => !known(clip));
		expect(unknown.length).toBeGreaterThan(0);
		twitch.setNow(NOW_MS + HOUR_MS);
		const later = new Map(
			clipsOfAll(twitch, NOW_MS - DAY_MS, NOW_MS).map((clip) => [clip.id, clip]),
		);
		for (const clip of unknown) expect(later.get(clip.id)?.video_id).toMatch(/^\d+$/);
	});
});
