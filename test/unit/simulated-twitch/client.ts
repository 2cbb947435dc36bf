/** What the tests of the simulated Twitch share: starting one, and asking it as a client would. */
import { afterEach } from "vitest";
import {
	type SimulatedClip,
	type SimulatedTwitch,
	type SimulatedTwitchOptions,
	startSimulatedTwitch,
} from "../../support/twitch/server.ts";

export const NOW_MS = Date.UTC(2026, 10, 23, 17, 3, 20);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface ListedPage {
	data: SimulatedClip[];
	pagination: { cursor?: string };
}

export type Query = Record<string, string | number> | [string, string][];

const running: SimulatedTwitch[] = [];

afterEach(async () => {
	await Promise.all(running.splice(0).map((twitch) => twitch.close()));
});

export async function start(options: SimulatedTwitchOptions = {}): Promise<SimulatedTwitch> {
	const twitch = await startSimulatedTwitch({ now: () => NOW_MS, ...options });
	running.push(twitch);
	return twitch;
}

export async function issueToken(twitch: SimulatedTwitch, changes: Record<string, string> = {}) {
	const body = new URLSearchParams({
		client_id: twitch.clientId,
		client_secret: twitch.clientSecret,
		grant_type: "client_credentials",
		...changes,
	});
	return fetch(`${twitch.authUrl}/token`, { method: "POST", body });
}

/** A `GET` below /helix with a token of its own. */
export async function signIn(twitch: SimulatedTwitch) {
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
export async function listPages(twitch: SimulatedTwitch, query: Record<string, string | number>) {
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

export const idsOf = (clips: readonly SimulatedClip[]): string[] => clips.map((clip) => clip.id);
export const byId = (clips: readonly SimulatedClip[]) =>
	clips.toSorted((a, b) => (a.id < b.id ? -1 : 1));
export const rfc = (atMs: number): string => new Date(atMs).toISOString();
export const lastDay = {
	started_at: rfc(NOW_MS - DAY_MS),
	ended_at: rfc(NOW_MS + HOUR_MS),
	first: 100,
};

export function activeId(twitch: SimulatedTwitch): string {
	const streamer = twitch.streamers.find((one) => one.active);
	if (!streamer) throw new Error("the world has no active streamer");
	return streamer.id;
}

export function clipsOfAll(twitch: SimulatedTwitch, fromMs: number, toMs: number): SimulatedClip[] {
	return twitch.streamers.flatMap((one) => twitch.truth(one.id, fromMs, toMs));
}
