import { type FaultKind, faultKinds } from "./faults.ts";
import { failures, savings } from "./recoveries.ts";
import type { Outcome } from "./simulate.ts";

/** Which seeds were asked for, and on how many processes. */
export interface Asked {
	readonly from: number;
	readonly count: number;
	/** Seeds that once failed, which are run first; those among the others are not run twice. */
	readonly kept: number;
	readonly processes: number;
}

/** What many seeds add up to. */
export interface SimulationReport extends Asked {
	/** How many were run. */
	readonly seeds: number;
	readonly runs: number;
	readonly events: number;
	readonly virtualHours: number;
	readonly seconds: number;
	readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
	/** By the names of recoveries.ts. */
	readonly recoveries: Readonly<Record<string, number>>;
	readonly failed: readonly { readonly seed: number; readonly violations: Outcome["violations"] }[];
}

export class SimulationTotals {
	readonly failed: { seed: number; violations: Outcome["violations"] }[] = [];
	readonly #asked: Asked;
	readonly #beganAtMs = performance.now();
	readonly #faults: Partial<Record<FaultKind, number>> = {};
	readonly #recoveries: Record<string, number> = {};
	#seeds = 0;
	#runs = 0;
	#events = 0;
	#virtualMs = 0;

	constructor(asked: Asked) {
		this.#asked = asked;
	}

	add({ seed, runs, events, virtualMs, faults, recoveries, violations }: Outcome): void {
		this.#seeds += 1;
		this.#runs += runs;
		this.#events += events;
		this.#virtualMs += virtualMs;
		for (const [kind, count] of Object.entries(faults) as [FaultKind, number][]) {
			this.#faults[kind] = (this.#faults[kind] ?? 0) + count;
		}
		for (const [event, count] of Object.entries(recoveries)) {
			this.#recoveries[event] = (this.#recoveries[event] ?? 0) + count;
		}
		if (violations.length > 0) this.failed.push({ seed, violations });
	}

	report(): SimulationReport {
		return {
			...this.#asked,
			seeds: this.#seeds,
			runs: this.#runs,
			events: this.#events,
			virtualHours: Math.round(this.#virtualMs / 3_600_000),
			seconds: Math.round((performance.now() - this.#beganAtMs) / 100) / 10,
			faults: this.#faults,
			recoveries: this.#recoveries,
			failed: this.failed,
		};
	}

	describe(): string {
		const { seeds, runs, events, virtualHours, seconds, processes, faults, recoveries } =
			this.report();
		const list = (
			counts: Readonly<Record<string, number>>,
			names: Readonly<Record<string, string>>,
		) =>
			Object.entries(names).map(
				([name, text]) => `${String(counts[name] ?? 0).padStart(9)}  ${name.padEnd(20)} ${text}`,
			);
		const bad = this.failed.flatMap(({ seed, violations }) =>
			violations.map(({ promise, clause, what }) => `  seed ${seed} ${promise} ${clause}: ${what}`),
		);
		const speed = `${(seeds / seconds).toFixed(1)} seeds a second on ${processes} processes`;
		return [
			`${seeds} seeds, ${runs} runs, ${events} events, ${virtualHours} hours in ${seconds} s: ${speed}`,
			"faults:",
			...list(faults, faultKinds),
			"failed, and tried again:",
			...list(recoveries, failures),
			"saved:",
			...list(recoveries, savings),
			`violations: ${bad.length === 0 ? "none" : ""}`,
			...bad,
		].join("\n");
	}
}
