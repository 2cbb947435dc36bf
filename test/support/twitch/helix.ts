/**
 * Owns what becomes of a request below /helix: let in or not, in which of the ways of a bad day it
 * fails, and what it is answered. Facts about clips are the world's; putting it on a connection is
 * the server's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type FailureName, FailurePlan, failureNames } from "./faults/failures.ts";
import { playFailure } from "./faults/play-failure.ts";
import { PointsBucket } from "./faults/points-bucket.ts";
import { getClips } from "./get-clips.ts";
import { getStreams } from "./get-streams.ts";
import { getUsers } from "./get-users.ts";
import { hash } from "./random.ts";
import { type Reply, refusal } from "./reply.ts";
import type { ScriptedReplies } from "./scripted.ts";
import type { AppTokens } from "./tokens.ts";
import { send } from "./wire.ts";
import type { World } from "./world.ts";

/** Points a minute of an app token. */
const POINTS = 800;

const SLOW_EVERY = 6;
const SLOW_MS = 300;

/** How a request is answered: so many milliseconds later than on a good day, and in this way. */
export interface Delivery {
	readonly laterMs: number;
	readonly play: (response: ServerResponse) => void;
}

export interface HelixCounts {
	clips: number;
	unauthorized: number;
	throttled: number;
}

export interface HelixParts {
	readonly world: World;
	readonly tokens: AppTokens;
	readonly scripts: ScriptedReplies;
	readonly counts: HelixCounts;
	readonly movingOrder: boolean;
	/** Epoch milliseconds in which points are counted: that of clients, whatever the world's says. */
	readonly wallClock: () => number;
}

export class SimulatedHelix {
	readonly #parts: HelixParts;
	#failures: FailurePlan;
	#bucket: PointsBucket | null = null;

	constructor(parts: HelixParts) {
		this.#parts = parts;
		this.#failures = new FailurePlan(parts.world.seed);
	}

	/** A bucket that was switched on is full, and the plan of failures begins anew. */
	faultsSwitched(): void {
		const { faults, seed } = this.#parts.world;
		this.#failures = new FailurePlan(seed);
		this.#bucket = faults.isOn("throttling")
			? new PointsBucket(
					faults.number("throttling", "points", POINTS),
					faults.number("throttling", "pointsPerMinute", POINTS),
				)
			: null;
	}

	/** @param waiting requests that are under way, this one among them */
	take(
		{ method, headers }: Pick<IncomingMessage, "method" | "headers">,
		path: string,
		query: URLSearchParams,
		nowMs: number,
		waiting: number,
	): Delivery {
		const { world, tokens, scripts, counts } = this.#parts;
		if (!tokens.accepts(headers.authorization, headers["client-id"], nowMs)) {
			counts.unauthorized += 1;
			return at(0, (response) =>
				send(response, refusal(401, "Invalid OAuth token"), this.#idleLimits(nowMs, waiting)),
			);
		}
		const broadcasterId = path === "/helix/clips" ? query.get("broadcaster_id") : null;
		const key = broadcasterId ?? path;
		const { granted, limits } = this.#takePoint(nowMs, waiting);
		if (!granted) {
			counts.throttled += 1;
			world.faults.hit("throttling");
			this.#failures.noteRefusal(key);
			return at(0, (response) => send(response, refusal(429, "Too Many Requests"), limits));
		}
		const playReply = scripts.take(broadcasterId);
		if (playReply) return at(0, (response) => playReply(response, limits));
		const dead = this.#findDeath(broadcasterId);
		if (dead) return at(0, (response) => send(response, dead, limits));
		const number = counts.clips;
		const answer = this.#route(method, path, query, nowMs, number);
		const failure = this.#failures.take(key, this.#failuresOf(broadcasterId));
		const laterMs = this.#slowDown(broadcasterId, number);
		if (!failure) return at(laterMs, (response) => send(response, answer, limits));
		world.faults.hit(failure.name);
		return at(laterMs, (response) => playFailure(response, failure, answer, limits));
	}

	#takePoint(nowMs: number, waiting: number) {
		if (this.#bucket === null) return { granted: true, limits: this.#idleLimits(nowMs, waiting) };
		const { granted, remaining, fullAtSeconds } = this.#bucket.take(this.#parts.wallClock());
		const points = this.#parts.world.faults.number("throttling", "points", POINTS);
		return { granted, limits: limitsOf(points, remaining, fullAtSeconds) };
	}

	/**
	 * Without the fault the bucket seems to fill up at once, so that a client that slows down by the
	 * headers is not slowed by a stand-in.
	 */
	#idleLimits(nowMs: number, waiting: number): Record<string, string> {
		return limitsOf(POINTS, Math.max(1, POINTS - waiting), Math.ceil(nowMs / 1000) + 1);
	}

	#findDeath(broadcasterId: string | null): Reply | undefined {
		const { world } = this.#parts;
		const person = broadcasterId === null ? undefined : world.findById(broadcasterId);
		const status = person && world.findDeadStatus(person);
		if (status === undefined) return undefined;
		world.faults.hit("dead");
		return refusal(status, status === 404 ? "The broadcaster was not found." : "");
	}

	#failuresOf(broadcasterId: string | null): FailureName[] {
		const { faults } = this.#parts.world;
		return failureNames.filter((name) => faults.isOnFor(name, broadcasterId));
	}

	#slowDown(broadcasterId: string | null, number: number): number {
		const { faults, seed } = this.#parts.world;
		if (!faults.isOnFor("slow-answers", broadcasterId)) return 0;
		if (hash(seed, number, 66) % SLOW_EVERY !== 0) return 0;
		faults.hit("slow-answers");
		return faults.number("slow-answers", "ms", SLOW_MS);
	}

	#route(
		method: string | undefined,
		path: string,
		query: URLSearchParams,
		nowMs: number,
		number: number,
	): Reply {
		const { world, movingOrder } = this.#parts;
		switch (method === "GET" ? path : "") {
			case "/helix/clips":
				return getClips(world, { query, nowMs, request: number, movingOrder });
			case "/helix/users":
				return getUsers(world, query);
			case "/helix/streams":
				return getStreams(world, query, nowMs);
			default:
				return refusal(404, "Not Found");
		}
	}
}

function at(laterMs: number, play: Delivery["play"]): Delivery {
	return { laterMs, play };
}

function limitsOf(limit: number, remaining: number, resetSeconds: number): Record<string, string> {
	return {
		"Ratelimit-Limit": String(limit),
		"Ratelimit-Remaining": String(remaining),
		"Ratelimit-Reset": String(resetSeconds),
	};
}
