import { isRecord } from "../../twitch/answer.ts";
import type { ClipRejection } from "../../twitch/clip.ts";
import { clipRejections } from "../../twitch/clip.ts";
import type { PagingProgress } from "../../twitch/clip-paging.ts";

/**
 * What a task that was given back goes on from. With it the final report has the same figures as if the task
 * had never been interrupted: what was seen before is neither asked for, written nor counted again.
 */
export interface Continuation {
	readonly paging: PagingProgress;
	/** What the store said of `paging.clipIds`; later attempts of this run do not change it. */
	readonly written: WrittenClips;
}

/** Of the clips of one task: those that this run saw first, and those that it changed. */
export interface WrittenClips {
	readonly clipsNew: number;
	readonly clipsChanged: number;
}

const version = 1;

export function encodeContinuation({ paging, written }: Continuation): string {
	return JSON.stringify({ version, paging, written });
}

/** Null for one of another version, or none: the task then begins with its first page, which is slower and right. */
export function decodeContinuation(text: string | null): Continuation | null {
	if (text === null) return null;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (!isRecord(value) || value["version"] !== version) return null;
	const paging = decodePaging(value["paging"]);
	const written = decodeWritten(value["written"]);
	return paging === null || written === null ? null : { paging, written };
}

function decodePaging(value: unknown): PagingProgress | null {
	if (!isRecord(value)) return null;
	const { cursor, pages, listed, clipIds, rejectedIds, rejected } = value;
	if (cursor !== null && typeof cursor !== "string") return null;
	if (!isCount(pages) || !isCount(listed)) return null;
	if (!isTexts(clipIds) || !isTexts(rejectedIds) || !isRejected(rejected)) return null;
	return { cursor, pages, listed, clipIds, rejectedIds, rejected };
}

function decodeWritten(value: unknown): WrittenClips | null {
	if (!isRecord(value)) return null;
	const { clipsNew, clipsChanged } = value;
	return isCount(clipsNew) && isCount(clipsChanged) ? { clipsNew, clipsChanged } : null;
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isRejected(value: unknown): value is Partial<Record<ClipRejection, number>> {
	return (
		isRecord(value) &&
		Object.entries(value).every(([reason, count]) => reason in clipRejections && isCount(count))
	);
}
