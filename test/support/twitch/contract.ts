/** Owns what the simulated Twitch offers to those who start it: options in, handle out. */
import type { SimulatedClip } from "./clips.ts";
import type { ScriptedReply } from "./scripted.ts";
import type { SimulatedStreamer } from "./streamers.ts";

export type { ScriptedReply, SimulatedClip, SimulatedStreamer };

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
	/** Whether the order of a listing moves between requests, as on Twitch. Default true. */
	movingOrder?: boolean;
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
	 * Requests so far, refused ones too; `unauthorized` are the 401s among them. Counts on by itself.
	 */
	counts: { clips: number; users: number; streams: number; tokens: number; unauthorized: number };
	/**
	 * What Twitch lists by now of the clips created in [fromMs, toMs): oldest first, no cap, edges as
	 * given.
	 */
	truth(broadcasterId: string, fromMs: number, toMs: number): SimulatedClip[];
	/** Every token issued so far gets a 401 from now on. */
	revokeTokens(): void;
	setNow(nowMs: number | (() => number)): void;
	/** Get Clips for this streamer answers as written (once let in by its token); null removes it. */
	respondWith(broadcasterId: string, reply: ScriptedReply | null): void;
	/** Ends the server and every connection to it; may be called twice. */
	close(): Promise<void>;
}
