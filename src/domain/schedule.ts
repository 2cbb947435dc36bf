import { Cron } from "croner";

/**
 * Slots: the scheduled times that runs belong to, in UTC, on the minute. Pure; the time is passed in.
 *
 * Finding one costs croner 0.1 ms and the scheduler looks at 60 with every alarm, so the slots of an expression are
 * found once and remembered: that changes nothing but the time it takes.
 */
const slotsRemembered = 2_000;

/** Consecutive slots of an expression, oldest first: there is none between two of them. */
class SlotLine {
	readonly #cron: Cron;
	#slots: number[] = [];

	constructor(expression: string) {
		this.#cron = new Cron(expression, { timezone: "UTC" });
	}

	/** Newest first, at or before `nowMs`. */
	listBefore(nowMs: number, count: number): number[] {
		const newest = this.#findNewest(nowMs);
		const missing = count - (newest + 1);
		const oldest = this.#slots[0];
		if (missing > 0 && oldest !== undefined) {
			const older = this.#cron.previousRuns(missing, new Date(oldest));
			this.#slots = [...older.map((date) => date.getTime()).toReversed(), ...this.#slots];
		}
		const end = this.#findNewest(nowMs) + 1;
		return this.#slots.slice(Math.max(0, end - count), end).toReversed();
	}

	/** The first one after `nowMs`; null when there is none. */
	findNext(nowMs: number): number | null {
		// In this order: looking may put another array in the place of the one that is known.
		const newest = this.#findNewest(nowMs);
		return this.#slots[newest + 1] ?? null;
	}

	/** The place of the newest slot at or before `nowMs`, -1 for none; the one after it is known then, if there is one. */
	#findNewest(nowMs: number): number {
		const [oldest = 0] = this.#slots;
		const isFar = nowMs < oldest || this.#slots.length > slotsRemembered;
		if (isFar || this.#slots.length === 0) this.#slots = this.#findAround(nowMs);
		for (let added = 0; (this.#slots.at(-1) ?? Number.POSITIVE_INFINITY) <= nowMs; added += 1) {
			if (added === slotsRemembered) this.#slots = this.#findAround(nowMs);
			const next = this.#cron.nextRun(new Date(this.#slots.at(-1) ?? nowMs));
			if (next === null) break;
			this.#slots.push(next.getTime());
		}
		return this.#slots.findLastIndex((slot) => slot <= nowMs);
	}

	/** The one before `nowMs` and the one after it. */
	#findAround(nowMs: number): number[] {
		// croner looks strictly before the reference date, so look from the second after now.
		const before = this.#cron.previousRuns(1, new Date(nowMs + 1_000));
		const after = this.#cron.nextRun(new Date(nowMs));
		return [...before, ...(after === null ? [] : [after])].map((date) => date.getTime());
	}
}

/** By expression: a deployment has as many as it has jobs. */
const lines = new Map<string, SlotLine>();

function lineOf(cron: string): SlotLine {
	const known = lines.get(cron) ?? new SlotLine(cron);
	lines.set(cron, known);
	return known;
}

/**
 * The newest slots of a cron expression at or before `nowMs`, newest first, epoch milliseconds.
 * Throws on a malformed expression: jobs are code.
 */
export function previousSlots(cron: string, nowMs: number, count: number): number[] {
	return lineOf(cron).listBefore(nowMs, count);
}

/** How many slots of a cron expression come after `fromMs` and not after `toMs`: `max` for that many or more. */
export function countSlots(cron: string, fromMs: number, toMs: number, max: number): number {
	const line = lineOf(cron);
	let count = 0;
	for (let slotMs = line.findNext(fromMs); slotMs !== null && slotMs <= toMs; count += 1) {
		if (count === max) break;
		slotMs = line.findNext(slotMs);
	}
	return count;
}

/** The first slot of a cron expression after `nowMs`, epoch milliseconds. Throws when there is none, or on a malformed one. */
export function nextSlot(cron: string, nowMs: number): number {
	const nextMs = lineOf(cron).findNext(nowMs);
	if (nextMs === null) throw new Error(`the cron expression ${cron} has no next slot`);
	return nextMs;
}
