import { get, mayTryAgain, type Refusal } from "./client.ts";

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
	/** Tries in a row, up to the newest, that brought nothing and after which asking again may help. */
	failures: number;
	/** Of the newest request that was answered: a slow answer must not take the place of one that was asked for later. */
	turn: number;
	/** Under way. */
	asking: number;
	/** Asked for in this very moment, by whoever else is drawn in it. */
	justAsked: Promise<void> | undefined;
	readonly views: Set<() => void>;
}

const keptMax = 60;
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

export function readKept(
	path: string,
): Readonly<Pick<Kept, "value" | "atMs" | "refusal" | "failures">> {
	return kept.get(path) ?? { value: undefined, atMs: undefined, refusal: undefined, failures: 0 };
}

/** @param view is told of each answer, and of each try that failed @returns what ends it */
export function watch(path: string, view: () => void): () => void {
	const answer = getKept(path);
	answer.views.add(view);
	return () => {
		answer.views.delete(view);
		// Whoever comes back later asks anew, and is not told first of what was wrong the last time.
		if (answer.views.size === 0) {
			answer.refusal = undefined;
			answer.failures = 0;
		}
		forgetOldest();
	};
}

/** Whether an answer is waited for; whoever watches will be told of it. */
export function isAsked(path: string): boolean {
	return (kept.get(path)?.asking ?? 0) > 0;
}

/** @param anew also where it was asked for in this very moment */
export function ask(path: string, { anew = false } = {}): Promise<void> {
	const answer = getKept(path);
	if (answer.justAsked !== undefined && !anew) return answer.justAsked;
	const asked = fetchInto(path, answer);
	answer.justAsked = asked;
	setTimeout(() => {
		answer.justAsked = undefined;
	});
	return asked;
}

async function fetchInto(path: string, into: Kept): Promise<void> {
	turns += 1;
	const turn = turns;
	into.asking += 1;
	const answer = await get<unknown>(path);
	into.asking -= 1;
	if (turn >= into.turn) {
		into.turn = turn;
		into.refusal = answer.ok ? undefined : answer.refusal;
		into.failures = !answer.ok && mayTryAgain(answer.refusal) ? into.failures + 1 : 0;
		if (answer.ok) {
			into.value = answer.value;
			into.atMs = Date.now();
		}
	}
	// Also of an answer that came too late: nobody else may be waiting for one any more.
	for (const view of into.views) view();
}

function getKept(path: string): Kept {
	const known = kept.get(path);
	const answer: Kept = known ?? {
		value: undefined,
		atMs: undefined,
		refusal: undefined,
		failures: 0,
		turn: 0,
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
