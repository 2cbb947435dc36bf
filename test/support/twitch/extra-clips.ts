/**
 * Owns the clips that are there on bad days only: the flood of a prolific streamer, and the entries
 * that are no proper clips. They come on top of the ordinary ones, which stay the same.
 */
import { type ClipLife, makeClip } from "./clips.ts";
import { type Malformation, malformations } from "./faults/malformations.ts";
import { Random } from "./random.ts";
import type { Person, Viewer } from "./streamers.ts";
import { DAY_MS, type Stream, streamOn } from "./streams.ts";

/** An entry in a listing that cannot be told as a clip. */
export interface MalformedLife extends ClipLife {
	malformation: Malformation;
}

export const PROLIFIC_CLIPS_A_DAY = 1_600;

export const MALFORMED_A_DAY = 8;

/** Above the numbers of a day's ordinary clips. */
const FIRST_MALFORMED_NUMBER = 200;
const FIRST_PROLIFIC_NUMBER = 256;

/** Ten minutes at the end of a day stay free, so that no clip is of the next day. */
const DAYS_END_MS = 600_000;

/** Evenly over the whole day, so that any 24 hours hold more than 1,500: a stream that never ends. */
export function makeProlificDay(
	seed: number,
	streamer: Person,
	day: number,
	viewers: readonly [Viewer, ...Viewer[]],
): readonly ClipLife[] {
	const startedAtMs = day * DAY_MS;
	const endedAtMs = startedAtMs + DAY_MS - DAYS_END_MS;
	const stream: Stream = { ...streamOn(seed, streamer, day), startedAtMs, endedAtMs };
	const stepMs = (endedAtMs - startedAtMs) / PROLIFIC_CLIPS_A_DAY;
	return Array.from({ length: PROLIFIC_CLIPS_A_DAY }, (_, place) => {
		const createdAtMs = startedAtMs + Math.floor((place * stepMs) / 1000) * 1000;
		const number = FIRST_PROLIFIC_NUMBER + place;
		return makeClip({ seed, streamer, stream, day, number, createdAtMs, viewers });
	});
}

/** All malformations come in turn: neighbours among the active streamers have others. */
export function makeMalformedDay(
	seed: number,
	streamer: Person,
	day: number,
	viewers: readonly [Viewer, ...Viewer[]],
): readonly MalformedLife[] {
	const stream = streamOn(seed, streamer, day);
	const random = new Random(seed, streamer.index, day, 14);
	const seconds = (stream.endedAtMs - stream.startedAtMs) / 1000;
	return Array.from({ length: MALFORMED_A_DAY }, (_, place) => {
		const createdAtMs = stream.startedAtMs + random.below(seconds) * 1000;
		const number = FIRST_MALFORMED_NUMBER + place;
		// One streamer of four is active.
		const turn = (Math.floor(streamer.index / 4) + day) * MALFORMED_A_DAY + place;
		const malformation = malformations[turn % malformations.length];
		if (malformation === undefined) throw new Error("there are no malformations");
		const clip = makeClip({ seed, streamer, stream, day, number, createdAtMs, viewers });
		return { ...clip, malformation };
	}).sort((a, b) => a.createdAtMs - b.createdAtMs);
}

export function isMalformed(clip: ClipLife): clip is MalformedLife {
	return "malformation" in clip;
}
