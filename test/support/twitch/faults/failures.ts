/**
 * Owns which requests fail, and how: decided by the seed, whom it is about and which request about
 * them it is, never by the time or by what others ask.
 *
 * About each streamer (and about each address without one) requests are counted in periods of 48.
 * In a period none, one or two of the first six fail: none in a fifth of the periods, one in two
 * fifths, two in two fifths. So a client that asks again gets through: of any 40 requests in a row
 * about one streamer two fail at most, those that the points bucket refused counted with them.
 */
import { hash, Random } from "../random.ts";
import type { FaultName } from "./fault-names.ts";

export const failureNames = [
	"server-errors",
	"bad-gateways",
	"cut-answers",
	"unanswered",
	"dropped-connections",
] as const satisfies readonly FaultName[];
export type FailureName = (typeof failureNames)[number];

const PERIOD = 48;
const FAILURES_MOST = 2;
/** Requests in a row in which no more than that fail. */
const SPAN = 40;

export interface Failure {
	readonly name: FailureName;
	/** Some failures come in two ways. */
	readonly inTheMiddle: boolean;
}

interface Asked {
	requests: number;
	/** Numbers of the requests that failed last. */
	failed: number[];
}

export class FailurePlan {
	readonly #seed: number;
	readonly #asked = new Map<string, Asked>();

	constructor(seed: number) {
		this.#seed = seed;
	}

	/**
	 * How the next request about `key` fails; undefined when it shall be answered.
	 * @param enabled the failures there are
	 */
	take(key: string, enabled: readonly FailureName[]): Failure | undefined {
		const asked = this.#askedOf(key);
		const number = asked.requests;
		asked.requests += 1;
		const [first, ...others] = enabled;
		if (first === undefined) return undefined;
		const lot = hashText(this.#seed, key);
		const period = Math.floor(number / PERIOD);
		if (!placesOf(lot, period).includes(number % PERIOD)) return undefined;
		if (asked.failed.filter((one) => number - one < SPAN).length >= FAILURES_MOST) return undefined;
		asked.failed.push(number);
		const random = new Random(lot, number, 61);
		return { name: random.pick([first, ...others]), inTheMiddle: random.chance(0.5) };
	}

	/** A request about `key` was refused for want of points. */
	noteRefusal(key: string): void {
		const asked = this.#askedOf(key);
		asked.failed.push(asked.requests);
		asked.requests += 1;
	}

	#askedOf(key: string): Asked {
		const known = this.#asked.get(key);
		if (known) return known;
		const asked: Asked = { requests: 0, failed: [] };
		this.#asked.set(key, asked);
		return asked;
	}
}

/** Which requests of the period fail. */
function placesOf(lot: number, period: number): number[] {
	const random = new Random(lot, period, 60);
	const count = random.pick([0, 1, 1, 2, 2]);
	const first = random.pick([0, 0, 1, 2]);
	return [first, first + random.between(1, 3)].slice(0, count);
}

export function hashText(seed: number, text: string): number {
	return hash(seed, ...Buffer.from(text));
}
