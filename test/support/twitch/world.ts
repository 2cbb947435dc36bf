/**
 * Owns the world as a whole: everyone in it, and every clip there ever was or will be. Clips are
 * made when somebody first looks at their day and may be forgotten at any time, because they come
 * out the same again.
 */
import { findClipPlace } from "./clip-id.ts";
import { type ClipLife, isListed, makeClipDay } from "./clips.ts";
import { makeStreamers, makeViewers, type Person, type Viewer } from "./streamers.ts";
import { dayOf } from "./streams.ts";

/**
 * Days of one streamer kept in memory: 40 days of 50 active streamers, some 25 MB. A larger world
 * is made anew as it is asked for, which costs less than 0.1 ms a day.
 */
const DAYS_KEPT = 2_000;

/**
 * Before this day Twitch had no clips; it keeps a window that starts in 1970 from making decades of
 * them.
 */
const FIRST_DAY = dayOf(Date.UTC(2016, 4, 26));

export class World {
	readonly seed: number;
	readonly people: readonly Person[];
	readonly #byId = new Map<string, Person>();
	readonly #byLogin = new Map<string, Person>();
	readonly #viewers: readonly [Viewer, ...Viewer[]];
	readonly #days = new Map<number, readonly ClipLife[]>();

	constructor(seed: number, streamers: number) {
		this.seed = seed;
		this.people = makeStreamers(seed, streamers);
		this.#viewers = makeViewers(seed);
		for (const person of this.people) {
			this.#byId.set(person.id, person);
			this.#byLogin.set(person.login, person);
		}
	}

	findById(id: string): Person | undefined {
		return this.#byId.get(id);
	}

	/** Logins are compared without regard to case, as on Twitch. */
	findByLogin(login: string): Person | undefined {
		return this.#byLogin.get(login.toLowerCase());
	}

	/** The streamer's clips made in [fromMs, toMs) that Twitch lists by now, oldest first. */
	clipsBetween(person: Person, fromMs: number, toMs: number, nowMs: number): ClipLife[] {
		if (!person.active) return [];
		const lastMs = Math.min(toMs - 1, nowMs);
		const found: ClipLife[] = [];
		for (let day = Math.max(dayOf(fromMs), FIRST_DAY); day <= dayOf(lastMs); day += 1) {
			for (const clip of this.#clipsOn(person, day)) {
				const inWindow = clip.createdAtMs >= fromMs && clip.createdAtMs <= lastMs;
				if (inWindow && isListed(clip, nowMs)) found.push(clip);
			}
		}
		return found;
	}

	/** The clip with this id, when there is one and Twitch lists it by now. */
	findClip(id: string, nowMs: number): ClipLife | undefined {
		const place = findClipPlace(this.seed, id);
		const person = place && this.people[place.streamerIndex];
		if (!place || !person) return undefined;
		const clip = this.#clipsOn(person, place.day)[place.number];
		return clip && isListed(clip, nowMs) ? clip : undefined;
	}

	#clipsOn(person: Person, day: number): readonly ClipLife[] {
		// Days since 1970 stay below 2^17 for centuries, so one number names streamer and day.
		const key = person.index * 0x2_0000 + day;
		const known = this.#days.get(key);
		if (known) return known;
		const made = makeClipDay(this.seed, person, day, this.#viewers);
		if (this.#days.size >= DAYS_KEPT) {
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
