import type { TwitchFailure } from "../../twitch/failure.ts";

/**
 * What the tasks of one message know of Twitch's points: once one of them was told to wait, none asks before
 * that time is over.
 */
export class Throttle {
	#untilMs = 0;
	#longestMs = 0;

	/** Epoch milliseconds; in the past when nobody was told to wait. */
	get untilMs(): number {
		return this.#untilMs;
	}

	/** The longest wait that Twitch named to this message: the waits of its tasks pass at the same time. */
	get longestMs(): number {
		return this.#longestMs;
	}

	notice({ resetAtMs }: TwitchFailure, nowMs: number): void {
		if (resetAtMs === undefined) return;
		this.#untilMs = Math.max(this.#untilMs, resetAtMs);
		this.#longestMs = Math.max(this.#longestMs, resetAtMs - nowMs);
	}
}
