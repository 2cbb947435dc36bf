import { describe, expect, it } from "vitest";
import type { SimulatedClip, SimulatedTwitch } from "../../support/twitch/server.ts";
import { activeId, byId, idsOf, type ListedPage, NOW_MS, rfc, signIn, start } from "./client.ts";

/** Ten minutes' edges around the 24 hours before now. */
const toMs = Date.UTC(2026, 10, 23, 17, 10);
const fromMs = toMs - 86_400_000;
const window = { started_at: rfc(fromMs), ended_at: rfc(toMs), first: 100 };

/** The first pages of a streamer's window, at most so many. */
async function walk(twitch: SimulatedTwitch, id: string, pagesMost = 30): Promise<ListedPage[]> {
	const get = await signIn(twitch);
	const pages: ListedPage[] = [];
	let after: string | undefined;
	while (pages.length < pagesMost) {
		const query = { broadcaster_id: id, ...window, ...(after ? { after } : {}) };
		const page = (await (await get("/clips", query)).json()) as ListedPage;
		pages.push(page);
		after = page.pagination.cursor;
		if (after === undefined) break;
	}
	return pages;
}

const clipsOf = (pages: readonly ListedPage[]) => pages.flatMap((page) => page.data);
const distinct = (clips: readonly SimulatedClip[]) =>
	byId([...new Map(clips.map((clip) => [clip.id, clip])).values()]);
const activeIds = (twitch: SimulatedTwitch) =>
	twitch.streamers.filter((one) => one.active).map(({ id }) => id);

describe("short-pages", () => {
	it("cut half of the pages and lose no clip", async () => {
		const twitch = await start({ faults: ["short-pages"] });
		const sizes: number[] = [];
		for (const id of activeIds(twitch)) {
			const pages = await walk(twitch, id);
			expect(byId(clipsOf(pages))).toEqual(byId(twitch.truth(id, fromMs, toMs)));
			for (const page of pages.slice(0, -1)) sizes.push(page.data.length);
		}
		expect(sizes.length).toBeGreaterThan(15);
		expect(sizes.filter((size) => size < 5 || size > 25)).toEqual([]);
	});

	it("end at the same places whenever a listing is asked for again", async () => {
		const twitch = await start({ faults: ["short-pages"] });
		const cut = activeIds(twitch).slice(0, 12);
		const walks = async () => Promise.all(cut.map((id) => walk(twitch, id)));
		expect(await walks()).toEqual(await walks());
	});
});

describe("empty-pages", () => {
	it("follow the listings of half the streamers for ever, each with a cursor", async () => {
		const twitch = await start({ faults: ["empty-pages"] });
		let endless = 0;
		for (const { id } of twitch.streamers) {
			const pages = await walk(twitch, id, 5);
			expect(clipsOf(pages)).toHaveLength(twitch.truth(id, fromMs, toMs).length);
			if (pages.length < 5) continue;
			endless += 1;
			expect(pages.at(-1)).toEqual({ data: [], pagination: { cursor: expect.any(String) } });
			expect(new Set(pages.map((page) => page.pagination.cursor)).size).toBe(5);
		}
		expect(endless).toBeGreaterThan(70);
		expect(endless).toBeLessThan(130);
	});
});

describe("moving-order", () => {
	it("repeats clips of the page before in short listings, and leaves none out", async () => {
		const twitch = await start({ faults: ["moving-order", "short-pages"] });
		let doubles = 0;
		for (const id of activeIds(twitch)) {
			const listed = clipsOf(await walk(twitch, id));
			const truth = byId(twitch.truth(id, fromMs, toMs));
			expect(distinct(listed)).toEqual(truth);
			doubles += listed.length - truth.length;
		}
		expect(doubles).toBeGreaterThan(5);
	});

	it("leaves gaps in long ones", async () => {
		const twitch = await start({ faults: ["moving-order", "prolific"] });
		const id = activeId(twitch);
		const listed = clipsOf(await walk(twitch, id));
		const listable = idsOf(twitch.listable(id, fromMs, toMs));
		const seen = new Set(idsOf(listed));
		expect(seen.size).toBeLessThan(listed.length);
		const missing = listable.filter((one) => !seen.has(one));
		expect(missing.length).toBeGreaterThan(0);
		expect(missing.length).toBeLessThan(30);
	});
});

describe("prolific", () => {
	it("has more than 1,500 clips in any 24 hours, and lists the 1,000 most viewed", async () => {
		const twitch = await start({ faults: ["prolific"] });
		const id = activeId(twitch);
		for (const hours of [0, 5, 11, 18]) {
			const endMs = toMs - hours * 3_600_000 - 600_000;
			expect(twitch.truth(id, endMs - 86_400_000, endMs).length).toBeGreaterThan(1_500);
		}
		const pages = await walk(twitch, id);
		expect(pages.map((page) => page.data.length)).toEqual(Array(10).fill(100));
		const listable = twitch.listable(id, fromMs, toMs);
		expect(clipsOf(pages)).toEqual(listable);
		const least = listable.at(-1)?.view_count ?? 0;
		const listed = new Set(idsOf(listable));
		const beyond = twitch.truth(id, fromMs, toMs).filter((clip) => !listed.has(clip.id));
		expect(Math.max(...beyond.map((clip) => clip.view_count))).toBeLessThanOrEqual(least);
	});

	it("keeps the streamer's ordinary clips as they are, and finds the others by id", async () => {
		const twitch = await start({ faults: ["prolific"] });
		const id = activeId(twitch);
		const all = twitch.truth(id, fromMs, toMs);
		twitch.setFaults([]);
		const ordinary = twitch.truth(id, fromMs, toMs);
		expect(ordinary.length).toBeLessThan(60);
		expect(all).toEqual(expect.arrayContaining(ordinary));
		const extra = all.filter((clip) => !idsOf(ordinary).includes(clip.id)).at(-1)?.id ?? "";
		const find = async () =>
			((await (await (await signIn(twitch))("/clips", { id: extra })).json()) as ListedPage).data;
		expect(await find()).toEqual([]);
		twitch.setFaults(["prolific"]);
		expect(idsOf(await find())).toEqual([extra]);
	});

	it("can be others, also inactive ones", async () => {
		const twitch = await start();
		const ids = twitch.streamers.slice(0, 4).map(({ id }) => id);
		twitch.setFaults({ prolific: { only: ids } });
		const counts = ids.map((id) => twitch.truth(id, fromMs, toMs).length);
		expect(counts.every((count) => count > 1_400)).toBe(true);
		expect(ids.map(twitch.isProlific)).toEqual([true, true, true, true]);
	});

	it("fits into windows that are small enough", async () => {
		const twitch = await start({ faults: ["prolific"] });
		const id = activeId(twitch);
		const [from, to] = [Date.UTC(2026, 10, 23, 1, 7), Date.UTC(2026, 10, 23, 7, 59)];
		// Edges are rounded down in what can be listed, and are not in the truth.
		const listable = twitch.listable(id, from, to);
		const rounded = [Date.UTC(2026, 10, 23, 1, 0), Date.UTC(2026, 10, 23, 7, 50)] as const;
		expect(byId(listable)).toEqual(byId(twitch.truth(id, ...rounded)));
		expect(byId(listable)).not.toEqual(byId(twitch.truth(id, from, to)));
	});
});

describe("endless-cursors", () => {
	it("go round past 1,000 clips, with ever new cursors", async () => {
		const twitch = await start({ faults: ["prolific", "endless-cursors"] });
		const pages = await walk(twitch, activeId(twitch), 23);
		expect(pages).toHaveLength(23);
		expect(new Set(pages.map((page) => page.pagination.cursor)).size).toBe(23);
		expect(pages[10]?.data).toEqual(pages[0]?.data);
		expect(pages[22]?.data).toEqual(pages[2]?.data);
		expect(distinct(clipsOf(pages))).toHaveLength(1_000);
	});

	it("come to an end where there are fewer", async () => {
		const twitch = await start({ faults: ["endless-cursors"] });
		expect(await walk(twitch, activeId(twitch))).toHaveLength(1);
	});
});

it("listings are whole under all faults of pages and clips at once, whatever the size of a page", async () => {
	const twitch = await start({ faults: "all" });
	twitch.setFaults([
		...(["moving-order", "endless-cursors", "short-pages", "empty-pages", "late-clips"] as const),
		...(["deleted-clips", "deleted-videos", "malformed-clips", "broken-thumbnails"] as const),
	]);
	const get = await signIn(twitch);
	for (const id of activeIds(twitch).slice(0, 10)) {
		const malformed = new Set(twitch.malformed(id, fromMs, toMs).map((entry) => entry.id));
		const isProper = (clip: SimulatedClip | null) =>
			typeof clip?.id === "string" && !malformed.has(clip.id);
		for (const first of [7, 20, 100]) {
			const listed: SimulatedClip[] = [];
			let after = "";
			for (let pages = 0; pages < 100; pages += 1) {
				const query = { broadcaster_id: id, ...window, first, ...(after ? { after } : {}) };
				const page = (await (await get("/clips", query)).json()) as ListedPage;
				expect(page.data.length).toBeLessThanOrEqual(first);
				listed.push(...page.data.filter(isProper));
				after = page.pagination.cursor ?? "";
				if (after === "" || page.data.length === 0) break;
			}
			expect(distinct(listed)).toEqual(byId(twitch.truth(id, fromMs, toMs)));
		}
	}
});

it("a window's edges are rounded down to ten minutes under faults as well", async () => {
	const twitch = await start({ faults: ["short-pages", "late-clips", "deleted-videos"] });
	const get = await signIn(twitch);
	const id = activeIds(twitch)[1] ?? "";
	const from = NOW_MS - 20 * 3_600_000;
	const listed: SimulatedClip[] = [];
	let after: string | undefined;
	do {
		const query = { broadcaster_id: id, started_at: rfc(from), ended_at: rfc(NOW_MS), first: 100 };
		const page = (await (
			await get("/clips", { ...query, ...(after ? { after } : {}) })
		).json()) as ListedPage;
		listed.push(...page.data);
		after = page.pagination.cursor;
	} while (after);
	const down = (atMs: number) => Math.floor(atMs / 600_000) * 600_000;
	expect(byId(listed)).toEqual(byId(twitch.truth(id, down(from), down(NOW_MS))));
	expect(byId(listed)).toEqual(byId(twitch.listable(id, from, NOW_MS)));
});
