import { allFaultKinds, type FaultKind, faultKinds } from "./faults.ts";
import type { Outcome } from "./simulate.ts";

/** What many seeds add up to. */
export interface SimulationReport {
	readonly seeds: number;
	readonly runs: number;
	readonly events: number;
	readonly virtualHours: number;
	readonly seconds: number;
	readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
	readonly recoveries: Readonly<Record<string, number>>;
	readonly failed: readonly { readonly seed: number; readonly violations: Outcome["violations"] }[];
}

export class SimulationTotals {
	readonly failed: { seed: number; violations: Outcome["violations"] }[] = [];
	readonly #beganAtMs = performance.now();
	readonly #faults: Partial<Record<FaultKind, number>> = {};
	readonly #recoveries: Record<string, number> = {};
	#seeds = 0;
	#runs = 0;
	#events = 0;
	#virtualMs = 0;

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
		const { seeds, runs, events, virtualHours, seconds, faults, recoveries } = this.report();
		const kinds = allFaultKinds.map(
			(kind) => `${String(faults[kind] ?? 0).padStart(9)}  ${kind.padEnd(20)} ${faultKinds[kind]}`,
		);
		const saved = Object.entries(recoveries).map(
			([event, count]) => `${String(count).padStart(9)}  ${event}`,
		);
		const bad = this.failed.flatMap(({ seed, violations }) =>
			violations.map(({ clause, what }) => `  seed ${seed} ${clause}: ${what}`),
		);
		return [
			`${seeds} seeds, ${runs} runs, ${events} events, ${virtualHours} hours in ${seconds} s: ${(seeds / seconds).toFixed(1)} seeds a second`,
			"faults:",
			...kinds,
			"recoveries:",
			...saved,
			`violations: ${bad.length === 0 ? "none" : ""}`,
			...bad,
		].join("\n");
	}
}
