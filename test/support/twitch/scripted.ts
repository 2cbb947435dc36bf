/** Owns the answers that a test has written for single streamers, in place of the world's own. */

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
	/** Never answers; the connection stays open until somebody closes it. */
	hang?: boolean;
	/** Destroys the connection instead of answering. */
	drop?: boolean;
	/** So many requests get it, then all is as before; without it, until it is removed. */
	times?: number;
}

export class ScriptedReplies {
	readonly #replies = new Map<string, ScriptedReply>();
	readonly #timesLeft = new Map<string, number>();

	/** Sets the reply of a streamer, in place of the one before; null removes it. */
	set(broadcasterId: string, reply: ScriptedReply | null): void {
		this.#replies.delete(broadcasterId);
		if (reply === null) return;
		this.#replies.set(broadcasterId, reply);
		this.#timesLeft.set(broadcasterId, reply.times ?? Number.POSITIVE_INFINITY);
	}

	/** The reply for the next request, counted as used; undefined when the world shall answer. */
	take(broadcasterId: string | null): ScriptedReply | undefined {
		if (broadcasterId === null || this.#replies.size === 0) return undefined;
		const reply = this.#replies.get(broadcasterId);
		const left = this.#timesLeft.get(broadcasterId) ?? 0;
		if (!reply || left <= 0) return undefined;
		this.#timesLeft.set(broadcasterId, left - 1);
		return reply;
	}
}
