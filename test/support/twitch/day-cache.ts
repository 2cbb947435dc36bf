/** Owns what is kept in memory of the clips that were made: the days that were looked at last. */
import type { ClipLife } from "./clips.ts";
import type { Person } from "./streamers.ts";

export class DayCache {
	readonly #kept: number;
	readonly #make: (person: Person, day: number) => readonly ClipLife[];
	readonly #days = new Map<number, readonly ClipLife[]>();

	/** @param kept days of one streamer kept at a time */
	constructor(kept: number, make: (person: Person, day: number) => readonly ClipLife[]) {
		this.#kept = kept;
		this.#make = make;
	}

	/** The clips of a streamer's day, made when nobody has asked for it of late. */
	get(person: Person, day: number): readonly ClipLife[] {
		// Days since 1970 stay below 2^17 for centuries, so one number names streamer and day.
		const key = person.index * 0x2_0000 + day;
		const known = this.#days.get(key);
		if (known) return known;
		const made = this.#make(person, day);
		if (this.#days.size >= this.#kept) {
			// The oldest entry goes. A collection walks the streamers in order, so that keeping what was
			// used last would gain nothing.
			for (const oldest of this.#days.keys()) {
				this.#days.delete(oldest);
				break;
			}
		}
		this.#days.set(key, made);
		return made;
	}
}
