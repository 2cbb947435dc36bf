import { allFaultKinds, type FaultLimits } from "./faults.ts";
import { type Outcome, simulate } from "./simulate.ts";

/**
 * The shortest way to the same violation that can be found quickly: without every kind of fault that it does not need,
 * and with the first of the others only.
 */
export async function shrink(
	seed: number,
	limits: FaultLimits = {},
): Promise<{ limits: FaultLimits; outcome: Outcome }> {
	let best = { limits, outcome: await simulate(seed, limits) };
	const broken = new Set(best.outcome.violations.map(({ clause }) => clause));
	const attempt = async (tried: FaultLimits): Promise<boolean> => {
		const outcome = await simulate(seed, tried);
		const fails = outcome.violations.some(({ clause }) => broken.has(clause));
		if (fails) best = { limits: tried, outcome };
		return fails;
	};
	const without = new Set(limits.without ?? []);
	for (const kind of allFaultKinds) {
		if (!best.outcome.kinds.includes(kind)) continue;
		if (await attempt({ ...limits, without: [...without, kind] })) without.add(kind);
	}
	const total = Object.values(best.outcome.faults).reduce((sum, count) => sum + (count ?? 0), 0);
	let [enough, tooFew] = [total, -1];
	while (enough - tooFew > 1) {
		const most = Math.floor((enough + tooFew) / 2);
		if (await attempt({ ...limits, without: [...without], most })) enough = most;
		else tooFew = most;
	}
	return { limits: best.limits, outcome: await simulate(seed, best.limits, true) };
}

/** What replays it. */
export function describeReplay(seed: number, { without = [], most }: FaultLimits): string {
	const options = [
		...(without.length === 0 ? [] : [`--without ${without.join(",")}`]),
		...(most === undefined ? [] : [`--most ${most}`]),
	];
	return ["npm run simulate -- --seed", seed, "--trace", ...options].join(" ");
}
