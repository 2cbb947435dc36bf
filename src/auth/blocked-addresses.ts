/**
 * Addresses that have no tries left, as far as this isolate has heard: who guesses on costs no query, and a right
 * Bearer token, which needs none, does not tell a guesser that it was right. An isolate that has not heard learns of it
 * by the next wrong token, so a blocked address has one guess an isolate, and not one a request.
 */
const addressesMax = 1_000;

export class BlockedAddresses {
	readonly #untilMs = new Map<string, number>();

	block(address: string, untilMs: number): void {
		this.#untilMs.delete(address);
		const [oldest] = this.#untilMs.keys();
		if (this.#untilMs.size >= addressesMax && oldest !== undefined) this.#untilMs.delete(oldest);
		this.#untilMs.set(address, untilMs);
	}

	free(address: string): void {
		this.#untilMs.delete(address);
	}

	/** @returns milliseconds that it is still blocked; 0 when it is not */
	remainingMs(address: string, nowMs: number): number {
		const untilMs = this.#untilMs.get(address) ?? 0;
		if (untilMs > nowMs) return untilMs - nowMs;
		this.#untilMs.delete(address);
		return 0;
	}
}
