import { err, ok, type Result } from "../domain/result.ts";
import { clipsPerPageMax } from "../limits.ts";
import { isRecord, readRefusal } from "./answer.ts";
import type { AskedClips } from "./clip.ts";
import type { ListedPage } from "./clip-paging.ts";
import { describeLostAnswer, hideSecrets, kindOfStatus, type TwitchFailure } from "./failure.ts";
import type { TokenSource } from "./gate-client.ts";

export interface HelixOptions {
	/** With its path, without a slash at the end: `https://api.twitch.tv/helix`. */
	readonly apiUrl: string;
	readonly clientId: string;
	/** Never sent from here, and hidden all the same: a server that also gives out the tokens may quote it. */
	readonly clientSecret?: string | undefined;
	/** Keeps its time-out armed until the body is read, and rejects with an error named TimeoutError. */
	readonly fetch: typeof fetch;
	readonly now: () => number;
	/** Asked again for every request, and for another token after a 401. */
	readonly tokens: TokenSource;
	/** Errors of `fetch` that are no trouble with Twitch, such as a spent budget: they are thrown on. */
	readonly isOwnError: (error: unknown) => boolean;
}

/** Requests that were sent, the refused and unanswered ones too. */
export interface RequestCount {
	requests: number;
}

export interface ClipsPage extends ListedPage {
	/** When Twitch was asked, epoch milliseconds. */
	readonly askedAtMs: number;
}

/** Used when a 429 does not say when the points are full again: the bucket is a minute's. */
const unnamedResetMs = 60_000;
/** A reset is believed from 1 s to 15 minutes ahead; a wrong clock must neither make a loop nor park a task. */
const resetMinMs = 1_000;
const resetMaxMs = 900_000;

/**
 * Helix, as much of it as is used: typed requests, failures as values, no retry but one with a new token after a 401.
 */
export class HelixClient {
	readonly #options: HelixOptions;

	constructor(options: HelixOptions) {
		this.#options = options;
	}

	/**
	 * One page of a streamer's clips, the most viewed first, as Twitch sent them: 100 at most, undecoded.
	 *
	 * @param cursor of the page before; null for the first page
	 * @param count grows by the requests that were sent
	 * @throws only what `isOwnError` knows
	 */
	async getClips(
		asked: AskedClips,
		cursor: string | null,
		count: RequestCount,
	): Promise<Result<ClipsPage, TwitchFailure>> {
		const query = new URLSearchParams({
			broadcaster_id: asked.broadcasterId,
			first: String(clipsPerPageMax),
			started_at: formatEdge(asked.fromMs),
			ended_at: formatEdge(asked.toMs),
		});
		if (cursor !== null) query.set("after", cursor);
		const answer = await this.#get(`/clips?${query}`, count);
		if (!answer.ok) return answer;
		const { body, askedAtMs } = answer.value;
		const items = isRecord(body) ? body["data"] : undefined;
		if (!Array.isArray(items)) return err(brokenAnswer("no list of clips"));
		return ok({ items, cursor: findCursor(body), askedAtMs });
	}

	async #get(path: string, count: RequestCount): Promise<Result<JsonAnswer, TwitchFailure>> {
		const { tokens } = this.#options;
		const token = await tokens.getToken();
		if (!token.ok) return token;
		const answer = await this.#ask(path, token.value, count);
		if (answer.ok || answer.error.kind !== "unauthorized") return answer;
		const fresh = await tokens.replaceToken(token.value);
		if (!fresh.ok) return fresh;
		// It was the new one already that Twitch refused: another new one would be refused as well.
		if (fresh.value === token.value) return answer;
		return this.#ask(path, fresh.value, count);
	}

	async #ask(
		path: string,
		token: string,
		count: RequestCount,
	): Promise<Result<JsonAnswer, TwitchFailure>> {
		// Taken out of its object: the platform's fetch refuses to be called as a method of another one.
		const { fetch, now, apiUrl, clientId } = this.#options;
		const askedAtMs = now();
		let text: string;
		try {
			count.requests += 1;
			const response = await fetch(apiUrl + path, {
				headers: { "Client-Id": clientId, Authorization: `Bearer ${token}` },
				// A followed redirect is one more request, and would carry the client id to who knows whom.
				redirect: "manual",
			});
			if (!response.ok) return err(await this.#describeRefusal(response, token));
			text = await response.text();
		} catch (error) {
			if (this.#options.isOwnError(error)) {
				count.requests -= 1;
				throw error;
			}
			const failure = describeLostAnswer(error);
			return err({ ...failure, message: this.#hide(failure.message, token) });
		}
		try {
			return ok({ body: JSON.parse(text), askedAtMs });
		} catch {
			return err(brokenAnswer("text that is no JSON"));
		}
	}

	async #describeRefusal(response: Response, token: string): Promise<TwitchFailure> {
		const { status } = response;
		const words = this.#hide(await readRefusal(response), token);
		const kind = kindOfStatus(status);
		const message = `Twitch answered ${status}${words === "" ? "" : `: ${words}`}${advise(kind, status)}`;
		if (kind !== "throttled") return { kind, status, message };
		const resetAtMs = decodeReset(response.headers.get("Ratelimit-Reset"), this.#options.now());
		return { kind, status, message, resetAtMs };
	}

	#hide(message: string, token: string): string {
		return hideSecrets(message, [token, this.#options.clientSecret ?? ""]);
	}
}

interface JsonAnswer {
	readonly body: unknown;
	readonly askedAtMs: number;
}

function advise(kind: TwitchFailure["kind"], status: number): string {
	if (kind === "unauthorized") {
		return ". Check the secrets TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET.";
	}
	return status < 400 ? ". Check TWITCH_API_URL." : "";
}

function brokenAnswer(what: string): TwitchFailure {
	return { kind: "broken_answer", status: 200, message: `Twitch's answer was broken: ${what}.` };
}

/** @param header epoch seconds; null when it is missing @returns epoch milliseconds */
function decodeReset(header: string | null, nowMs: number): number {
	const seconds = header === null || header.trim() === "" ? Number.NaN : Number(header);
	if (!Number.isFinite(seconds)) return nowMs + unnamedResetMs;
	return Math.min(Math.max(Math.ceil(seconds * 1_000), nowMs + resetMinMs), nowMs + resetMaxMs);
}

function findCursor(body: unknown): string | null {
	const pagination = isRecord(body) ? body["pagination"] : undefined;
	const cursor = isRecord(pagination) ? pagination["cursor"] : undefined;
	return typeof cursor === "string" && cursor !== "" ? cursor : null;
}

/** 2026-11-23T17:00:00Z */
function formatEdge(atMs: number): string {
	return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
