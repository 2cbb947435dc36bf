/**
 * Owns what a request may ask for: page size, cursor and window, each decoded to a value or a
 * `BadParameter`.
 */

/** Why a request gets a 400; a value rather than an exception, because it is expected. */
export class BadParameter {
	readonly message: string;

	constructor(message: string) {
		this.message = message;
	}
}

/** An instant range: from is in it, to is not. */
export interface Window {
	fromMs: number;
	toMs: number;
}

const FIRST_DEFAULT = 20;
const FIRST_MOST = 100;

/** Seen on the live service: both edges are rounded down to it (twitchdev/issues #52, #521). */
const EDGE_MS = 10 * 60_000;

const WEEK_MS = 7 * 86_400_000;

/**
 * Twitch lists clips of all time when no window is asked for. Here that means the last 120 days:
 * twice what it takes to reach the cap of a listing, and quick.
 */
const ALL_TIME_MS = 120 * 86_400_000;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** The page size, 1 to 100; 20 when none is given. */
export function decodeFirst(query: URLSearchParams): number | BadParameter {
	const text = query.get("first");
	if (text === null) return FIRST_DEFAULT;
	const malformed = 'The parameter "first" was malformed: the value must be';
	if (!/^-?\d{1,9}$/.test(text)) return new BadParameter(`${malformed} a number`);
	const first = Number(text);
	if (first < 1) return new BadParameter(`${malformed} greater than or equal to 1`);
	if (first > FIRST_MOST) {
		return new BadParameter(`${malformed} less than or equal to ${FIRST_MOST}`);
	}
	return first;
}

/** The offset that the cursor `after` stands for; 0 when there is none. */
export function decodeAfter(query: URLSearchParams): number | BadParameter {
	const text = query.get("after");
	// An empty cursor is none: clients that always send the parameter begin so.
	if (!text) return 0;
	const offset = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? offsetIn(text) : undefined;
	return offset ?? new BadParameter('The parameter "after" was malformed: invalid cursor');
}

/**
 * Twitch's own wrapping: base64 of JSON that holds the base64 of the offset. Opaque to clients, and
 * plain to us.
 */
export function encodeCursor(offset: number): string {
	return base64(JSON.stringify({ b: null, a: { Cursor: base64(String(offset)) } }));
}

function offsetIn(cursor: string): number | undefined {
	try {
		const { a } = JSON.parse(Buffer.from(cursor, "base64").toString()) as {
			a: { Cursor: string };
		};
		const offset = Buffer.from(a.Cursor, "base64").toString();
		return /^\d{1,9}$/.test(offset) ? Number(offset) : undefined;
	} catch {
		return undefined;
	}
}

function base64(text: string): string {
	return Buffer.from(text).toString("base64").replace(/=+$/, "");
}

/** The window asked for, as Twitch understands it; one that ends before it starts is empty. */
export function decodeWindow(query: URLSearchParams, nowMs: number): Window | BadParameter {
	const startedAt = query.get("started_at");
	// `ended_at` alone is ignored, whatever it says.
	if (!startedAt) return { fromMs: nowMs - ALL_TIME_MS, toMs: Number.MAX_SAFE_INTEGER };
	const fromMs = decodeEdge("started_at", startedAt);
	if (fromMs instanceof BadParameter) return fromMs;
	const endedAt = query.get("ended_at");
	if (!endedAt) return { fromMs, toMs: fromMs + WEEK_MS };
	const toMs = decodeEdge("ended_at", endedAt);
	return toMs instanceof BadParameter ? toMs : { fromMs, toMs };
}

function decodeEdge(name: string, text: string): number | BadParameter {
	const atMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(atMs)) {
		return new BadParameter(
			`The parameter "${name}" was malformed: the value must be a valid RFC3339 timestamp`,
		);
	}
	return roundEdge(atMs);
}

/** The edge of a window as Twitch takes it. */
export function roundEdge(atMs: number): number {
	return Math.floor(atMs / EDGE_MS) * EDGE_MS;
}
