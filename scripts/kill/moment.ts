import { Random } from "../../test/support/twitch/random.ts";

/**
 * When a start is killed.
 * - `starting`: some time after its first process began, ready or not, whatever the kills before have left open
 * - `planning`, `running`, `sealing`: when all of that is sealed, in a new run, about in that state
 */
export interface Moment {
	readonly about: "starting" | "planning" | "running" | "sealing";
	/** Milliseconds after that began. */
	readonly afterMs: number;
}

/**
 * A task has four attempts, and a kill may take one. So a run is killed three times at the most before one is waited
 * for, and no task of it is ever lost by the rules.
 */
const startingInARow = 2;
const planningMs = 60;
const sealingMs = 20;

/**
 * @param runMs about how long an undisturbed run takes
 * @param startMs about how long a start takes until it is ready
 */
export function drawMoments(
	seed: number,
	{ runMs, startMs }: { readonly runMs: number; readonly startMs: number },
): () => Moment {
	const random = new Random(seed, 41);
	// The very first start has nothing behind it that it could be killed over.
	let inARow = startingInARow;
	return () => {
		if (inARow < startingInARow && random.chance(0.55)) {
			inARow += 1;
			return { about: "starting", afterMs: random.unit() * (startMs + runMs) };
		}
		inARow = 0;
		const dice = random.unit();
		if (dice < 0.35) return { about: "planning", afterMs: random.unit() * planningMs };
		if (dice < 0.6) return { about: "running", afterMs: random.unit() * runMs };
		return { about: "sealing", afterMs: random.unit() * sealingMs };
	};
}
