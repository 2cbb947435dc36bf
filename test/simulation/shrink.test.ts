import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { ClauseId } from "./clauses.ts";
import type { FaultKind, FaultLimits } from "./faults.ts";
import { searchGuard } from "./guard-search.ts";
import { findGuard } from "./guards.ts";
import { Simulator } from "./many-seeds.ts";
import { countFaults, describeReplay, shrink } from "./shrink.ts";
import type { Outcome } from "./simulate.ts";

const total = 20;

const kindOf = (no: number): FaultKind => (no % 2 === 0 ? "queue-lose" : "queue-double");

function countBy(kinds: readonly FaultKind[]): Partial<Record<FaultKind, number>> {
	return Object.fromEntries(
		Object.entries(Object.groupBy(kinds, (kind) => kind)).map(([kind, all]) => [kind, all.length]),
	);
}

/** A simulator whose seeds have 20 faults, by turns of two kinds, and break what `breaks` says of those that happen. */
function startFake(breaks: (happening: readonly number[], limits: FaultLimits) => ClauseId[]) {
	const asked: FaultLimits[] = [];
	const simulate = async (seed: number, limits: FaultLimits = {}): Promise<Outcome> => {
		asked.push(limits);
		const { without = [], most = total, skip = [] } = limits;
		const happening = Array.from({ length: total }, (_, at) => at + 1).filter(
			(no) => no <= most && !skip.includes(no) && !without.includes(kindOf(no)),
		);
		const violations = breaks(happening, limits).map(
			(clause) => ({ clause, promise: "P1", what: "", atMs: 0 }) as const,
		);
		return {
			seed,
			hash: 0,
			events: 0,
			runs: 0,
			virtualMs: 0,
			faults: countBy(happening.map(kindOf)),
			kinds: ["queue-lose", "queue-double"],
			recoveries: {},
			violations,
			lines: [],
		};
	};
	return { simulate, asked };
}

describe("the shortest trace", () => {
	it("needs the very faults that break the promise, wherever they are", async () => {
		const needed = [3, 4, 11];
		const simulator = startFake((happening) =>
			needed.every((no) => happening.includes(no)) ? ["unfinished"] : [],
		);
		const { limits, outcome, faultsBefore } = await shrink(simulator, 7, "unfinished");
		expect(countFaults(outcome)).toBe(needed.length);
		expect(faultsBefore).toBe(total);
		expect(limits).toEqual({ most: 11, skip: [1, 2, 5, 6, 7, 8, 9, 10] });
	});

	it("is of a kind of fault less when that kind is not needed", async () => {
		const simulator = startFake((happening) => (happening.includes(4) ? ["unfinished"] : []));
		const { limits } = await shrink(simulator, 7, "unfinished");
		expect(limits).toMatchObject({ without: ["queue-double"], most: 4 });
	});

	it("is found where fewer faults break it and more do not", async () => {
		const simulator = startFake((happening) => {
			const count = happening.length;
			return count === total || count < 7 ? ["unfinished"] : [];
		});
		const { outcome } = await shrink(simulator, 7, "unfinished");
		expect(outcome.violations).toHaveLength(1);
		expect(countFaults(outcome)).toBeLessThan(7);
	});

	it("does not slide to another clause, of the same promise or not", async () => {
		const simulator = startFake((happening) =>
			happening.length === total ? ["unfinished"] : ["unsealed"],
		);
		const { limits, outcome } = await shrink(simulator, 7, "unfinished");
		expect(outcome.violations.map(({ clause }) => clause)).toEqual(["unfinished"]);
		expect(countFaults(outcome)).toBe(total);
		expect(limits).toEqual({ most: total });
	});

	it("of a seed that breaks nothing when it is repeated is none, and says so", async () => {
		const never = startFake(() => []);
		await expect(shrink(never, 7, "unfinished")).rejects.toThrow(
			"seed 7 broke nothing when it was repeated: the simulation is not deterministic",
		);
		expect(never.asked).toHaveLength(1);
		const once = startFake(() => (once.asked.length === 1 ? ["unfinished"] : []));
		await expect(shrink(once, 7, "unfinished")).rejects.toThrow("not deterministic");
	});

	it("is replayed by a command that says all of its limits", () => {
		const limits = { without: ["d1-down", "d1-late"], most: 9, skip: [3, 5] } as const;
		expect(describeReplay(7, limits, "claim ids")).toBe(
			'npm run simulate -- --seed 7 --guard "claim ids" --without d1-down,d1-late --most 9 --skip 3,5 --trace',
		);
	});

	it("of a guard that is taken out breaks the same clause when its command is typed", async () => {
		const guard = findGuard("claim answered again");
		const whole = new Simulator();
		const { seed, found } = await searchGuard(guard, 500, [], whole);
		await whole.end();
		if (seed === null || found === null) throw new Error("nobody misses it");
		const simulator = new Simulator(guard.removals);
		const shortest = await shrink(simulator, seed, found.clause);
		await simulator.end();
		expect(countFaults(shortest.outcome)).toBeLessThan(shortest.faultsBefore);
		const command = describeReplay(seed, shortest.limits, guard.name);
		const { stdout, status } = spawnSync(command, { shell: true, encoding: "utf8" });
		expect(status).toBe(1);
		expect(stdout).toContain(shortest.outcome.lines.join("\n"));
		expect(stdout).toContain(`VIOLATED ${found.promise} ${found.clause}: `);
	}, 120_000);
});
