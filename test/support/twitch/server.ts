/**
 * Owns the wire of the simulated Twitch: HTTP on 127.0.0.1, tokens, latency, scripted answers and
 * counting. What is answered is decided elsewhere, from the world and the clock; this file holds no
 * facts about clips.
 *
 * Not here yet: an enforced points bucket, deleted ids and other faults. `Ratelimit-Remaining` is
 * reported as if the bucket filled up at once, so that a client that slows down by it is not slowed
 * by a stand-in.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describeClip } from "./clips.ts";
import type { SimulatedTwitch, SimulatedTwitchOptions } from "./contract.ts";
import { getClips } from "./get-clips.ts";
import { getStreams } from "./get-streams.ts";
import { getUsers } from "./get-users.ts";
import { type Reply, refusal } from "./reply.ts";
import { ScriptedReplies } from "./scripted.ts";
import { AppTokens } from "./tokens.ts";
import { playScript, readForm, send } from "./wire.ts";
import { World } from "./world.ts";

export type * from "./contract.ts";

/**
 * Longer than a collector pauses between requests of a run, so that a connection is not closed
 * under its hands.
 */
const KEEP_ALIVE_MS = 75_000;

/** Points a minute of an app token. */
const POINTS = 800;

/**
 * Starts a simulated Twitch; rejects with the error of `listen` (such as EADDRINUSE) when it
 * cannot.
 */
export async function startSimulatedTwitch(
	options: SimulatedTwitchOptions = {},
): Promise<SimulatedTwitch> {
	const { seed = 1, latencyMs = 0, movingOrder = true } = options;
	const clientId = options.clientId ?? "simulated-client-id";
	const clientSecret = options.clientSecret ?? "simulated-client-secret";
	const world = new World(seed, options.streamers ?? 200);
	const tokens = new AppTokens(
		{ clientId, clientSecret },
		seed,
		options.tokenLifetimeSeconds ?? 5_000_000,
	);
	const scripts = new ScriptedReplies();
	const counts = { clips: 0, users: 0, streams: 0, tokens: 0, unauthorized: 0 };
	let now = options.now ?? Date.now;
	let waiting = 0;

	const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
		// By hand: `new URL` throws on some of what a client can send.
		const [path = "", ...search] = (request.url ?? "").split("?");
		if (path === "/oauth2/token" && request.method === "POST") {
			counts.tokens += 1;
			readForm(request, (form) => send(response, tokens.issue(form, now()), {}));
		} else if (path.startsWith("/helix/")) {
			takeHelix(request, response, path, new URLSearchParams(search.join("?")));
		} else {
			request.resume();
			send(response, refusal(404, "Not Found"), {});
		}
	});

	function takeHelix(
		request: IncomingMessage,
		response: ServerResponse,
		path: string,
		query: URLSearchParams,
	): void {
		request.resume();
		if (path === "/helix/clips") counts.clips += 1;
		if (path === "/helix/users") counts.users += 1;
		if (path === "/helix/streams") counts.streams += 1;
		const arrivedAtMs = performance.now();
		waiting += 1;
		// Made on arrival and held back: the work of making it is part of the latency, not on top of it.
		const deliver = prepareAnswer(request, response, path, query, counts.clips);
		const reply = (): void => {
			waiting -= 1;
			if (!response.destroyed) deliver();
		};
		if (latencyMs === 0) reply();
		else setTimeout(reply, arrivedAtMs + latencyMs - performance.now()).unref();
	}

	function prepareAnswer(
		request: IncomingMessage,
		response: ServerResponse,
		path: string,
		query: URLSearchParams,
		number: number,
	): () => void {
		const nowMs = now();
		const limits = {
			"Ratelimit-Limit": String(POINTS),
			"Ratelimit-Remaining": String(Math.max(1, POINTS - waiting)),
			"Ratelimit-Reset": String(Math.ceil(nowMs / 1000) + 1),
		};
		const { authorization, "client-id": client } = request.headers;
		if (!tokens.accepts(authorization, client, nowMs)) {
			counts.unauthorized += 1;
			return () => send(response, refusal(401, "Invalid OAuth token"), limits);
		}
		const script = path === "/helix/clips" && scripts.take(query.get("broadcaster_id"));
		if (script) return () => playScript(response, script, limits);
		const answer = route(request.method, path, query, nowMs, number);
		return () => send(response, answer, limits);
	}

	function route(
		method: string | undefined,
		path: string,
		query: URLSearchParams,
		nowMs: number,
		number: number,
	): Reply {
		switch (method === "GET" ? path : "") {
			case "/helix/clips":
				return getClips(world, { query, nowMs, request: movingOrder ? number : null });
			case "/helix/users":
				return getUsers(world, query);
			case "/helix/streams":
				return getStreams(world, query, nowMs);
			default:
				return refusal(404, "Not Found");
		}
	}

	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(options.port ?? 0, "127.0.0.1", resolve);
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		apiUrl: `${url}/helix`,
		authUrl: `${url}/oauth2`,
		clientId,
		clientSecret,
		streamers: world.people,
		counts,
		truth(broadcasterId, fromMs, toMs) {
			const person = world.findById(broadcasterId);
			if (!person) return [];
			const nowMs = now();
			return world
				.clipsBetween(person, fromMs, toMs, nowMs)
				.map((clip) => describeClip(clip, nowMs));
		},
		revokeTokens: () => tokens.revokeAll(),
		setNow(next) {
			now = typeof next === "number" ? () => next : next;
		},
		respondWith: (broadcasterId, reply) => scripts.set(broadcasterId, reply),
		close: () =>
			new Promise((resolve) => {
				// Called back with an error when it is closed already, which is what was wanted.
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
