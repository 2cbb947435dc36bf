/**
 * Owns the answers that a test has written for single streamers, in place of the world's own, and the requests that
 * these leave without one.
 */
import type { ServerResponse } from "node:http";
import { playScript } from "./wire.ts";

export interface ScriptedReply {
	/** Default 200. */
	status?: number;
	/** Sent in addition to the usual ones, or in their place. */
	headers?: Record<string, string>;
	/**
	 * Any text, JSON or not. Default: Helix's error for the status, or an empty page when it is below
	 * 400.
	 */
	body?: string;
	/** Does not answer: the connection stays open until the client ends it, or the reply is replaced or removed. */
	hang?: boolean;
	/** Answers as written, but not before this. */
	after?: Promise<unknown>;
	/** Destroys the connection instead of answering. */
	drop?: boolean;
	/** So many requests get it, then all is as before; without it, until it is removed. */
	times?: number;
}

/** @param usual the headers that every answer has */
type PlayReply = (response: ServerResponse, usual: Record<string, string>) => void;

export class ScriptedReplies {
	readonly #replies = new Map<string, ScriptedReply>();
	readonly #timesLeft = new Map<string, number>();
	readonly #hanging = new Map<string, Set<ServerResponse>>();

	/** Sets the reply of a streamer, in place of the one before; null removes it. What that one left hanging is cut off. */
	set(broadcasterId: string, reply: ScriptedReply | null): void {
		this.#replies.delete(broadcasterId);
		for (const response of this.#hanging.get(broadcasterId) ?? []) response.destroy();
		this.#hanging.delete(broadcasterId);
		if (reply === null) return;
		this.#replies.set(broadcasterId, reply);
		this.#timesLeft.set(broadcasterId, reply.times ?? Number.POSITIVE_INFINITY);
	}

	/** What the next request gets, counted as used; undefined when the world shall answer. */
	take(broadcasterId: string | null): PlayReply | undefined {
		if (broadcasterId === null || this.#replies.size === 0) return undefined;
		const reply = this.#replies.get(broadcasterId);
		const left = this.#timesLeft.get(broadcasterId) ?? 0;
		if (!reply || left <= 0) return undefined;
		this.#timesLeft.set(broadcasterId, left - 1);
		return async (response, usual) => {
			await reply.after;
			if (reply.hang) this.#leaveHanging(broadcasterId, reply, response);
			else if (!response.destroyed) playScript(response, reply, usual);
		};
	}

	#leaveHanging(broadcasterId: string, reply: ScriptedReply, response: ServerResponse): void {
		// It may have been replaced while the request waited for its turn.
		if (this.#replies.get(broadcasterId) !== reply) {
			response.destroy();
			return;
		}
		const hanging = this.#hanging.get(broadcasterId) ?? new Set();
		this.#hanging.set(broadcasterId, hanging.add(response));
		response.once("close", () => hanging.delete(response));
	}
}
