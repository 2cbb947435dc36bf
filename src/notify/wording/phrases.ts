import type { IncidentKind } from "../../domain/incident.ts";

/** What a language has to say, and what it is given to say it. Pure; one file a language beside this one. */
export interface Phrases {
	readonly kinds: Readonly<Record<IncidentKind, KindPhrases>>;
	readonly labels: Readonly<Record<Label, string>>;
	/** The title of an incident that is over. */
	over(title: string): string;
	/** One sentence: how long it has lasted, and how often it was seen when that is more than once. */
	lasting(facts: Facts): string;
	/** One sentence: how long it did last and from when to when, and how often it was seen. */
	lasted(facts: Facts): string;
	/** Puts sentences behind each other. */
	join(sentences: readonly string[]): string;
	/** Of what lasted: the numbers of days, hours, minutes or seconds, of which at most two are not 0. */
	duration(parts: DurationParts): string;
}

/** Each a whole sentence or more, but for `title`, and none empty. */
export interface KindPhrases {
	title(facts: Facts): string;
	what(facts: Facts): string;
	toDo(facts: Facts): string;
	/** Why it is over. */
	ended(facts: Facts): string;
	/** What is left to do when it is over. */
	afterwards(facts: Facts): string;
}

export type Label = "run" | "slot" | "failed" | "causes" | "lasted" | "toDo";

/** An incident, made ready to be put into sentences; null is what is not known. */
export interface Facts {
	readonly job: string;
	readonly run: string | null;
	/** `2026-11-23 17:00 UTC`, as all times here. */
	readonly slot: string | null;
	readonly tasks: TaskFacts | null;
	/** `5 %` */
	readonly tolerated: string | null;
	/** A duration, as `lasted`. */
	readonly late: string | null;
	readonly reason: string | null;
	readonly lastSeen: string | null;
	/** `2 h 5 min` */
	readonly lasted: string;
	readonly openedAt: string;
	/** Null while it lasts. */
	readonly closedAt: string | null;
	/** At least 1. */
	readonly occurrences: number;
	/** Sets literal text off from the sentence: the name of a var, a command, an address. */
	readonly mark: Mark;
}

export interface TaskFacts {
	readonly planned: number;
	readonly succeeded: number;
	readonly failed: number;
	readonly lost: number;
	/** Failed and lost. */
	readonly missing: number;
	/** `missing` of `planned`: `16.5 %` */
	readonly missingPercent: string;
}

export interface DurationParts {
	readonly days: number;
	readonly hours: number;
	readonly minutes: number;
	readonly seconds: number;
}

/** How ids, commands and the words of others are set off: not at all, or as code. Others' words come cut and in one line. */
export type Mark = (text: string) => string;
