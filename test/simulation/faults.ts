import { hashText } from "../support/twitch/faults/failures.ts";
import { Random } from "../support/twitch/random.ts";

/**
 * Every kind of thing that goes wrong, with what it does. Each seed switches on its own of them, with its own rates.
 */
export const faultKinds = {
	"queue-lose": "a message is gone",
	"queue-double": "a message comes twice",
	"queue-delay": "a message comes up to 20 minutes late",
	"queue-refuse": "sending fails, and nothing was sent",
	"queue-unanswered": "sending fails, and everything was sent",
	"queue-part": "sending fails, and some of it was sent",
	"queue-hang": "sending hangs for a minute",
	"consumer-die": "a consumer dies while it waits for something or sleeps",
	"object-evict": "an idle object is evicted: a new instance on its storage",
	"object-abort": "an object dies while it waits for something",
	"alarm-late": "an alarm rings up to 40 minutes late",
	"alarm-double": "an alarm rings twice",
	"alarm-dead": "the platform gives an alarm up, and still says that it is set",
	"alarm-gone": "the platform gives an alarm up, and says that none is set",
	"call-lost": "a call between objects or consumers fails and did not arrive",
	"call-unanswered": "a call fails and was carried out",
	"call-slow": "a call takes up to 2 minutes",
	"call-double": "a call is carried out twice",
	"call-hang": "a call is carried out or not, and never answered",
	"d1-refuse": "D1 fails and did nothing",
	"d1-unanswered": "D1 fails and did it",
	"d1-late": "D1 fails and does it up to 20 minutes later",
	"d1-slow": "D1 takes up to 40 seconds",
	"d1-hang": "D1 does it or not, and never answers",
	"d1-down": "D1 fails because it is down, for up to 3 hours",
	"twitch-error": "Twitch answers 500, 502 or 503, with HTML",
	"twitch-throttle": "Twitch answers 429 and names a time",
	"twitch-hang": "Twitch does not answer",
	"twitch-cut": "the connection to Twitch is lost",
	"twitch-broken": "Twitch answers with something else",
	"twitch-unauthorized": "Twitch refuses the token",
	"twitch-unknown": "Twitch answers 404",
	"twitch-slow": "Twitch takes up to 9 seconds",
	"twitch-bad-clip": "a clip of Twitch cannot be read",
	"twitch-pages": "Twitch hands out short pages that overlap",
	"twitch-order": "clips change their places between two pages of Twitch",
	"twitch-empty-page": "a page of Twitch is empty, and has a cursor",
	"twitch-round": "a listing of Twitch begins again after its end",
	"twitch-gone": "a clip of Twitch is deleted, and leaves a gap in its page",
	"twitch-stale": "Twitch answers with what was true up to an hour before",
	"token-none": "there is no token to be had",
	"token-expire": "the token expires, and Twitch refuses it until it is renewed",
	"token-kept": "a token that was refused cannot be renewed",
	"cron-late": "the cron comes up to 50 minutes late",
	"cron-double": "the cron comes twice",
	"cron-dead": "the cron does not come",
	"clock-skew": "an object's or a consumer's clock is up to 2 minutes off",
	"clock-step":
		"a clock jumps, and is then up to 2 minutes (an object's) or an hour (a consumer's) off",
	"operator-cancel": "an operator cancels a run",
	"operator-rerun": "an operator starts a sealed run again, or a part of it",
	"operator-key-reused": "an operator uses the key of a start again for something else",
	"operator-start": "an operator starts a run by hand, twice at once",
	"operator-pause": "an operator pauses the schedule, and may go on with it before its end",
	"channel-refuse": "a receiver of notices refuses",
	"channel-unanswered": "a receiver of notices takes one and does not say so",
} as const;
export type FaultKind = keyof typeof faultKinds;
export const allFaultKinds = Object.keys(faultKinds) as FaultKind[];

export interface FaultLimits {
	/** Kinds that are switched off whatever the seed says. */
	readonly without?: readonly FaultKind[];
	/** Only so many faults happen, the first ones. */
	readonly most?: number;
	/** Faults that do not happen, by their number: the first one is 1. */
	readonly skip?: readonly number[];
}

/** The share of seeds that have a kind, and the rates that it then has: on most days few things go wrong. */
const kindsShare = 0.3;
const rates = [0.01, 0.03, 0.1, 0.25, 0.5] as const;

export class Faults {
	/** Set when the bad days are over. */
	over = false;
	readonly counts = new Map<FaultKind, number>();
	readonly rates: ReadonlyMap<FaultKind, number>;
	/** One stream a kind, so that without one of them the others stay as near to what they were as may be. */
	readonly #random = new Map<FaultKind, Random>();
	readonly #forced = new Map<FaultKind, number>();
	readonly #most: number;
	readonly #skip: ReadonlySet<number>;
	readonly #notice: (kind: FaultKind) => void;
	#struck = 0;

	constructor(seed: number, limits: FaultLimits, notice: (kind: FaultKind) => void) {
		this.#notice = notice;
		this.#most = limits.most ?? Number.POSITIVE_INFINITY;
		this.#skip = new Set(limits.skip);
		const chosen = new Map<FaultKind, number>();
		for (const kind of allFaultKinds) {
			// By its name: one kind more leaves the others as they are.
			const random = new Random(hashText(seed, kind), 7);
			this.#random.set(kind, random);
			const isOn = random.chance(kindsShare);
			const rate = random.pick(rates);
			if (isOn && !limits.without?.includes(kind)) chosen.set(kind, rate);
		}
		this.rates = chosen;
	}

	/** It goes wrong the next time, or the next times, whatever the seed says. */
	force(kind: FaultKind, times = 1): void {
		this.#forced.set(kind, times);
	}

	/** Whether it goes wrong this time, here and now. */
	strike(kind: FaultKind, share = 1): boolean {
		return this.draw(kind, share) && this.happens(kind);
	}

	/** Whether it is to go wrong this time: counted where it does, with `happens`, for something else may come first. */
	draw(kind: FaultKind, share = 1): boolean {
		const forced = this.#forced.get(kind) ?? 0;
		if (forced > 0) {
			this.#forced.set(kind, forced - 1);
			return true;
		}
		const rate = this.rates.get(kind);
		if (rate === undefined || this.over) return false;
		return this.of(kind).chance(rate * share);
	}

	/** To be asked where what was drawn would happen. @returns false when enough has happened: then it does not */
	happens(kind: FaultKind): boolean {
		if (this.#struck >= this.#most) return false;
		this.#struck += 1;
		if (this.#skip.has(this.#struck)) return false;
		this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
		this.#notice(kind);
		return true;
	}

	/** How badly: numbers of this kind alone. */
	of(kind: FaultKind): Random {
		const random = this.#random.get(kind);
		if (random === undefined) throw new Error(`${kind} is no fault`);
		return random;
	}
}
