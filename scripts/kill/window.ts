const hourMs = 3_600_000;
/** README: the longest window there may be. */
const hoursMax = 336;

/**
 * Each run of a test looks some hours further back than the one before, so that each has new clips to insert and to
 * count. Windows that stay the same would be all known after the first run, and every sum right by itself.
 */
export class GrowingWindow {
	readonly #stepHours: number;
	readonly #endsAtMs = Date.now();
	#hours = 0;

	constructor(stepHours: number) {
		this.#stepHours = stepHours;
	}

	widen() {
		this.#hours = Math.min(this.#hours + this.#stepHours, hoursMax);
		const [from = "", to = ""] = [this.#endsAtMs - this.#hours * hourMs, this.#endsAtMs].map((ms) =>
			new Date(ms).toISOString(),
		);
		return { vars: { CLIP_WINDOW_HOURS: String(this.#hours) }, window: { from, to } };
	}
}
