import type { ClauseId } from "./clauses.ts";
import { allFaultKinds, type FaultLimits } from "./faults.ts";
import type { Simulator } from "./many-seeds.ts";
import type { Outcome } from "./simulate.ts";

export interface Shortest {
	readonly limits: FaultLimits;
	/** With its trace. */
	readonly outcome: Outcome;
	/** How many faults the seed has without the limits. */
	readonly faultsBefore: number;
}

/** Each costs a seed's time. */
const attemptsMax = 500;

/**
 * The shortest way to the same broken clause that can be found quickly: without every kind of fault that it does not
 * need, then with the first of the others only, then without each single one that can be missed.
 * @param clause that is to stay broken: another one is another bug, and does not count
 * @throws when the seed does not break it each time: then it is not the seed alone that decides
 */
export async function shrink(
	simulator: Pick<Simulator, "simulate">,
	seed: number,
	clause: ClauseId,
	limits: FaultLimits = {},
): Promise<Shortest> {
	let attempts = 0;
	let best = { limits, outcome: await simulator.simulate(seed, limits) };
	if (!breaks(best.outcome, clause)) throw notTheSame(seed);
	const faultsBefore = countFaults(best.outcome);
	const attempt = async (change: FaultLimits): Promise<boolean> => {
		if (attempts === attemptsMax) return false;
		attempts += 1;
		const tried = tidy({ ...best.limits, ...change });
		const outcome = await simulator.simulate(seed, tried);
		const fails = breaks(outcome, clause);
		if (fails) best = { limits: tried, outcome };
		return fails;
	};
	let before: number;
	do {
		before = countFaults(best.outcome);
		for (const kind of allFaultKinds) {
			if (!(kind in best.outcome.faults)) continue;
			await attempt({ without: [...(best.limits.without ?? []), kind] });
		}
		const skipped = best.limits.skip ?? [];
		await cutTail(countFaults(best.outcome) + skipped.length, attempt);
		await skipSingle(best.limits.most ?? 0, best.limits.skip ?? [], attempt);
		// What could not be missed before may be missed now: without another fault all later ones are others.
	} while (countFaults(best.outcome) < before);
	const traced = await simulator.simulate(seed, best.limits, true);
	if (!breaks(traced, clause)) throw notTheSame(seed);
	return { limits: best.limits, outcome: traced, faultsBefore };
}

/** What replays it. */
export function describeReplay(
	seed: number,
	{ without = [], most, skip = [] }: FaultLimits,
	guard?: string,
): string {
	const options = [
		...(guard === undefined ? [] : [`--guard "${guard}"`]),
		...(without.length === 0 ? [] : [`--without ${without.join(",")}`]),
		...(most === undefined ? [] : [`--most ${most}`]),
		...(skip.length === 0 ? [] : [`--skip ${skip.join(",")}`]),
	];
	return ["npm run simulate -- --seed", seed, ...options, "--trace"].join(" ");
}

export function countFaults({ faults }: Outcome): number {
	return Object.values(faults).reduce((sum, count) => sum + (count ?? 0), 0);
}

/** Behind the last fault that happens there is nothing to be skipped. */
function tidy({ skip, ...limits }: FaultLimits): FaultLimits {
	const { most = Number.POSITIVE_INFINITY } = limits;
	const left = skip?.filter((no) => no <= most) ?? [];
	return left.length === 0 ? limits : { ...limits, skip: left };
}

function breaks({ violations }: Outcome, clause: ClauseId): boolean {
	return violations.some((violation) => violation.clause === clause);
}

/**
 * With only so many of the first faults: none, one, two, four and so on until it breaks, then halves of the last step.
 * What fewer of them break, more need not: only what was tried is kept.
 */
async function cutTail(
	total: number,
	attempt: (change: FaultLimits) => Promise<boolean>,
): Promise<void> {
	let tooFew = -1;
	let enough = 0;
	while (!(await attempt({ most: enough }))) {
		if (enough === total) return;
		tooFew = enough;
		enough = Math.min(total, Math.max(1, 2 * enough));
	}
	while (enough - tooFew > 1) {
		const most = Math.floor((enough + tooFew) / 2);
		if (await attempt({ most })) enough = most;
		else tooFew = most;
	}
}

/** Delta debugging: halves, quarters and so on are left out, and in the end each one alone until none can be. */
async function skipSingle(
	most: number,
	already: readonly number[],
	attempt: (change: FaultLimits) => Promise<boolean>,
): Promise<void> {
	const skipped = new Set(already);
	const left = () =>
		Array.from({ length: most }, (_, at) => at + 1).filter((no) => !skipped.has(no));
	for (let size = Math.ceil(most / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
		let removed: boolean;
		do {
			removed = false;
			const numbers = left();
			for (let at = 0; at < numbers.length; at += size) {
				const some = numbers.slice(at, at + size);
				const skip = [...skipped, ...some].toSorted((a, b) => a - b);
				if (!(await attempt({ skip }))) continue;
				for (const no of some) skipped.add(no);
				removed = true;
			}
		} while (removed && size === 1);
	}
}

function notTheSame(seed: number): Error {
	return new Error(
		`seed ${seed} broke nothing when it was repeated: the simulation is not deterministic`,
	);
}
