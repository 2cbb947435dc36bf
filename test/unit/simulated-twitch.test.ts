/** Proves that the simulated Twitch keeps the promises that every other test leans on. */
import { afterEach, describe, expect, it } from "vitest";
import {
	type SimulatedClip,
	type SimulatedStreamer,
	type SimulatedTwitch,
	type SimulatedTwitchOptions,
	startSimulatedTwitch,
} from "../support/twitch/server.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 17, 3, 20);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface ListedPage {
	data: SimulatedClip[];
	pagination: { cursor?: string };
}

type Query = Record<string, string | number> | [string, string][];

const running: SimulatedTwitch[] = [];

afterEach(async () => {
	await Promise.all(running.splice(0).map((twitch) => twitch.close()));
});

async function start(options: SimulatedTwitchOptions = {}): Promise<SimulatedTwitch> {
	const twitch = await startSimulatedTwitch({ now: () => NOW_MS, ...options });
	running.push(twitch);
	return twitch;
}

async function issueToken(twitch: SimulatedTwitch, changes: Record<string, string> = {}) {
	const body = new URLSearchParams({
		client_id: twitch.clientId,
		client_secret: twitch.clientSecret,
		grant_type: "client_credentials",
		...changes,
	});
	return fetch(`${twitch.authUrl}/token`, { method: "POST", body });
}

/** A `GET` below /helix with a token of its own. */
async function signIn(twitch: SimulatedTwitch) {
	const { access_token } = (await (await issueToken(twitch)).json()) as { access_token: string };
	const headers = { Authorization: `Bearer ${access_token}`, "Client-Id": twitch.clientId };
	return (path: string, query: Query = {}): Promise<Response> => {
		const pairs = Array.isArray(query) ? query : Object.entries(query).map(([k, v]) => [k, `${v}`]);
		return fetch(`${twitch.apiUrl}${path}?${new URLSearchParams(pairs as [string, string][])}`, {
			headers,
		});
	};
}

/** All pages of a listing, one array a page. */
async function listPages(twitch: SimulatedTwitch, query: Record<string, string | number>) {
	const get = await signIn(twitch);
	const pages: SimulatedClip[][] = [];
	let after: string | undefined;
	do {
		const page = (await (
			await get("/clips", { ...query, ...(after ? { after } : {}) })
		).json()) as ListedPage;
		pages.push(page.data);
		after = page.pagination.cursor;
	} while (after);
	return pages;
}

const idsOf = (clips: readonly SimulatedClip[]): string[] => clips.map((clip) => clip.id);
const byId = (clips: readonly SimulatedClip[]) => clips.toSorted((a, b) => (a.id < b.id ? -1 : 1));
const rfc = (atMs: number): string => new Date(atMs).toISOString();
const lastDay = { started_at: rfc(NOW_MS - DAY_MS), ended_at: rfc(NOW_MS + HOUR_MS), first: 100 };

function activeId(twitch: SimulatedTwitch): string {
	const streamer = twitch.streamers.find((one) => one.active);
	if (!streamer) throw new Error("the world has no active streamer");
	return streamer.id;
}

function clipsOfAll(twitch: SimulatedTwitch, fromMs: number, toMs: number): SimulatedClip[] {
	return twitch.streamers.flatMap((one) => twitch.truth(one.id, fromMs, toMs));
}

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

describe("Get Users and Get Streams", () => {
	it("finds users by id and login, each once, and takes 100 at most together", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const [one, two] = twitch.streamers as readonly [SimulatedStreamer, SimulatedStreamer];
		const response = await get("/users", [
			["id", one.id],
			["login", one.login],
			["login", two.login.toUpperCase()],
			["login", "nobody_at_all"],
		]);
		const { data } = (await response.json()) as { data: { login: string; display_name: string }[] };
		expect(data.map((user) => user.login)).toEqual([one.login, two.login]);
		expect(data[0]?.display_name).toBe(twitch.streamers[0]?.displayName);
		const ids = twitch.streamers.slice(0, 101).map(({ id }): [string, string] => ["id", id]);
		expect((await get("/users", ids)).status).toBe(400);
		expect((await get("/users", ids.slice(0, 100))).status).toBe(200);
		expect((await get("/users")).status).toBe(400);
	});

	it("lists who is live, 20 unless more are asked for", async () => {
		const twitch = await start({ streamers: 400 });
		const get = await signIn(twitch);
		const active = twitch.streamers.filter((one) => one.active);
		const ids = active.slice(0, 100).map(({ id }): [string, string] => ["user_id", id]);
		const read = async (query: [string, string][]) =>
			(await (await get("/streams", query)).json()) as {
				data: { user_id: string; started_at: string; viewer_count: number }[];
				pagination: { cursor?: string };
			};
		const some = await read(ids);
		expect(some.data).toHaveLength(20);
		expect(some.pagination.cursor).toBeDefined();
		const all = await read([...ids, ["first", "100"]]);
		expect(all.data.length).toBeGreaterThan(20);
		expect(all.data.length).toBeLessThan(100);
		expect(all.pagination).toEqual({});
		expect(all.data.every((one) => Date.parse(one.started_at) <= NOW_MS)).toBe(true);
		expect(all.data.every((one) => one.viewer_count > 0)).toBe(true);
		const off = twitch.streamers.find((one) => !one.active)?.id ?? "";
		expect((await read([["user_id", off]])).data).toEqual([]);
	});
});

describe("tokens", () => {
	it("lets nobody in without a token of its own, nor with another client's id", async () => {
		const twitch = await start();
		const url = `${twitch.apiUrl}/clips?broadcaster_id=1`;
		const { access_token } = (await (await issueToken(twitch)).json()) as { access_token: string };
		const good = { Authorization: `Bearer ${access_token}`, "Client-Id": twitch.clientId };
		const strangers: Record<string, string>[] = [
			{},
			{ "Client-Id": twitch.clientId },
			{ Authorization: good.Authorization },
			{ ...good, Authorization: "Bearer invented" },
			{ ...good, Authorization: access_token },
			{ ...good, "Client-Id": "another" },
		];
		for (const headers of strangers) {
			const response = await fetch(url, { headers });
			expect([response.status, await response.json()]).toEqual([
				401,
				{ error: "Unauthorized", status: 401, message: "Invalid OAuth token" },
			]);
		}
		expect((await fetch(url, { headers: good })).status).toBe(200);
		expect(twitch.counts).toMatchObject({ clips: 7, tokens: 1, unauthorized: 6 });
	});

	it("stops taking tokens once they are revoked or have expired", async () => {
		const twitch = await start({ tokenLifetimeSeconds: 60 });
		const [get, getAgain] = [await signIn(twitch), await signIn(twitch)];
		const status = async (ask: typeof get) => (await ask("/clips", { broadcaster_id: 1 })).status;
		expect([await status(get), await status(getAgain)]).toEqual([200, 200]);
		twitch.revokeTokens();
		expect([await status(get), await status(getAgain)]).toEqual([401, 401]);
		const newest = await signIn(twitch);
		expect(await status(newest)).toBe(200);
		twitch.setNow(NOW_MS + 60_000);
		expect(await status(newest)).toBe(401);
	});

	it("issues a new token each time, and none for a wrong client", async () => {
		const twitch = await start({ clientId: "me", clientSecret: "hush" });
		const [one, two] = [await issueToken(twitch), await issueToken(twitch)];
		const body = (await one.json()) as { access_token: string };
		expect(body).toEqual({
			access_token: expect.stringMatching(/^[a-z0-9]{30}$/),
			expires_in: 5_000_000,
			token_type: "bearer",
		});
		expect(((await two.json()) as typeof body).access_token).not.toBe(body.access_token);
		const wrongClient = await issueToken(twitch, { client_id: "you" });
		expect([wrongClient.status, await wrongClient.json()]).toEqual([
			400,
			{ status: 400, message: "invalid client" },
		]);
		const wrongSecret = await issueToken(twitch, { client_secret: "shout" });
		expect([wrongSecret.status, await wrongSecret.json()]).toEqual([
			403,
			{ status: 403, message: "invalid client secret" },
		]);
		expect((await issueToken(twitch, { grant_type: "password" })).status).toBe(400);
	});
});

describe("the wire", () => {
	it("reports the points bucket and answers 404 in Helix's shape to what it does not know", async () => {
		const twitch = await start();
		const response = await (await signIn(twitch))("/bits/cheermotes");
		expect([response.status, await response.json()]).toEqual([
			404,
			{ error: "Not Found", status: 404, message: expect.any(String) },
		]);
		expect(response.headers.get("ratelimit-limit")).toBe("800");
		expect(Number(response.headers.get("ratelimit-remaining"))).toBeGreaterThan(0);
		expect(Number(response.headers.get("ratelimit-reset"))).toBeGreaterThan(NOW_MS / 1000);
		expect((await fetch(`${twitch.url}/nowhere`)).status).toBe(404);
	});

	it("plays a scripted answer for its streamer alone, as often as told", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const [one, two] = twitch.streamers as readonly [SimulatedStreamer, SimulatedStreamer];
		const ask = (id: string) => get("/clips", { broadcaster_id: id });
		const headers = { "content-type": "text/html", "X-Made": "up" };
		twitch.respondWith(one.id, { status: 502, headers, body: '{"da', times: 2 });
		const bad = await ask(one.id);
		expect([bad.status, bad.headers.get("content-type"), await bad.text()]).toEqual([
			502,
			"text/html",
			'{"da',
		]);
		expect((await ask(two.id)).status).toBe(200);
		expect((await ask(one.id)).status).toBe(502);
		expect((await ask(one.id)).status).toBe(200);
		twitch.respondWith(one.id, { status: 500 });
		expect(await (await ask(one.id)).json()).toMatchObject({ status: 500 });
		twitch.respondWith(one.id, null);
		expect((await ask(one.id)).status).toBe(200);
	});

	it("drops a connection when told, and the next request is answered", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const id = activeId(twitch);
		twitch.respondWith(id, { drop: true, times: 1 });
		await expect(get("/clips", { broadcaster_id: id })).rejects.toThrow("fetch failed");
		expect((await get("/clips", { broadcaster_id: id })).status).toBe(200);
	});

	it("closes while a request hangs and another waits, and takes a second close", async () => {
		const twitch = await start({ latencyMs: 20 });
		const id = activeId(twitch);
		const get = await signIn(twitch);
		twitch.respondWith(id, { hang: true });
		const hanging = expect(get("/clips", { broadcaster_id: id })).rejects.toThrow("fetch failed");
		// Once this one is answered, the one before it has had its turn and been left hanging.
		await get("/clips", { broadcaster_id: 1 });
		const waiting = expect(get("/clips", { broadcaster_id: 1 })).rejects.toThrow("fetch failed");
		while (twitch.counts.clips < 3) await new Promise((resolve) => setImmediate(resolve));
		await Promise.all([twitch.close(), twitch.close()]);
		await Promise.all([hanging, waiting]);
	});

	it("delays answers below /helix by the latency, all at once and not one after the other", async () => {
		const twitch = await start({ latencyMs: 60 });
		const get = await signIn(twitch);
		const startedAtMs = performance.now();
		await Promise.all(Array.from({ length: 12 }, () => get("/clips", { broadcaster_id: 1 })));
		const tookMs = performance.now() - startedAtMs;
		expect(tookMs).toBeGreaterThan(58);
		expect(tookMs).toBeLessThan(12 * 60);
	});

	it("rejects with the original error when its port is in use", async () => {
		const twitch = await start();
		const port = Number(new URL(twitch.url).port);
		await expect(startSimulatedTwitch({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
	});
});
