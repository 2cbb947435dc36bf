/**
 * Owns the wire of the simulated Twitch: HTTP on 127.0.0.1, latency and counting. What is answered is
 * decided elsewhere, from the world, the clock and the faults; this file holds no facts about clips.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SimulatedTwitch, SimulatedTwitchOptions } from "./contract.ts";
import { takeControl } from "./control.ts";
import { SimulatedHelix } from "./helix.ts";
import { refusal } from "./reply.ts";
import { ScriptedReplies } from "./scripted.ts";
import { AppTokens } from "./tokens.ts";
import { listable, malformed, truth } from "./truth.ts";
import { readText, send } from "./wire.ts";
import { World } from "./world.ts";

export type * from "./contract.ts";
export { faultDescriptions, faultNames } from "./faults/fault-names.ts";
export { decodeFaults } from "./faults/settings.ts";

/**
 * Longer than a collector pauses between requests of a run, so that a connection is not closed
 * under its hands.
 */
const KEEP_ALIVE_MS = 75_000;

const FORM_LENGTH_MOST = 16_384;

/**
 * Starts a simulated Twitch; rejects with the error of `listen` (such as EADDRINUSE) when it
 * cannot, and with a RangeError for faults that there are not.
 */
export async function startSimulatedTwitch(
	options: SimulatedTwitchOptions = {},
): Promise<SimulatedTwitch> {
	const { seed = 1, latencyMs = 0 } = options;
	const clientId = options.clientId ?? "simulated-client-id";
	const clientSecret = options.clientSecret ?? "simulated-client-secret";
	const world = new World(seed, options.streamers ?? 200);
	const { faults } = world;
	const lifetimeSeconds = options.tokenLifetimeSeconds ?? 5_000_000;
	const tokens = new AppTokens({ clientId, clientSecret }, seed, lifetimeSeconds, faults);
	const scripts = new ScriptedReplies();
	const counts = { clips: 0, users: 0, streams: 0, tokens: 0, unauthorized: 0, throttled: 0 };
	const requestsOf = new Map<string, number>();
	// Faults have a moving order of their own.
	const movingOrder = options.movingOrder ?? options.faults === undefined;
	const wallClock = options.wallClock ?? Date.now;
	const helix = new SimulatedHelix({ world, tokens, scripts, counts, movingOrder, wallClock });
	let now = options.now ?? Date.now;
	let waiting = 0;
	const controls = {
		faults,
		setFaults(given: Parameters<SimulatedTwitch["setFaults"]>[0]) {
			faults.set(given);
			tokens.faultsSwitched();
			helix.faultsSwitched();
		},
		setNow(next: number | (() => number)) {
			now = typeof next === "number" ? () => next : next;
		},
		now: () => now(),
	};
	controls.setFaults(options.faults ?? []);

	const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
		// By hand: `new URL` throws on some of what a client can send.
		const [path = "", ...search] = (request.url ?? "").split("?");
		if (path === "/oauth2/token" && request.method === "POST") {
			counts.tokens += 1;
			readText(request, FORM_LENGTH_MOST, (text) =>
				send(response, tokens.issue(new URLSearchParams(text), now()), {}),
			);
		} else if (path.startsWith("/helix/")) {
			takeHelix(request, response, path, new URLSearchParams(search.join("?")));
		} else if (path.startsWith("/control/")) {
			takeControl(request, response, path, controls);
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
		const about = path === "/helix/clips" ? query.get("broadcaster_id") : null;
		if (about !== null) requestsOf.set(about, (requestsOf.get(about) ?? 0) + 1);
		const arrivedAtMs = performance.now();
		waiting += 1;
		// Made on arrival and held back: the work of making it is part of the latency, not on top of it.
		const { laterMs, play } = helix.take(request, path, query, now(), waiting);
		const reply = (): void => {
			waiting -= 1;
			if (!response.destroyed) play(response);
		};
		const delayMs = latencyMs + laterMs;
		if (delayMs === 0) reply();
		else setTimeout(reply, arrivedAtMs + delayMs - performance.now()).unref();
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
		hits: faults.hits,
		get faults() {
			return faults.faults;
		},
		requestsOf: (broadcasterId) => requestsOf.get(broadcasterId) ?? 0,
		truth: (...window) => truth(world, now(), ...window),
		listable: (...window) => listable(world, now(), ...window),
		malformed: (...window) => malformed(world, now(), ...window),
		isProlific: (broadcasterId) => {
			const person = world.findById(broadcasterId);
			return person !== undefined && world.isProlific(person);
		},
		deadStatus: (broadcasterId) => {
			const person = world.findById(broadcasterId);
			return person && world.findDeadStatus(person);
		},
		setFaults: controls.setFaults,
		setNow: controls.setNow,
		revokeTokens: () => tokens.revokeAll(),
		respondWith: (broadcasterId, reply) => scripts.set(broadcasterId, reply),
		close: () =>
			new Promise((resolve) => {
				// Called back with an error when it is closed already, which is what was wanted.
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
