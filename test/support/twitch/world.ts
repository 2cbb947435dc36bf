/**
 * Owns the world as a whole: everyone in it, and every clip there ever was or will be. Clips are
 * made when somebody first looks at their day and may be forgotten at any time, because they come
 * out the same again.
 */
import { findClipPlace } from "./clip-id.ts";
import { type ClipLife, makeClipDay } from "./clips.ts";
import { DayCache } from "./day-cache.ts";
import { isMalformed, makeMalformedDay, makeProlificDay } from "./extra-clips.ts";
import { ClipFaults } from "./faults/clip-faults.ts";
import { FaultSwitches } from "./faults/switches.ts";
import { hash } from "./random.ts";
import { makeStreamers, makeViewers, type Person } from "./streamers.ts";
import { dayOf } from "./streams.ts";

/**
 * Days of one streamer kept in memory: 40 days of 50 active streamers, some 25 MB. A larger world
 * is made anew as it is asked for, which costs less than 0.1 ms a day.
 */
const DAYS_KEPT = 2_000;

/** A prolific streamer's day is as large as those of 80 others. */
const PROLIFIC_DAYS_KEPT = 25;

/**
 * Before this day Twitch had no clips; it keeps a window that starts in 1970 from making decades of
 * them.
 */
const FIRST_DAY = dayOf(Date.UTC(2016, 4, 26));

const DEAD_EVERY = 25;

export class World {
	readonly seed: number;
	readonly people: readonly Person[];
	readonly faults: FaultSwitches;
	readonly clipFaults: ClipFaults;
	readonly #byId = new Map<string, Person>();
	readonly #byLogin = new Map<string, Person>();
	readonly #firstActive: Person | undefined;
	readonly #ordinaryDays: DayCache;
	readonly #malformedDays: DayCache;
	readonly #prolificDays: DayCache;

	constructor(seed: number, streamers: number, faults = new FaultSwitches()) {
		this.seed = seed;
		this.faults = faults;
		this.clipFaults = new ClipFaults(faults);
		this.people = makeStreamers(seed, streamers);
		for (const person of this.people) {
			this.#byId.set(person.id, person);
			this.#byLogin.set(person.login, person);
		}
		this.#firstActive = this.people.find((person) => person.active);
		const viewers = makeViewers(seed);
		const cache = (kept: number, make: typeof makeClipDay) =>
			new DayCache(kept, (person, day) => make(seed, person, day, viewers));
		this.#ordinaryDays = cache(DAYS_KEPT, makeClipDay);
		this.#malformedDays = cache(DAYS_KEPT, makeMalformedDay);
		this.#prolificDays = cache(PROLIFIC_DAYS_KEPT, makeProlificDay);
	}

	findById(id: string): Person | undefined {
		return this.#byId.get(id);
	}

	/** Logins are compared without regard to case, as on Twitch. */
	findByLogin(login: string): Person | undefined {
		return this.#byLogin.get(login.toLowerCase());
	}

	/** The streamer's clips made in [fromMs, toMs) that Twitch has by now, oldest first. */
	clipsBetween(person: Person, fromMs: number, toMs: number, nowMs: number): ClipLife[] {
		return this.entriesBetween(person, fromMs, toMs, nowMs).filter(
			(clip) => !isMalformed(clip) && !this.clipFaults.isDeleted(clip, nowMs),
		);
	}

	/**
	 * What has a place in a listing of [fromMs, toMs), oldest first: the streamer's clips, the deleted
	 * ones, and whatever is no proper clip.
	 * @param onHeldBack told of each clip that a fault keeps from being there yet
	 */
	entriesBetween(
		person: Person,
		fromMs: number,
		toMs: number,
		nowMs: number,
		onHeldBack: () => void = () => {},
	): ClipLife[] {
		const lastMs = Math.min(toMs - 1, nowMs);
		const found: ClipLife[] = [];
		for (let day = Math.max(dayOf(fromMs), FIRST_DAY); day <= dayOf(lastMs); day += 1) {
			for (const clip of this.#entriesOn(person, day)) {
				const inWindow = clip.createdAtMs >= fromMs && clip.createdAtMs <= lastMs;
				if (!inWindow || clip.listedAtMs > nowMs) continue;
				if (this.clipFaults.isHeldBack(clip, nowMs)) onHeldBack();
				else found.push(clip);
			}
		}
		return found;
	}

	/** The entry with this id, when there is one and Twitch has it by now. */
	findClip(id: string, nowMs: number): ClipLife | undefined {
		const place = findClipPlace(this.seed, id);
		const person = place && this.people[place.streamerIndex];
		if (!place || !person) return undefined;
		const clip = this.#entriesOn(person, place.day).find((one) => one.id === id);
		const isThere =
			clip && this.clipFaults.isListed(clip, nowMs) && !this.clipFaults.isDeleted(clip, nowMs);
		return isThere ? clip : undefined;
	}

	isProlific(person: Person): boolean {
		return this.faults.isOnFor("prolific", person.id, person === this.#firstActive);
	}

	/** The status that every listing of this streamer fails with; undefined for a living one. */
	findDeadStatus(person: Person): number | undefined {
		const chosen =
			person !== this.#firstActive &&
			person.index % DEAD_EVERY === hash(this.seed, 62) % DEAD_EVERY;
		if (!this.faults.isOnFor("dead", person.id, chosen)) return undefined;
		const inTurn = Math.floor(person.index / DEAD_EVERY) % 2 === 0 ? 404 : 500;
		return this.faults.number("dead", "status", inTurn);
	}

	#entriesOn(person: Person, day: number): readonly ClipLife[] {
		const isMalformedOn = this.faults.isOnFor("malformed-clips", person.id) && person.active;
		const isProlific = this.isProlific(person);
		const ordinary = person.active ? this.#ordinaryDays.get(person, day) : [];
		if (!isMalformedOn && !isProlific) return ordinary;
		return [
			...ordinary,
			...(isMalformedOn ? this.#malformedDays.get(person, day) : []),
			...(isProlific ? this.#prolificDays.get(person, day) : []),
		].sort((a, b) => a.createdAtMs - b.createdAtMs);
	}
}
