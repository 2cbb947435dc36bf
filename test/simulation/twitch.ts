import { Random } from "../support/twitch/random.ts";
import type { Nature } from "./network.ts";
import { type Process, SimulatedError } from "./process.ts";
import type { Settings } from "./settings.ts";

/**
 * Helix as collect-clips sees it: clips that appear and are watched while the clock runs, pages, and all that goes wrong
 * with them. No HTTP: `fetch` is called, and an answer comes when the clock says so.
 */
export interface ToldClip {
	readonly clipId: string;
	readonly broadcasterId: string;
	/** The process that asked. */
	readonly asker: string;
	/** By the clock of whoever asked: what the store keeps as `fetched_at_ms`. */
	readonly askedAtMs: number;
	readonly viewCount: number;
	readonly title: string;
}

interface SimulatedClip {
	readonly clipId: string;
	readonly broadcasterId: string;
	readonly createdAtMs: number;
	/** When Twitch lists it first. */
	readonly listedFromMs: number;
	readonly msPerView: number;
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

export class SimulatedTwitch {
	readonly broadcasterIds: readonly string[];
	/** Everything that was ever told of a clip. */
	readonly told: ToldClip[] = [];
	requests = 0;
	readonly #nature: Nature;
	readonly #clips = new Map<string, SimulatedClip[]>();
	readonly #pageSize: number;

	/** @param lastsMs how long new clips keep coming */
	constructor(
		nature: Nature,
		seed: number,
		{ streamers, clipsEach }: Pick<Settings, "streamers" | "clipsEach">,
		lastsMs: number,
	) {
		const random = new Random(seed, 11);
		const startMs = nature.kernel.nowMs;
		this.#nature = nature;
		const isFixed = clipsEach !== undefined;
		this.#pageSize = !isFixed && random.chance(0.3) ? random.between(1, 3) : 100;
		this.broadcasterIds = Array.from({ length: streamers }, (_, index) => String(1_000 + index));
		for (const broadcasterId of this.broadcasterIds) {
			const count = clipsEach ?? (random.chance(0.4) ? random.between(1, 4) : 0);
			const clips = Array.from({ length: count }, (_, index): SimulatedClip => {
				const createdAtMs = isFixed
					? startMs - hourMs
					: startMs - 5 * hourMs + random.below(5 * hourMs + lastsMs);
				return {
					clipId: `Clip-${broadcasterId}-${index}`,
					broadcasterId,
					createdAtMs: Math.floor(createdAtMs / 1_000) * 1_000,
					listedFromMs: createdAtMs + (isFixed ? 0 : random.below(10 * minuteMs)),
					msPerView: random.pick([5_000, 60_000, 15 * minuteMs]),
				};
			});
			this.#clips.set(broadcasterId, clips);
		}
	}

	fetchFor(process: Process): typeof fetch {
		return ((input: unknown, init: RequestInit) =>
			this.#answer(process, new URL(String(input)), init)) as typeof fetch;
	}

	/** A source of tokens, as the gate is one. */
	openTokens() {
		const { faults } = this.#nature;
		const source = {
			requests: 0,
			getToken: async () => {
				source.requests += 1;
				const message = "The TwitchGate object did not answer; its log says why.";
				return faults.strike("token-none", 0.5)
					? ({ ok: false, error: { kind: "auth_unavailable", message } } as const)
					: ({ ok: true, value: "token-1" } as const);
			},
			replaceToken: async () => {
				source.requests += 1;
				return { ok: true, value: "token-2" } as const;
			},
		};
		return source;
	}

	#answer(process: Process, url: URL, init: RequestInit): Promise<Response> {
		const { kernel, faults, random } = this.#nature;
		this.requests += 1;
		const askedAtMs = process.nowMs();
		const broadcasterId = url.searchParams.get("broadcaster_id") ?? "";
		const { timeoutMs } = init.signal as unknown as { timeoutMs: number };
		const latencyMs =
			random.between(40, 400) +
			(faults.strike("twitch-slow", 0.5) ? faults.of("twitch-slow").below(9_000) : 0);
		const hangs = faults.strike("twitch-hang", 0.4);
		const dies = faults.strike("consumer-die", 0.05);
		const waitMs = hangs ? timeoutMs : latencyMs;
		return new Promise((resolve, reject) => {
			kernel.after(waitMs, `${process.name} > twitch ${broadcasterId}`, () => {
				if (dies) return process.die();
				if (!process.alive) return;
				if (hangs) return reject(Object.assign(new Error("sim"), { name: "TimeoutError" }));
				if (faults.strike("twitch-cut", 0.4)) return reject(new SimulatedError("fetch failed"));
				resolve(this.#reply(process, url, askedAtMs));
			});
		});
	}

	#reply(process: Process, url: URL, askedAtMs: number): Response {
		const { kernel, faults } = this.#nature;
		if (faults.strike("twitch-error", 0.5))
			return refusal(faults.of("twitch-error").chance(0.5) ? 500 : 503);
		if (faults.strike("twitch-throttle", 0.3)) {
			const resetAtMs = kernel.nowMs + faults.of("twitch-throttle").below(90_000);
			return refusal(429, { "Ratelimit-Reset": String(Math.ceil(resetAtMs / 1_000)) });
		}
		if (faults.strike("twitch-unauthorized", 0.3)) return refusal(401);
		if (faults.strike("twitch-unknown", 0.1)) return refusal(404);
		if (faults.strike("twitch-broken", 0.4)) {
			return success(
				faults.of("twitch-broken").pick(["", "<html>", "[]", '{"data":{}}', '{"data":[{']),
			);
		}
		const { searchParams } = url;
		const broadcasterId = searchParams.get("broadcaster_id") ?? "";
		const fromMs = Date.parse(searchParams.get("started_at") ?? "");
		const toMs = Date.parse(searchParams.get("ended_at") ?? "");
		const listed = (this.#clips.get(broadcasterId) ?? []).filter(
			({ createdAtMs, listedFromMs }) =>
				listedFromMs <= kernel.nowMs && createdAtMs >= fromMs && createdAtMs < toMs,
		);
		const overlaps = faults.strike("twitch-pages");
		const size = overlaps ? 2 : this.#pageSize;
		const offset = Math.max(0, Number(searchParams.get("after") ?? 0) - (overlaps ? 1 : 0));
		const page = listed.slice(offset, offset + size);
		const data = page.map((clip) => this.#tell(clip, process.name, askedAtMs));
		if (faults.strike("twitch-bad-clip")) {
			data.push(
				faults.of("twitch-bad-clip").pick<unknown>([null, { id: "Bad" }, { id: "" }, 7]) as never,
			);
		}
		const next = offset + size;
		const pagination = next < listed.length ? { cursor: String(next) } : {};
		return success(JSON.stringify({ data, pagination }));
	}

	#tell(clip: SimulatedClip, asker: string, askedAtMs: number) {
		const { clipId, broadcasterId, createdAtMs, msPerView } = clip;
		const ageMs = this.#nature.kernel.nowMs - createdAtMs;
		const viewCount = Math.floor(ageMs / msPerView);
		const title = `Title ${Math.floor(ageMs / (7 * hourMs))} of ${clipId}`;
		this.told.push({ clipId, broadcasterId, asker, askedAtMs, viewCount, title });
		return {
			id: clipId,
			broadcaster_id: broadcasterId,
			broadcaster_name: "Name",
			creator_id: "1",
			creator_name: "Creator",
			video_id: "",
			game_id: "32982",
			language: "ja",
			title,
			view_count: viewCount,
			created_at: new Date(createdAtMs).toISOString(),
			thumbnail_url: "https://example.com/thumbnail.jpg",
			duration: 30,
			vod_offset: null,
			url: `https://example.com/${clipId}`,
			embed_url: `https://example.com/embed/${clipId}`,
			is_featured: false,
		};
	}
}

/** As much of a `Response` as the client uses: a real one reads its body in turns of Node's own. */
function success(text: string): Response {
	return { ok: true, status: 200, text: async () => text } as unknown as Response;
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
	const get = (name: string) => headers[name] ?? null;
	return { ok: false, status, body: null, headers: { get } } as unknown as Response;
}
