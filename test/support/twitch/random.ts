/**
 * Owns every bit of chance in the simulated Twitch: a hash of integers and a stream of numbers that
 * starts from one. Nothing here or above it calls `Math.random`, so a seed and a clock give the
 * whole world.
 */

/**
 * A list that is known to hold something, so that picking from it needs no fallback at the
 * caller's.
 */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The words of a text, split at single spaces. */
export function listOf(text: string): NonEmpty<string> {
	const [first = "", ...rest] = text.split(" ");
	return [first, ...rest];
}

/** Mixes integers into one number in 0..2^32-1; the order of the keys matters. */
export function hash(...keys: number[]): number {
	let state = 0x9e3779b9;
	for (const key of keys) {
		state = Math.imul(state ^ (key | 0), 0x85ebca6b);
		state = Math.imul(state ^ (state >>> 15), 0xc2b2ae35);
		state ^= state >>> 13;
	}
	state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
	return (state ^ (state >>> 15)) >>> 0;
}

/** Numbers in a fixed order, decided by the keys alone (mulberry32). */
export class Random {
	#state: number;

	constructor(...keys: number[]) {
		this.#state = hash(...keys);
	}

	/** A number in 0..2^32-1. */
	integer(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}

	/** A number in [0, 1). */
	unit(): number {
		return this.integer() / 0x1_0000_0000;
	}

	/** A whole number in 0..count-1. */
	below(count: number): number {
		return Math.floor(this.unit() * count);
	}

	/** A whole number in low..high, both included. */
	between(low: number, high: number): number {
		return low + this.below(high - low + 1);
	}

	/** True with the given probability. */
	chance(probability: number): boolean {
		return this.unit() < probability;
	}

	pick<T>(list: NonEmpty<T>): T {
		return list[this.below(list.length)] ?? list[0];
	}

	/** Characters as Twitch's tokens have them: lower-case letters and digits. */
	letters(length: number): string {
		let text = "";
		while (text.length < length) text += this.integer().toString(36).padStart(7, "0").slice(-6);
		return text.slice(0, length);
	}
}

/**
 * A bijection on 0..2^30-1 keyed by the seed (a Feistel network of two 15-bit halves): numbers that
 * are unique because the input is, and look drawn by lot.
 */
export function permute30(seed: number, input: number): number {
	let left = (input >>> 15) & 0x7fff;
	let right = input & 0x7fff;
	for (let round = 0; round < 4; round += 1) {
		const next = left ^ (hash(seed, round, right) & 0x7fff);
		left = right;
		right = next;
	}
	return left * 0x8000 + right;
}
