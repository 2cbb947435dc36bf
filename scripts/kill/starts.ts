import type { Daicho } from "./daicho.ts";

/** How long a killed run had to wait for its seal. */
export interface SealDelays {
	/**
	 * From the readiness of the restart that sealed it, and from that restart's first process. 0 when it was sealed before
	 * the one or the other: the seal had reached D1 when the kill came.
	 */
	readonly afterReadyMs: number;
	readonly afterStartMs: number;
}

interface Start {
	readonly startedAtMs: number;
	/** Infinite until it is. */
	readyAtMs: number;
}

/** When daicho was started and ready, time after time. */
export class Starts {
	readonly #starts: Start[] = [];

	add({ startedAtMs, ready }: Pick<Daicho, "startedAtMs" | "ready">): void {
		const start: Start = { startedAtMs, readyAtMs: Number.POSITIVE_INFINITY };
		this.#starts.push(start);
		ready.then(
			(readyAtMs) => {
				start.readyAtMs = readyAtMs;
			},
			() => {},
		);
	}

	measure(sealedAtMs: number, killedAtMs: number): SealDelays {
		// Not always the last one: a restart may seal a run and be killed before anybody has looked.
		const start = this.#starts.findLast(
			({ startedAtMs }) => startedAtMs >= killedAtMs && startedAtMs <= sealedAtMs,
		);
		const since = (atMs = sealedAtMs) => Math.max(0, sealedAtMs - atMs);
		return { afterReadyMs: since(start?.readyAtMs), afterStartMs: since(start?.startedAtMs) };
	}
}
