import type { Counts } from "./counts.ts";

/**
 * What a consumer says of one attempt, with its evidence.
 *
 * A job says what happened; what follows from it (again, when, or never) is decided in task.ts alone.
 */
export const outcomeKinds = ["succeeded", "retryable", "permanent", "deferred"] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

export type Outcome =
	| { readonly kind: "succeeded" }
	/** Worth another attempt. `notBeforeMs`: the time that the other side named, if it named one. */
	| { readonly kind: "retryable"; readonly error: Failure; readonly notBeforeMs?: number }
	/** Will fail again however often it is asked. */
	| { readonly kind: "permanent"; readonly error: Failure }
	/** Given back before a limit was reached; goes on from `continuation`. Costs no attempt. */
	| {
			readonly kind: "deferred";
			readonly continuation: string | null;
			readonly notBeforeMs?: number;
	  };

/** Why something failed: what an operator sees, and what failures are grouped by. */
export interface Failure {
	/** Groups failures of one cause: lower-case words and hyphens, no ids or times in it. */
	readonly fingerprint: string;
	/** What it is, for programs: `twitch_not_found`. */
	readonly code: string;
	/** For people, at most `failureMessageCharactersMax` characters, never a secret. */
	readonly message: string;
	/** The other side's HTTP status, when there was one. */
	readonly httpStatus?: number;
}

/** Something lost or odd in a task that went well all the same, e.g. clips that could not be read. */
export interface Warning {
	readonly code: string;
	readonly message: string;
	readonly count: number;
}

const failureMessageCharactersMax = 300;
const warningsMax = 20;

/** A failure whose message is cut to a sane length and freed of control characters. */
export function describeFailure(failure: Failure): Failure {
	return { ...failure, message: cutMessage(failure.message) };
}

/** A failure of the engine's own, grouped by its code. */
export function engineFailure(code: string, message: string): Failure {
	return describeFailure({ fingerprint: code.replaceAll("_", "-"), code, message });
}

export function cutMessage(message: string): string {
	// Other servers' texts end up in logs and on pages: no control characters, and one line.
	const line = message.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
	const characters = [...line];
	return characters.length <= failureMessageCharactersMax
		? line
		: `${characters.slice(0, failureMessageCharactersMax - 1).join("")}…`;
}

/** One task's part of a consumer's report. */
export interface TaskResult {
	readonly taskId: string;
	readonly outcome: Outcome;
	/** What this attempt saw and left in the store. */
	readonly yield: Counts;
	/** What this task alone used; what its whole message used stands in the report. */
	readonly meters: Counts;
	readonly warnings: readonly Warning[];
}

export function limitWarnings(warnings: readonly Warning[]): Warning[] {
	return warnings
		.slice(0, warningsMax)
		.map((warning) => ({ ...warning, message: cutMessage(warning.message) }));
}
