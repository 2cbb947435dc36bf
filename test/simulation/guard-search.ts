import type { ClauseId, Violation } from "./clauses.ts";
import { breaksGuard, type Guard } from "./guards.ts";
import { range, Simulator } from "./many-seeds.ts";
import type { Regression } from "./regressions.ts";

/** What the simulation says of a guard that is taken out. */
export interface GuardReport {
	readonly name: string;
	/** The first seed that breaks what the guard keeps; null when none does. */
	readonly seed: number | null;
	readonly found: Violation | null;
	/** Seeds before it that broke something else, by the first clause of each. */
	readonly others: Readonly<Partial<Record<ClauseId, number>>>;
	/** What the same seed breaks with every guard in its place: nothing, or it does not count. */
	readonly control: readonly Violation[];
	/** Seeds of regressions.json that name this guard and do not fail without it. */
	readonly forgiven: readonly number[];
	readonly seconds: number;
}

type AnySimulator = Pick<Simulator, "simulate" | "end">;
const startSimulator = (removals: Guard["removals"]): AnySimulator => new Simulator(removals);

/**
 * Seed after seed in one simulator, so that the same seed finds it each time; then the same seed with the guard.
 * @param seedsMax seeds 1 to this one are tried
 * @param whole a simulator with every guard in its place
 */
export async function searchGuard(
	guard: Guard,
	seedsMax: number,
	regressions: readonly Regression[],
	whole: Pick<AnySimulator, "simulate">,
	start = startSimulator,
): Promise<GuardReport> {
	const beganAtMs = performance.now();
	const simulator = start(guard.removals);
	let seed: number | null = null;
	let found: Violation | null = null;
	const others: Partial<Record<ClauseId, number>> = {};
	for (const tried of range(1, seedsMax)) {
		const { violations } = await simulator.simulate(tried);
		found = violations.find((violation) => breaksGuard(guard, violation)) ?? null;
		seed = tried;
		if (found !== null) break;
		const [other] = violations;
		if (other !== undefined) others[other.clause] = (others[other.clause] ?? 0) + 1;
	}
	const forgiven: number[] = [];
	for (const kept of regressions) {
		if (kept.guard !== guard.name) continue;
		const { violations } = await simulator.simulate(kept.seed);
		if (!violations.some((violation) => breaksGuard(guard, violation))) forgiven.push(kept.seed);
	}
	await simulator.end();
	const control = found === null || seed === null ? [] : (await whole.simulate(seed)).violations;
	const seconds = Math.round((performance.now() - beganAtMs) / 100) / 10;
	const missedBy = found === null ? null : seed;
	return { name: guard.name, seed: missedBy, found, others, control, forgiven, seconds };
}

/** What is wrong with a guard, a line each; nothing when it is missed as it should be. */
export function listFaults(report: GuardReport, seedsMax: number): string[] {
	const { name, seed, control, forgiven } = report;
	return [
		...(seed === null ? [`nobody misses ${name} in ${seedsMax} seeds`] : []),
		...control.map(({ what }) => `seed ${seed} fails with ${name} as well: ${what}`),
		...forgiven.map((kept) => {
			const other = seed === null ? "" : `; seed ${seed} does`;
			return `seed ${kept} of regressions.json does not fail without ${name} any more${other} (--keep)`;
		}),
	];
}

/** Seeds that do not fail any more without the guard that mended them, as after a change of what is drawn, give way to ones that do. */
export function tieAgain(
	regressions: readonly Regression[],
	reports: readonly GuardReport[],
): Regression[] {
	return regressions.map((kept) => {
		const report = reports.find(({ name }) => name === kept.guard);
		if (!report?.forgiven.includes(kept.seed) || report.seed === null) return kept;
		return { ...kept, seed: report.seed };
	});
}
