/**
 * Owns how the bad days cut a listing into pages. Where a page ends is decided by seed, streamer and
 * offset, so that a client which begins again finds the same pages; what moves, moves by request.
 */
import { LISTED_MOST, moveNeighbours, type Page } from "../listing.ts";
import { encodeCursor } from "../parameters.ts";
import { Random } from "../random.ts";
import { hashText } from "./failures.ts";
import type { FaultSwitches } from "./switches.ts";

/** Listings up to here lose nothing by the moving order: one whole page on a good day. */
const SETTLED_MOST = 100;

/** So that a page with a few deleted clips in it is not an empty one. */
const SHORT_PAGE_LEAST = 5;

const REPEATED_MOST = 2;

export interface Cut {
	/** Null for a listing of a game. */
	readonly broadcasterId: string | null;
	readonly offset: number;
	readonly first: number;
	/** Which request it is, for the order to move by. */
	readonly request: number;
}

export class PageFaults {
	readonly #switches: FaultSwitches;
	readonly #seed: number;

	constructor(switches: FaultSwitches, seed: number) {
		this.#switches = switches;
		this.#seed = seed;
	}

	/** @param sorted all that the window has, in its order; what is beyond the thousandth is not listed */
	cut<T>(sorted: readonly T[], cut: Cut): Page<T> {
		const list = this.#move(sorted, cut).slice(0, LISTED_MOST);
		const isEndless = list.length >= LISTED_MOST && this.#isOn("endless-cursors", cut);
		const position = isEndless ? cut.offset % list.length : cut.offset;
		if (isEndless && position < cut.offset) this.#switches.hit("endless-cursors");
		const hasEmptyEnd = this.#hasEmptyEnd(cut);
		if (position >= list.length) {
			if (!hasEmptyEnd) return { data: [], pagination: {} };
			this.#switches.hit("empty-pages");
			return { data: [], pagination: { cursor: encodeCursor(cut.offset + cut.first) } };
		}
		const size = this.#sizeOf(cut);
		const repeated = this.#repeatedBefore(cut, position, size);
		const end = Math.min(position + size - repeated, list.length);
		if (end < Math.min(position + cut.first - repeated, list.length)) {
			this.#switches.hit("short-pages");
		}
		const next = cut.offset + (end - position);
		const goesOn = end < list.length || isEndless || hasEmptyEnd;
		return {
			data: list.slice(position - repeated, end),
			pagination: goesOn ? { cursor: encodeCursor(next) } : {},
		};
	}

	#move<T>(sorted: readonly T[], { broadcasterId, request }: Cut): readonly T[] {
		const isMoving = this.#switches.isOnFor("moving-order", broadcasterId);
		if (!isMoving || sorted.length <= SETTLED_MOST) return sorted;
		return moveNeighbours(sorted, this.#seed, request);
	}

	#sizeOf(cut: Cut): number {
		const random = this.#randomOf(cut, 63);
		if (!this.#isOn("short-pages", cut) || random.chance(0.5)) return cut.first;
		const least = Math.min(cut.first, Math.max(SHORT_PAGE_LEAST, Math.floor(cut.first / 20)));
		return random.between(least, Math.max(least, Math.floor(cut.first / 4)));
	}

	#repeatedBefore(cut: Cut, position: number, size: number): number {
		// A page that only repeated would say that nothing is new.
		if (!this.#isOn("moving-order", cut) || position === 0 || size <= REPEATED_MOST) return 0;
		const random = new Random(this.#seed, cut.request, cut.offset, 64);
		const repeated = Math.min(position, random.below(REPEATED_MOST + 1));
		if (repeated > 0) this.#switches.hit("moving-order");
		return repeated;
	}

	#hasEmptyEnd(cut: Cut): boolean {
		return this.#isOn("empty-pages", cut) && this.#randomOf({ ...cut, offset: 0 }, 65).chance(0.5);
	}

	#isOn(name: "moving-order" | "short-pages" | "empty-pages" | "endless-cursors", cut: Cut) {
		return this.#switches.isOnFor(name, cut.broadcasterId);
	}

	#randomOf({ broadcasterId, offset, first }: Cut, salt: number): Random {
		return new Random(hashText(this.#seed, broadcasterId ?? ""), offset, first, salt);
	}
}
