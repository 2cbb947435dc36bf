import { malformations } from "../support/twitch/faults/malformations.ts";
import { moveNeighbours } from "../support/twitch/listing.ts";
import { decodeWindow } from "../support/twitch/parameters.ts";
import { type NonEmpty, Random } from "../support/twitch/random.ts";
import type { Violated } from "./clauses.ts";
import type { Nature } from "./network.ts";
import { type Process, SimulatedError } from "./process.ts";
import type { Settings } from "./settings.ts";
import { type ClipLife, describeClip, makeClip, makePlainClip, viewsAt } from "./twitch-clips.ts";
import { SimulatedTokens } from "./twitch-tokens.ts";

/**
 * Helix as collect-clips sees it: clips that appear and are watched while the clock runs, pages, and all that goes wrong
 * with them. No HTTP: `fetch` is called, and an answer comes when the clock says so. What clips, titles, thumbnails,
 * orders and bad entries are like it has from the simulated Twitch of the other tests.
 */
export interface ToldClip {
	readonly clipId: string;
	readonly broadcasterId: string;
	/** The process that asked. */
	readonly asker: string;
	/** The run that it asked for. */
	readonly runId: string;
	/** By the clock of whoever asked: what the store keeps as `fetched_at_ms`. */
	readonly askedAtMs: number;
	readonly viewCount: number;
	readonly title: string;
}

interface Asked {
	readonly asker: string;
	readonly runId: string;
	readonly broadcasterId: string;
	readonly query: URLSearchParams;
	readonly askedAtMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** That may wait for an answer of one invocation. */
const connectionsMax = 6;
/** Of a cursor behind the end of its listing. */
const roundMark = "round";
/** So that what is collected ends, as a thousand clips do, with the last page that is asked for, and is few all the same. */
const prolificPageSize = 2;
const prolificShare = 0.06;
/** What nothing may be kept of. */
const unusable = malformations.filter(({ usable }) => !usable) as unknown as NonEmpty<
	(typeof malformations)[number]
>;

export class SimulatedTwitch {
	readonly broadcasterIds: readonly string[];
	/** Everything that was ever told of a clip. */
	readonly told: ToldClip[] = [];
	readonly #toldTo = new Map<string, string[]>();
	readonly tokens: SimulatedTokens;
	requests = 0;
	/** Of each consumer that asks: what it has sent, and what of it is unanswered. */
	readonly #askers = new WeakMap<Process, { sent: number; open: number }>();
	readonly #nature: Nature;
	readonly #seed: number;
	readonly #clips = new Map<string, readonly ClipLife[]>();
	/** Deleted: their places in the pages stay. */
	readonly #gone = new Set<string>();
	readonly #pageSize: number;
	readonly #requestsMax: number;
	readonly #violated: Violated;

	/** @param lastsMs how long new clips keep coming */
	constructor(
		nature: Nature,
		seed: number,
		{ streamers, clipsEach, config }: Pick<Settings, "streamers" | "clipsEach" | "config">,
		lastsMs: number,
		violated: Violated,
	) {
		const random = new Random(seed, 11);
		const startMs = nature.kernel.nowMs;
		this.#nature = nature;
		this.#seed = seed;
		this.#requestsMax = config.requestsPerInvocation;
		this.#violated = violated;
		this.tokens = new SimulatedTokens(nature.faults);
		this.broadcasterIds = Array.from({ length: streamers }, (_, index) => String(1_000 + index));
		const smallPages = random.chance(0.3) ? random.between(1, 3) : 100;
		const isProlific = random.chance(prolificShare);
		this.#pageSize = clipsEach !== undefined ? 100 : isProlific ? prolificPageSize : smallPages;
		for (const [place, broadcasterId] of this.broadcasterIds.entries()) {
			const count = random.chance(0.4) ? random.between(1, 4) : 0;
			const most = isProlific && place === 0 ? random.between(30, 45) : count;
			const clips = Array.from({ length: clipsEach ?? most }, (_, number) =>
				clipsEach === undefined
					? makeClip(random, broadcasterId, number, startMs, lastsMs)
					: makePlainClip(broadcasterId, number, startMs),
			);
			this.#clips.set(broadcasterId, clips);
		}
	}

	/** The clips of a streamer that a process was told of. */
	readonly toldTo = (asker: string, broadcasterId: string): readonly string[] =>
		this.#toldTo.get(`${asker} ${broadcasterId}`) ?? [];

	fetchFor(process: Process): typeof fetch {
		return ((input: unknown, init: RequestInit) =>
			this.#answer(process, new URL(String(input)), init)) as typeof fetch;
	}

	#answer(process: Process, { searchParams: query }: URL, init: RequestInit): Promise<Response> {
		const { kernel, faults, random } = this.#nature;
		this.requests += 1;
		const broadcasterId = query.get("broadcaster_id") ?? "";
		const asked: Asked = {
			asker: process.name,
			runId: process.runId,
			broadcasterId,
			query,
			askedAtMs: process.nowMs(),
		};
		const askers = this.#askers.get(process) ?? { sent: 0, open: 0 };
		this.#askers.set(process, askers);
		askers.sent += 1;
		askers.open += 1;
		if (askers.sent > this.#requestsMax || askers.open > connectionsMax) {
			const many = `${askers.sent} requests, ${askers.open} at once`;
			this.#violated("too-many-requests", `${process.name} sends ${many}`);
		}
		const { Authorization: authorization = "" } = init.headers as Record<string, string>;
		const { timeoutMs } = init.signal as unknown as { timeoutMs: number };
		const hangs = faults.strike("twitch-hang", 0.4);
		const isSlow = !hangs && faults.strike("twitch-slow", 0.5);
		const slowMs = isSlow ? faults.of("twitch-slow").below(9_000) : 0;
		const dies = faults.draw("consumer-die", 0.05);
		const waitMs = hangs ? timeoutMs : random.between(40, 400) + slowMs;
		return new Promise((resolve, reject) => {
			kernel.after(waitMs, `${process.name} > twitch ${broadcasterId}`, () => {
				askers.open -= 1;
				if (dies) process.dieOf("consumer-die");
				if (!process.alive) return;
				if (hangs) return reject(Object.assign(new Error("sim"), { name: "TimeoutError" }));
				if (faults.strike("twitch-cut", 0.4)) return reject(new SimulatedError("fetch failed"));
				resolve(this.tokens.isTaken(authorization) ? this.#reply(asked) : refusal(401));
			});
		});
	}

	#reply(asked: Asked): Response {
		const { kernel, faults } = this.#nature;
		if (faults.strike("twitch-error", 0.5)) return refusal(faults.of("twitch-error").pick(errors));
		if (faults.strike("twitch-throttle", 0.3)) {
			const throttle = faults.of("twitch-throttle");
			// Sometimes far away, as of a server whose clock is wrong.
			const resetAtMs = kernel.nowMs + throttle.below(throttle.chance(0.1) ? dayMs : 90_000);
			return refusal(429, { "Ratelimit-Reset": String(Math.ceil(resetAtMs / 1_000)) });
		}
		if (faults.strike("twitch-unauthorized", 0.3)) return refusal(401);
		if (faults.strike("twitch-unknown", 0.1)) return refusal(404);
		if (faults.strike("twitch-broken", 0.4)) {
			return success(faults.of("twitch-broken").pick(broken));
		}
		const stale = faults.of("twitch-stale");
		const nowMs = kernel.nowMs - (faults.strike("twitch-stale") ? stale.below(hourMs) : 0);
		const { page, cursor } = this.#cut(this.#list(asked, nowMs), asked.query);
		const data: unknown[] = page
			.filter((clip) => !this.#gone.has(clip.clipId))
			.map((clip) => this.#tell(clip, nowMs, asked));
		if (faults.strike("twitch-bad-clip")) {
			const clip = makePlainClip(asked.broadcasterId, -1, nowMs);
			data.push(faults.of("twitch-bad-clip").pick(unusable).spoil(describeClip(clip, nowMs)));
		}
		return success(JSON.stringify({ data, pagination: cursor === null ? {} : { cursor } }));
	}

	/** The window's clips, the most viewed first, so that new ones stand last. */
	#list({ broadcasterId, query }: Asked, nowMs: number): ClipLife[] {
		const { faults } = this.#nature;
		const window = decodeWindow(query, nowMs);
		if (!("fromMs" in window)) return [];
		const { fromMs, toMs } = window;
		const listed = (this.#clips.get(broadcasterId) ?? []).filter(
			({ createdAtMs, listedFromMs }) =>
				listedFromMs <= nowMs && createdAtMs >= fromMs && createdAtMs < toMs,
		);
		listed.sort((left, right) => viewsAt(right, nowMs) - viewsAt(left, nowMs));
		const moves = listed.length > this.#pageSize && faults.strike("twitch-order");
		return moves ? moveNeighbours(listed, this.#seed, this.requests) : listed;
	}

	/** The page at the cursor, which is an offset, and the cursor to the next one. */
	#cut(listed: readonly ClipLife[], query: URLSearchParams) {
		const { faults } = this.#nature;
		const cursor = query.get("after") ?? "0";
		const after = Number(cursor.replace(roundMark, ""));
		if (faults.strike("twitch-empty-page", 0.3)) return { page: [], cursor: String(after + 1) };
		const goesRound = cursor.startsWith(roundMark) && faults.happens("twitch-round");
		const isChanged = listed.length > Math.min(2, this.#pageSize) || after > 0;
		const overlaps = isChanged && faults.strike("twitch-pages");
		const size = overlaps ? 2 : this.#pageSize;
		const place = goesRound ? after % Math.max(1, listed.length) : after;
		const offset = Math.max(0, place - (overlaps ? 1 : 0));
		const page = listed.slice(offset, offset + size);
		const [first] = page;
		if (first !== undefined && !this.#gone.has(first.clipId) && faults.strike("twitch-gone", 0.2)) {
			this.#gone.add(first.clipId);
		}
		const next = after + size;
		if (next < listed.length) return { page, cursor: String(next) };
		return { page, cursor: faults.draw("twitch-round") ? `${roundMark}${next}` : null };
	}

	#tell(clip: ClipLife, nowMs: number, { query: _, ...asked }: Asked) {
		const described = describeClip(clip, nowMs);
		const { view_count: viewCount, title } = described;
		this.told.push({ ...asked, clipId: clip.clipId, viewCount, title });
		const key = `${asked.asker} ${asked.broadcasterId}`;
		this.#toldTo.set(key, [...(this.#toldTo.get(key) ?? []), clip.clipId]);
		return described;
	}
}

const errors = [500, 502, 503] as const;
const broken = ["", "<html>", "[]", '{"data":{}}', '{"data":[{'] as const;

/** As much of a `Response` as the client uses: a real one reads its body in turns of Node's own. */
function success(text: string): Response {
	return { ok: true, status: 200, text: async () => text } as unknown as Response;
}

/** With a proxy's page, which nobody can read. */
function refusal(status: number, headers: Record<string, string> = {}): Response {
	const get = (name: string) => headers[name] ?? null;
	const parts = [new TextEncoder().encode("<html>Bad gateway")];
	const read = async () => {
		const value = parts.pop();
		return { done: value === undefined, value };
	};
	const body = { getReader: () => ({ read }) };
	return { ok: false, status, body, headers: { get } } as unknown as Response;
}
