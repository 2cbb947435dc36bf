/** Owns what the simulated Twitch offers to those who start it: options in, handle out. */
import type { SimulatedClip } from "./clips.ts";
import type { FaultName } from "./faults/fault-names.ts";
import type { FaultSettings, Faults, FaultsGiven } from "./faults/settings.ts";
import type { ScriptedReply } from "./scripted.ts";
import type { SimulatedStreamer } from "./streamers.ts";
import type { MalformedEntry } from "./truth.ts";

export type {
	FaultName,
	FaultSettings,
	Faults,
	FaultsGiven,
	MalformedEntry,
	ScriptedReply,
	SimulatedClip,
	SimulatedStreamer,
};

export interface SimulatedTwitchOptions {
	/** Decides everything but the time. Default 1. */
	seed?: number;
	/** Default 200, at most 131,072; the first are the same people in every size of world. */
	streamers?: number;
	/** Delay before every answer below /helix. Default 0. */
	latencyMs?: number;
	/** Default 0: any free one. */
	port?: number;
	/** Epoch milliseconds. Default `Date.now`. */
	now?: () => number;
	/**
	 * Whether the order of any listing moves between requests, which leaves gaps in short ones, too.
	 * Default true, or false when `faults` are given: among them is one that leaves ordinary listings
	 * whole, so that they can be compared.
	 */
	movingOrder?: boolean;
	/** Default none. Together with the seed they decide what fails when. */
	faults?: FaultsGiven;
	/** Epoch milliseconds in which `throttling` counts its points, whatever `now` says. Default `Date.now`. */
	wallClock?: () => number;
	clientId?: string;
	clientSecret?: string;
	/** Default 5,000,000, about 58 days. */
	tokenLifetimeSeconds?: number;
}

export interface SimulatedTwitch {
	url: string;
	/** For `TWITCH_API_URL`: `url` with /helix. */
	apiUrl: string;
	/** For `TWITCH_AUTH_URL`: `url` with /oauth2. */
	authUrl: string;
	clientId: string;
	clientSecret: string;
	streamers: readonly SimulatedStreamer[];
	/**
	 * Requests so far, refused ones too; `unauthorized` are the 401s among them, `throttled` the 429s.
	 * Counts on by itself.
	 */
	counts: {
		clips: number;
		users: number;
		streams: number;
		tokens: number;
		unauthorized: number;
		throttled: number;
	};
	/** Times that each fault has struck so far, of `revoked-tokens` the tokens. Counts on by itself. */
	hits: Readonly<Record<FaultName, number>>;
	/** Those that are on. */
	readonly faults: Faults;
	/** Get Clips for this streamer so far. */
	requestsOf(broadcasterId: string): number;
	/**
	 * What Twitch has by now of the clips created in [fromMs, toMs): oldest first, no cap, edges as
	 * given. Under faults the well-formed ones that are neither late nor deleted, as they are told.
	 */
	truth(broadcasterId: string, fromMs: number, toMs: number): SimulatedClip[];
	/**
	 * What of it a listing of this very window can hold, in its order: edges rounded down to ten
	 * minutes, and nothing beyond the thousandth place. While `moving-order` is on, neighbours at that
	 * place may have changed.
	 */
	listable(broadcasterId: string, fromMs: number, toMs: number): SimulatedClip[];
	/** What Twitch lists of [fromMs, toMs) that is no proper clip, and so is no part of the truth. */
	malformed(broadcasterId: string, fromMs: number, toMs: number): MalformedEntry[];
	/** Whether the fault `prolific` is on for this streamer. */
	isProlific(broadcasterId: string): boolean;
	/** The status that every listing of this streamer fails with; undefined for a living one. */
	deadStatus(broadcasterId: string): number | undefined;
	/**
	 * Switches to these faults and no others; the points bucket is full then, and counting anew begins
	 * for what strikes at a certain request.
	 * @throws RangeError for faults and settings that there are not
	 */
	setFaults(given: FaultsGiven): void;
	/** Every token issued so far gets a 401 from now on. */
	revokeTokens(): void;
	setNow(nowMs: number | (() => number)): void;
	/** Get Clips for this streamer answers as written (once let in by its token); null removes it. */
	respondWith(broadcasterId: string, reply: ScriptedReply | null): void;
	/** Ends the server and every connection to it; may be called twice. */
	close(): Promise<void>;
}
