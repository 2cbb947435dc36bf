/**
 * Owns what a database is compared with: what Twitch has by now, on good days and bad ones, told
 * without a request and with no fault in between.
 */
import type { SimulatedClip } from "./clips.ts";
import { isMalformed } from "./extra-clips.ts";
import { listableClips } from "./get-clips.ts";
import { roundEdge } from "./parameters.ts";
import type { World } from "./world.ts";

/** An entry that Twitch lists and that is no proper clip. */
export interface MalformedEntry {
	/** The id that it is listed with; null when it has none that is a text. */
	id: string | null;
	/** Null for an entry that is no object. */
	field: keyof SimulatedClip | null;
	/** What is wrong with the field: `missing`, or its value. */
	way: string;
	/** Whether a client may keep it all the same, because what identifies and measures a clip is right. */
	usable: boolean;
	entry: unknown;
}

/** See `SimulatedTwitch.truth`. */
export function truth(
	world: World,
	nowMs: number,
	broadcasterId: string,
	fromMs: number,
	toMs: number,
): SimulatedClip[] {
	const person = world.findById(broadcasterId);
	if (!person) return [];
	return world
		.clipsBetween(person, fromMs, toMs, nowMs)
		.map((clip) => world.clipFaults.describe(clip, nowMs));
}

/** See `SimulatedTwitch.listable`. */
export function listable(
	world: World,
	nowMs: number,
	broadcasterId: string,
	fromMs: number,
	toMs: number,
): SimulatedClip[] {
	const person = world.findById(broadcasterId);
	if (!person) return [];
	const window = { fromMs: roundEdge(fromMs), toMs: roundEdge(toMs) };
	return listableClips(world, person, window, nowMs).map((clip) =>
		world.clipFaults.describe(clip, nowMs),
	);
}

/** See `SimulatedTwitch.malformed`. */
export function malformed(
	world: World,
	nowMs: number,
	broadcasterId: string,
	fromMs: number,
	toMs: number,
): MalformedEntry[] {
	const person = world.findById(broadcasterId);
	if (!person) return [];
	return world
		.entriesBetween(person, fromMs, toMs, nowMs)
		.filter(isMalformed)
		.filter((clip) => !world.clipFaults.isDeleted(clip, nowMs))
		.map((clip) => {
			const { field, way, usable, spoil } = clip.malformation;
			const entry = spoil(world.clipFaults.describe(clip, nowMs));
			return { id: idOf(entry), field, way, usable, entry };
		});
}

function idOf(entry: unknown): string | null {
	const id = (entry as { id?: unknown } | null)?.id;
	return typeof id === "string" ? id : null;
}
