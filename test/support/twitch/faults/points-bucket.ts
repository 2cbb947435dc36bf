/**
 * Owns the points of an app's requests: a bucket that fills up evenly, as Twitch describes it. Pure
 * but for its level; the clock is passed in.
 */
export interface PointsTaken {
	readonly granted: boolean;
	/** Whole points left. */
	readonly remaining: number;
	/** Epoch seconds, rounded up, at which the bucket is full again. */
	readonly fullAtSeconds: number;
}

export class PointsBucket {
	readonly #capacity: number;
	readonly #pointsPerMs: number;
	#points: number;
	#atMs: number | null = null;

	constructor(capacity: number, pointsPerMinute: number) {
		this.#capacity = capacity;
		this.#pointsPerMs = pointsPerMinute / 60_000;
		this.#points = capacity;
	}

	/** One point, if there is one: a request that is refused costs none. */
	take(nowMs: number): PointsTaken {
		// A clock that was set back fills nothing and takes nothing away.
		const passedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs));
		this.#atMs = nowMs;
		this.#points = Math.min(this.#capacity, this.#points + passedMs * this.#pointsPerMs);
		const granted = this.#points >= 1;
		if (granted) this.#points -= 1;
		const fullInMs = (this.#capacity - this.#points) / this.#pointsPerMs;
		return {
			granted,
			remaining: Math.floor(this.#points),
			fullAtSeconds: Math.ceil((nowMs + fullInMs) / 1_000),
		};
	}
}
