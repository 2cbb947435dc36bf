/**
 * Owns who exists: the streamers, and the viewers who cut clips of them. A person is decided by
 * seed and index alone, so the first 200 of 20,000 streamers are the same people as a world of 200.
 */
import { makeName } from "./names.ts";
import { hash, permute30, Random } from "./random.ts";

export interface SimulatedStreamer {
	/** Twitch's user id: digits, unique, in no order. */
	id: string;
	login: string;
	displayName: string;
	/** An active streamer makes 10 to 30 clips on every day; the others never make one. */
	active: boolean;
}

/** What the world needs to know of a streamer beyond what its users may. */
export interface Person extends SimulatedStreamer {
	index: number;
	language: "ja" | "en";
}

export interface Viewer {
	id: string;
	displayName: string;
}

/**
 * The most streamers a world can hold: the width of the streamer's share in a video id (17 bits).
 */
export const MAX_STREAMERS = 131_072;

/** One in so many is active. */
const ACTIVE_EVERY = 4;

const VIEWERS = 400;

/**
 * Viewers' ids come from the upper half of the permutation, streamers' from the lower: none is
 * both.
 */
const FIRST_VIEWER = 0x2000_0000;

/** Ids below this are those of Twitch's first years; a world of today's people starts above. */
const FIRST_ID = 20_000_000;

export function makeStreamers(seed: number, count: number): Person[] {
	if (!Number.isInteger(count) || count < 0 || count > MAX_STREAMERS) {
		throw new RangeError(`streamers must be a whole number from 0 to ${MAX_STREAMERS}: ${count}`);
	}
	const taken = new Set<string>();
	return Array.from({ length: count }, (_, index) => {
		const name = makeName(new Random(seed, index, 1), taken);
		return {
			id: idOf(seed, index),
			login: name.login,
			displayName: name.displayName,
			// One in each group of four rather than a coin for each: a world of 200 has exactly 50.
			active:
				index % ACTIVE_EVERY === hash(seed, Math.floor(index / ACTIVE_EVERY), 2) % ACTIVE_EVERY,
			index,
			language: name.japanese ? "ja" : "en",
		};
	});
}

export function makeViewers(seed: number): [Viewer, ...Viewer[]] {
	const taken = new Set<string>();
	const make = (index: number): Viewer => ({
		id: idOf(seed, FIRST_VIEWER + index),
		displayName: makeName(new Random(seed, index, 3), taken).displayName,
	});
	const first = make(0);
	return [first, ...Array.from({ length: VIEWERS - 1 }, (_, index) => make(index + 1))];
}

function idOf(seed: number, index: number): string {
	return String(FIRST_ID + permute30(seed, index));
}
