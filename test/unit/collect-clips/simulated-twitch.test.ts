import { afterEach, beforeEach, expect, test } from "vitest";
import { requestAppToken } from "../../../src/twitch/app-token.ts";
import { type SimulatedTwitch, startSimulatedTwitch } from "../../support/twitch/server.ts";
import { Bench, startMs, window } from "./bench.ts";

let twitch: SimulatedTwitch;
let bench: Bench;

beforeEach(async () => {
	const clientId = "client-1";
	const now = () => startMs;
	twitch = await startSimulatedTwitch({ streamers: 40, now, clientId });
	const { apiUrl, authUrl, clientSecret } = twitch;
	const getToken = async () => {
		const asked = { authUrl, clientId, clientSecret, fetch, now, timeoutMs: 5_000 };
		const token = await requestAppToken(asked);
		return token.ok ? { ok: true as const, value: token.value.accessToken } : token;
	};
	bench = new Bench({ apiUrl, tokens: { getToken, replaceToken: getToken } });
});
afterEach(() => twitch.close());

test("every clip that Twitch lists is stored as told, whatever its title and order", async () => {
	const tasks = twitch.streamers.map(({ id }) => id);
	const { results } = await bench.perform({ tasks, fetch });
	expect(results.every(({ outcome }) => outcome.kind === "succeeded")).toBe(true);
	const told = tasks
		.flatMap((id) => twitch.truth(id, window.fromMs, window.toMs))
		.map(({ id, title, view_count, video_id }) => ({ id, title, view_count, video_id }))
		.sort((a, b) => (a.id < b.id ? -1 : 1));
	expect(told.length).toBeGreaterThan(50);
	expect(
		bench.database.rows(
			"SELECT clip_id AS id, title, view_count, video_id FROM clips ORDER BY clip_id",
		),
	).toEqual(told);
});

test("a dropped connection, a cut page and a proxy's HTML are worth another try", async () => {
	const [dropped = "", cut = "", html = "", healthy = ""] = twitch.streamers.map(({ id }) => id);
	twitch.respondWith(dropped, { drop: true });
	twitch.respondWith(cut, { body: '{"data":[{"id":' });
	twitch.respondWith(html, { status: 502, body: "<html>Bad Gateway</html>" });
	const { results } = await bench.perform({ tasks: [dropped, cut, html, healthy], fetch });
	expect(
		results.map(({ outcome }) => ("error" in outcome ? outcome.error.code : outcome.kind)),
	).toEqual(["twitch_connection_lost", "twitch_broken_answer", "twitch_server_error", "succeeded"]);
});

test("tokens that Twitch revoked in the middle of a message are replaced once", async () => {
	const tasks = twitch.streamers.slice(0, 12).map(({ id }) => id);
	let sent = 0;
	const revoking: typeof fetch = (input, init) => {
		sent += 1;
		if (sent === 4) twitch.revokeTokens();
		return fetch(input, init);
	};
	const { results, meters } = await bench.perform({ tasks, fetch: revoking });
	expect(results.every(({ outcome }) => outcome.kind === "succeeded")).toBe(true);
	expect(meters["gateRequests"]).toBe(2);
	expect(twitch.counts.tokens).toBe(2);
});
