import { describe, expect, it } from "vitest";
import {
	activeId,
	byId,
	clipsOfAll,
	DAY_MS,
	HOUR_MS,
	idsOf,
	type ListedPage,
	lastDay,
	listPages,
	MINUTE_MS,
	NOW_MS,
	type Query,
	rfc,
	signIn,
	start,
} from "./client.ts";

describe("Get Clips", () => {
	it("lists by views, falling, exactly what the truth holds when the order stands still", async () => {
		const twitch = await start({ movingOrder: false });
		const id = activeId(twitch);
		const fromMs = Date.UTC(2026, 10, 16);
		const query = { broadcaster_id: id, started_at: rfc(fromMs), ended_at: rfc(NOW_MS + DAY_MS) };
		const pages = await listPages(twitch, query);
		expect(new Set(pages.slice(0, -1).map((page) => page.length))).toEqual(new Set([20]));
		const listed = pages.flat();
		// Among clips with as many views the new ones are last.
		const order = listed.map((clip) => [-clip.view_count, Date.parse(clip.created_at)] as const);
		expect(order).toEqual(order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
		expect(byId(listed)).toEqual(byId(twitch.truth(id, fromMs, NOW_MS)));
	});

	it("rounds both edges of a window down to ten minutes", async () => {
		const twitch = await start();
		for (const { id } of twitch.streamers.filter((one) => one.active).slice(0, 12)) {
			const [fromMs, toMs] = [Date.UTC(2026, 10, 23, 9, 27), Date.UTC(2026, 10, 23, 14, 59)];
			const query = { broadcaster_id: id, started_at: rfc(fromMs), ended_at: rfc(toMs) };
			const listed = (await listPages(twitch, { ...query, first: 100 })).flat();
			const truth = twitch.truth(id, fromMs - 7 * MINUTE_MS, toMs - 9 * MINUTE_MS);
			expect(byId(listed)).toEqual(byId(truth));
		}
	});

	it("takes a start alone for a week and ignores an end alone", async () => {
		const twitch = await start({ movingOrder: false });
		const id = activeId(twitch);
		const fromMs = Date.UTC(2026, 10, 1);
		const week = await listPages(twitch, {
			broadcaster_id: id,
			started_at: rfc(fromMs),
			first: 100,
		});
		expect(byId(week.flat())).toEqual(byId(twitch.truth(id, fromMs, fromMs + 7 * DAY_MS)));
		const endAlone = await listPages(twitch, { broadcaster_id: id, ended_at: rfc(fromMs) });
		expect(endAlone).toEqual(await listPages(twitch, { broadcaster_id: id }));
	});

	it("ends a long listing at 1,000 and leaves the newest out", async () => {
		const twitch = await start({ movingOrder: false });
		const id = activeId(twitch);
		const fromMs = NOW_MS - (NOW_MS % DAY_MS) - 110 * DAY_MS;
		const window = { started_at: rfc(fromMs), ended_at: rfc(NOW_MS + HOUR_MS) };
		const pages = await listPages(twitch, { broadcaster_id: id, ...window, first: 100 });
		expect(pages.map((page) => page.length)).toEqual(Array(10).fill(100));
		const truth = twitch.truth(id, fromMs, NOW_MS);
		expect(truth.length).toBeGreaterThan(1_050);
		const unviewed = truth.filter((clip) => clip.view_count === 0);
		expect(unviewed.length).toBeGreaterThan(0);
		expect(idsOf(pages.flat())).not.toContain(unviewed.at(-1)?.id);
	});

	it("has doubles and gaps across pages when the order moves, and tells the same of every clip", async () => {
		const twitch = await start();
		const id = activeId(twitch);
		const fromMs = Date.UTC(2026, 10, 9);
		const window = { started_at: rfc(fromMs), ended_at: rfc(NOW_MS + HOUR_MS) };
		const listed = (await listPages(twitch, { broadcaster_id: id, ...window, first: 20 })).flat();
		const truth = new Map(twitch.truth(id, fromMs, NOW_MS).map((clip) => [clip.id, clip]));
		const seen = new Set(idsOf(listed));
		expect(seen.size).toBeLessThan(listed.length);
		expect([...truth.keys()].filter((one) => !seen.has(one)).length).toBeGreaterThan(0);
		for (const clip of listed) expect(clip).toEqual(truth.get(clip.id));
	});

	it("finds clips by id, in the order asked for, and leaves out those that there are not", async () => {
		const twitch = await start();
		const clips = clipsOfAll(twitch, NOW_MS - DAY_MS, NOW_MS)
			.slice(0, 98)
			.reverse();
		const foreign = "AwkwardHelplessSalamanderSwiftRage";
		const made = clips[0]?.id ?? "";
		const asked = [
			...idsOf(clips),
			foreign,
			made.replace(/.$/, (sign) => (sign === "A" ? "Q" : "A")),
		];
		const get = await signIn(twitch);
		const response = await get(
			"/clips",
			asked.map((id) => ["id", id]),
		);
		expect(await response.json()).toEqual({ data: clips, pagination: {} });
		expect(
			(
				await get(
					"/clips",
					[...asked, "one"].map((id) => ["id", id]),
				)
			).status,
		).toBe(400);
		twitch.setNow(NOW_MS - 3 * DAY_MS);
		const earlier = await get("/clips", { id: made });
		expect(await earlier.json()).toEqual({ data: [], pagination: {} });
	});

	it("lists a game across streamers, and says 404 for one that there is not", async () => {
		const twitch = await start({ movingOrder: false });
		const get = await signIn(twitch);
		const { data } = (await (
			await get("/clips", { ...lastDay, game_id: "32982" })
		).json()) as ListedPage;
		expect(new Set(data.map((clip) => clip.game_id))).toEqual(new Set(["32982"]));
		expect(new Set(data.map((clip) => clip.broadcaster_id)).size).toBeGreaterThan(10);
		expect((await get("/clips", { game_id: "1" })).status).toBe(404);
	});

	it("has an empty list for an inactive and for an unknown streamer", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const inactive = twitch.streamers.find((one) => !one.active)?.id ?? "";
		for (const id of [inactive, "1", "not-a-number"]) {
			const response = await get("/clips", { broadcaster_id: id, ...lastDay });
			expect([response.status, await response.json()]).toEqual([200, { data: [], pagination: {} }]);
		}
	});

	it.each([
		["nothing to list", {}],
		["a streamer and a game", { broadcaster_id: "1", game_id: "32982" }],
		["a streamer and an id", { broadcaster_id: "1", id: "x" }],
		["no clips a page", { broadcaster_id: "1", first: 0 }],
		["101 clips a page", { broadcaster_id: "1", first: 101 }],
		["many clips a page", { broadcaster_id: "1", first: "many" }],
		["a start that is no time", { broadcaster_id: "1", started_at: "yesterday" }],
		["a start without a zone", { broadcaster_id: "1", started_at: "2026-11-23T17:00:00" }],
		["a start in a 13th month", { broadcaster_id: "1", started_at: "2026-13-23T17:00:00Z" }],
		["an end that is no time", { ...lastDay, broadcaster_id: "1", ended_at: "now" }],
		["a cursor of garbage", { broadcaster_id: "1", after: "garbage" }],
		["a cursor of a bare number", { broadcaster_id: "1", after: "MjA=" }],
		["a cursor with signs of its own", { broadcaster_id: "1", after: "%%%" }],
	])("answers 400 in Helix's shape to %s", async (_, query) => {
		const get = await signIn(await start({ streamers: 4 }));
		const response = await get("/clips", query as Query);
		expect(response.status).toBe(400);
		expect(await response.json()).toEqual({
			error: "Bad Request",
			status: 400,
			message: expect.stringMatching(/./),
		});
	});
});
