import { Random } from "../support/twitch/random.ts";

/** What a seed decides besides its faults. Small: a world of few tasks meets as many interleavings as a large one. */
export interface Settings {
	readonly streamers: number;
	/** Clips of each, made an hour before; when not said, some have some. */
	readonly clipsEach?: number;
	/** Slots within the bad days; one more comes after them. */
	readonly slots: number;
	readonly startMs: number;
	/** When everything goes well again. */
	readonly fairAtMs: number;
	/** Whether an operator ends every pause then; else each has to end by itself. */
	readonly resumesWhenFair: boolean;
	/** Whether it lives on until the slot that comes when all has long been well: that takes a quarter of a world's time. */
	readonly seesNextSlot: boolean;
	/** Milliseconds between two looks at the site; 0 when nobody looks. */
	readonly visitsMs: number;
	readonly config: {
		readonly tasksPerMessage: number;
		readonly messagesInFlight: number;
		readonly leaseMs: number;
		readonly queuedMs: number;
		readonly runDeadlineMs: number;
		readonly maxAttempts: number;
		readonly coordinatorRetentionMs: number;
		readonly taskRetentionMs: number;
		readonly requestTimeoutMs: number;
		readonly requestsPerInvocation: number;
		readonly cronGraceMs: number;
		readonly toleratedFailurePercent: number;
		readonly publicUrl: undefined;
	};
}

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const firstSlotMs = Date.parse("2026-11-23T17:00:00Z");

export function drawSettings(seed: number): Settings {
	const random = new Random(seed, 3);
	const slots = random.pick([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
	const startMs = firstSlotMs - 10 * minuteMs;
	// Often in the middle of a run, which then has to find its own way out.
	const lastSlotMs = firstSlotMs + (slots - 1) * hourMs;
	const fairAtMs = lastSlotMs + random.pick([4, 10, 20, 59]) * minuteMs * random.unit();
	const streamers = random.pick([2, 3, 3, 3, 3, 5, 5, 8, 8, 12, 20]);
	return {
		streamers,
		slots,
		startMs,
		fairAtMs: Math.ceil(fairAtMs),
		resumesWhenFair: new Random(seed, 4).chance(0.5),
		seesNextSlot: new Random(seed, 5).chance(0.5),
		visitsMs: random.pick([0, 10 * minuteMs, 45 * minuteMs]),
		config: {
			tasksPerMessage: random.pick(streamers > 12 ? [4, 12] : [1, 2, 4, 12]),
			messagesInFlight: random.pick([2, 3, 6, 40]),
			leaseMs: random.pick([60_000, 120_000, 300_000]),
			queuedMs: random.pick([30_000, 90_000]),
			// One that is longer than the time between two slots, so that the next one finds the run open.
			runDeadlineMs: random.pick([50, 50, 80, 30]) * minuteMs,
			maxAttempts: random.pick([4, 4, 2, 1]),
			// Sometimes forgotten so early that messages and starts come after it.
			coordinatorRetentionMs: random.chance(0.2) ? random.pick([3, 20]) * minuteMs : 7 * dayMs,
			taskRetentionMs: 30 * dayMs,
			requestTimeoutMs: 10_000,
			requestsPerInvocation: random.pick([45, 45, 6, 3]),
			cronGraceMs: 120_000,
			toleratedFailurePercent: 5,
			publicUrl: undefined,
		},
	};
}
