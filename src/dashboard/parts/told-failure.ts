import { readSlotReason } from "../../domain/slot-reason.ts";
import type { Failure } from "../api/shapes.ts";
import type { Words } from "../words/words.ts";

/** Whose code says all: their message is a fixed sentence, and says the same once more. */
const saidByCode = new Set([
	"lease_expired",
	"run_deadline",
	"too_many_deferrals",
	"run_closed",
	"no_outcome",
	"bad_window",
	"clips_truncated",
]);

export interface ToldFailure {
	readonly told: string;
	/** What Twitch, D1 or an exception said, as it said it; null where that adds nothing. */
	readonly said: string | null;
}

/** A failure in the reader's language, by its code, and the words of others. Pure. */
export function tellFailure(failure: Pick<Failure, "code" | "message">, words: Words): ToldFailure {
	const { code, message } = failure;
	const told = words.failure[code];
	if (told === undefined) return { told: message, said: null };
	const isSaid = saidByCode.has(code) || code.startsWith("clip_rejected_") || message === told;
	return { told, said: isSaid || message === "" ? null : message };
}

/** Why a slot has no run; what nobody wrote on purpose stays as it is. Pure. */
export function tellSlotReason(line: string, words: Words): string {
	const read = readSlotReason(line);
	if (read === undefined) return line.replace(/[.。]+$/, "");
	return words.slotReason[read.reason](...read.said);
}
