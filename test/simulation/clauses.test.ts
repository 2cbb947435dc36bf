import { describe, expect, it } from "vitest";
import { check, type Evidence } from "./checker.ts";
import { allClauses, type ClauseId } from "./clauses.ts";
import { type Corruption, corruptions } from "./corruptions.ts";
import { simulate } from "./simulate.ts";
import type { World } from "./world.ts";

/** The first good day that has everything which a corruption needs. */
async function findDay(): Promise<number> {
	for (let seed = 1; ; seed += 1) {
		let isRich = false;
		await simulate(seed, {}, false, ({ database, schedule, ledgers, settings, nextSlotMs }) => {
			const count = (query: string) => database.rows(query).length;
			isRich =
				nextSlotMs !== null &&
				settings.config.maxAttempts > 1 &&
				count("SELECT 1 FROM clips") > 2 &&
				count("SELECT 1 FROM watch_clip_writes WHERE kind = 'changed'") > 0 &&
				count("SELECT 1 FROM run_tasks WHERE state = 'succeeded'") > 2 &&
				schedule.rows("SELECT 1 FROM incidents").length > 0 &&
				ledgers.length > 2 &&
				ledgers[0]?.database.rows("SELECT 1 FROM attempts").length !== 0;
		});
		if (isRich) return seed;
	}
}
let day: Promise<number> | undefined;

/** The clauses that are said to be broken at the end of that day, after this was done to it. */
async function breakDay(corruption: Corruption | null): Promise<Set<ClauseId>> {
	const broken = new Set<ClauseId>();
	const violated = (clause: ClauseId) => void broken.add(clause);
	day ??= findDay();
	await simulate(await day, {}, false, async (evidence, world) => {
		await apply(corruption, evidence, world, violated);
		for (const { clause } of world.watch.violations) broken.add(clause);
		if (corruption === null || !("writes" in corruption)) check(evidence, violated);
	});
	return broken;
}

async function apply(
	corruption: Corruption | null,
	evidence: Evidence,
	world: World,
	violated: (clause: ClauseId) => void,
): Promise<void> {
	if (corruption === null) return;
	if ("happens" in corruption) return void (await corruption.happens(world, evidence));
	const place = "writes" in corruption ? corruption.to : corruption.in;
	const [ledger] = evidence.ledgers;
	if (ledger === undefined) throw new Error("every run is forgotten");
	const databases = { d1: evidence.database, schedule: evidence.schedule, run: ledger.database };
	const database = databases[place];
	database.violated = "writes" in corruption ? violated : () => undefined;
	database.sqlite.exec("writes" in corruption ? corruption.writes : corruption.leaves);
}

describe("what must hold", () => {
	it("holds in rows as they are", async () => {
		expect(await breakDay(null)).toEqual(new Set());
	}, 60_000);
	it.each(allClauses)(
		"is seen to be broken: %s",
		async (clause) => {
			expect(await breakDay(corruptions[clause])).toContain(clause);
		},
		60_000,
	);
});
