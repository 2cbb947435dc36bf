import { describe, expect, it } from "vitest";
import type { SimulatedClip, SimulatedTwitch } from "../../support/twitch/server.ts";
import {
	clipsOfAll,
	DAY_MS,
	HOUR_MS,
	idsOf,
	type ListedPage,
	NOW_MS,
	rfc,
	signIn,
	start,
} from "./client.ts";

const fromMs = Date.UTC(2026, 10, 21);
const toMs = Date.UTC(2026, 10, 23);

async function findById(twitch: SimulatedTwitch, id: string): Promise<SimulatedClip[]> {
	const answer = await (await signIn(twitch))("/clips", { id });
	return ((await answer.json()) as ListedPage).data;
}

/** Every streamer's clips of two days: on a good day, and under the faults. */
async function compare(faults: Parameters<SimulatedTwitch["setFaults"]>[0]) {
	const twitch = await start();
	const good = clipsOfAll(twitch, fromMs, NOW_MS);
	twitch.setFaults(faults);
	const bad = clipsOfAll(twitch, fromMs, NOW_MS);
	return { twitch, good, bad };
}

describe("late-clips", () => {
	it("keep one clip in ten away for some hours, and then it is there", async () => {
		const { twitch, good, bad } = await compare(["late-clips"]);
		const missing = good.filter((clip) => !idsOf(bad).includes(clip.id));
		expect(missing.length).toBeGreaterThan(3);
		expect(missing.every((clip) => Date.parse(clip.created_at) > NOW_MS - 3 * HOUR_MS)).toBe(true);
		expect(await findById(twitch, missing[0]?.id ?? "")).toEqual([]);
		twitch.setNow(NOW_MS + 3 * HOUR_MS);
		expect(idsOf(clipsOfAll(twitch, fromMs, NOW_MS))).toEqual(
			expect.arrayContaining(idsOf(missing)),
		);
	});
});

describe("deleted-clips", () => {
	it("are gone from truth, listings and ids, and leave a short page", async () => {
		const { twitch, good, bad } = await compare(["deleted-clips"]);
		const gone = good.filter((clip) => !idsOf(bad).includes(clip.id));
		expect(gone.length / good.length).toBeGreaterThan(0.02);
		expect(gone.length / good.length).toBeLessThan(0.1);
		expect(await findById(twitch, gone[0]?.id ?? "")).toEqual([]);
		const get = await signIn(twitch);
		const query = { started_at: rfc(fromMs), ended_at: rfc(NOW_MS), first: 10 };
		const sizes: number[] = [];
		for (const id of new Set(gone.map((clip) => clip.broadcaster_id))) {
			const page = (await (
				await get("/clips", { broadcaster_id: id, ...query })
			).json()) as ListedPage;
			expect(page.data.filter((clip) => idsOf(gone).includes(clip.id))).toEqual([]);
			if (page.pagination.cursor !== undefined) sizes.push(page.data.length);
		}
		expect(sizes.some((size) => size < 10)).toBe(true);
		expect(twitch.hits["deleted-clips"]).toBeGreaterThan(0);
	});

	it("were there before they were deleted", async () => {
		const { twitch, good, bad } = await compare(["deleted-clips"]);
		const gone = good.find((clip) => !idsOf(bad).includes(clip.id));
		twitch.setNow(Date.parse(gone?.created_at ?? "") + HOUR_MS / 2);
		expect(idsOf(await findById(twitch, gone?.id ?? ""))).toEqual([gone?.id]);
	});
});

describe("deleted-videos", () => {
	it("take video and offset away from all clips of a stream once they are a day old", async () => {
		const { good, bad } = await compare(["deleted-videos"]);
		expect(idsOf(bad)).toEqual(idsOf(good));
		const lost = bad.filter((clip, place) => clip.video_id !== good[place]?.video_id);
		expect(lost.length).toBeGreaterThan(10);
		expect(lost.every((clip) => clip.video_id === "" && clip.vod_offset === null)).toBe(true);
		const known = new Map(good.map((clip) => [clip.id, clip.video_id]));
		const videos = new Set(lost.map((clip) => known.get(clip.id)));
		for (const clip of bad) {
			if (!videos.has(known.get(clip.id))) continue;
			if (Date.parse(clip.created_at) < NOW_MS - DAY_MS) expect(clip.video_id).toBe("");
		}
	});
});

describe("broken-thumbnails", () => {
	it("are told of one clip in five, always the same, and change nothing else", async () => {
		const { twitch, good, bad } = await compare(["broken-thumbnails"]);
		const broken = bad.filter((clip, place) => clip.thumbnail_url !== good[place]?.thumbnail_url);
		expect(broken.length / good.length).toBeGreaterThan(0.1);
		expect(broken.length / good.length).toBeLessThan(0.25);
		expect(broken.some((clip) => clip.thumbnail_url === "")).toBe(true);
		const without = (clips: SimulatedClip[]) =>
			clips.map((clip) => ({ ...clip, thumbnail_url: 0 }));
		expect(without(bad)).toEqual(without(good));
		const one = broken[0] as SimulatedClip;
		expect(await findById(twitch, one.id)).toEqual([one]);
	});
});

describe("malformed-clips", () => {
	it("miss or spoil each of the 17 fields, and are no part of the truth", async () => {
		const { twitch, good, bad } = await compare(["malformed-clips"]);
		expect(bad).toEqual(good);
		const entries = twitch.streamers.flatMap(({ id }) => twitch.malformed(id, fromMs, toMs));
		const fields = Object.keys(good[0] ?? {});
		expect(fields).toHaveLength(17);
		for (const field of fields) {
			const ways = new Set(entries.filter((one) => one.field === field).map((one) => one.way));
			expect(ways.size, field).toBeGreaterThanOrEqual(3);
			expect(ways).toContain("missing");
		}
		const noObjects = entries.filter((one) => one.field === null).map((one) => one.way);
		expect(new Set(noObjects)).toEqual(new Set(["null", '"clip"', "42", "[]", "{}"]));
		const proper = new Set(idsOf(good));
		expect(entries.filter((one) => one.id !== null && proper.has(one.id))).toEqual([]);
	});

	it("stand in the listings, 8 on every day of an active streamer", async () => {
		const twitch = await start({ faults: ["malformed-clips"] });
		const get = await signIn(twitch);
		const day = { started_at: rfc(Date.UTC(2026, 10, 22)), ended_at: rfc(toMs), first: 100 };
		for (const { id, active } of twitch.streamers.slice(0, 24)) {
			const malformed = twitch.malformed(id, Date.UTC(2026, 10, 22), toMs);
			expect(malformed).toHaveLength(active ? 8 : 0);
			const page = (await (await get("/clips", { broadcaster_id: id, ...day })).json()) as {
				data: unknown[];
			};
			const truth = twitch.truth(id, Date.UTC(2026, 10, 22), toMs);
			expect(page.data).toHaveLength(truth.length + malformed.length);
			expect(page.data).toEqual(expect.arrayContaining([...truth]));
			const told = JSON.stringify(page.data);
			for (const { entry } of malformed) expect(told).toContain(JSON.stringify(entry));
		}
	});

	it("are unusable exactly when what identifies or measures a clip is wrong", async () => {
		const twitch = await start({ faults: ["malformed-clips"] });
		const entries = twitch.streamers.flatMap(({ id }) => twitch.malformed(id, fromMs, toMs));
		const unusable = new Set(entries.filter((one) => !one.usable).map((one) => one.field));
		expect(unusable).toEqual(
			new Set([null, "id", "broadcaster_id", "created_at", "view_count", "duration"]),
		);
	});
});
