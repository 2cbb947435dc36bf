import { get, type Refusal } from "./client.ts";

/**
 * What was answered, by path: two views of the same thing ask for it once, and are told of the answer together. An open
 * page asks all day, and the Free plan counts each request.
 */
interface Kept {
	value: unknown;
	/** When `value` was answered, epoch milliseconds. */
	atMs: number | undefined;
	/** Why the newest try failed. */
	refusal: Refusal | undefined;
	/** Of the newest request that was answered: a slow answer must not take the place of one that was asked for later. */
	turn: number;
	askedAtMs: number;
	/** Under way. */
	asking: number;
	/** Asked for in this very moment, by whoever else is drawn in it. */
	justAsked: Promise<boolean> | undefined;
	readonly views: Set<() => void>;
}

const keptMax = 60;
/** Timers of one period fire a little earlier or later than each other: so much of it counts as all of it. */
const nearlyAll = 0.9;
const kept = new Map<string, Kept>();
let turns = 0;

/** Signing out must leave nothing behind, and what is still under way comes too late. */
export function forgetAnswers(): void {
	turns += 1;
	for (const [path, answer] of kept) {
		if (answer.views.size === 0) kept.delete(path);
		answer.value = undefined;
		answer.atMs = undefined;
		answer.turn = turns;
	}
}

/** What no view shows now: the next one that wants it asks for it. */
export function forgetUnwatched(): void {
	for (const [path, { views }] of kept) {
		if (views.size === 0) kept.delete(path);
	}
}

export function readKept(path: string): Readonly<Pick<Kept, "value" | "atMs" | "refusal">> {
	return kept.get(path) ?? { value: undefined, atMs: undefined, refusal: undefined };
}

/** @returns what ends it */
export function watch(path: string, view: () => void): () => void {
	const answer = getKept(path);
	answer.views.add(view);
	return () => {
		answer.views.delete(view);
		// Whoever comes back later asks anew, and is not told first of what was wrong the last time.
		if (answer.views.size === 0) answer.refusal = undefined;
		forgetOldest();
	};
}

/** Whether somebody has asked within this period, or is still waiting for an answer. */
export function isAskedOften(path: string, periodMs: number): boolean {
	const answer = getKept(path);
	return answer.asking > 0 || Date.now() - answer.askedAtMs < periodMs * nearlyAll;
}

/**
 * @param anew also where it was asked for in this very moment
 * @returns whether nothing came, and asking again may help
 */
export function ask(path: string, { anew = false } = {}): Promise<boolean> {
	const answer = getKept(path);
	if (answer.justAsked !== undefined && !anew) return answer.justAsked;
	const asked = fetchInto(path, answer);
	answer.justAsked = asked;
	setTimeout(() => {
		answer.justAsked = undefined;
	});
	return asked;
}

async function fetchInto(path: string, into: Kept): Promise<boolean> {
	turns += 1;
	const turn = turns;
	into.askedAtMs = Date.now();
	into.asking += 1;
	const answer = await get<unknown>(path);
	into.asking -= 1;
	if (turn < into.turn) return false;
	into.turn = turn;
	into.refusal = answer.ok ? undefined : answer.refusal;
	if (answer.ok) {
		into.value = answer.value;
		into.atMs = Date.now();
	}
	for (const view of into.views) view();
	return !answer.ok && ["offline", "broken"].includes(answer.refusal.kind);
}

function getKept(path: string): Kept {
	const known = kept.get(path);
	const answer: Kept = known ?? {
		value: undefined,
		atMs: undefined,
		refusal: undefined,
		turn: 0,
		askedAtMs: 0,
		asking: 0,
		justAsked: undefined,
		views: new Set(),
	};
	// The newest stands last.
	kept.delete(path);
	kept.set(path, answer);
	return answer;
}

function forgetOldest(): void {
	for (const [path, { views }] of kept) {
		if (kept.size <= keptMax) return;
		if (views.size === 0) kept.delete(path);
	}
}
