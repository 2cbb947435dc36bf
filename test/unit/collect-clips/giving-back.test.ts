import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import type { WorkItem } from "../../../src/jobs/job.ts";
import { Bench, listed, runA, runB, seen } from "./bench.ts";

const continuationOf = (outcome: Outcome | undefined): string | null =>
	outcome?.kind === "deferred" ? outcome.continuation : null;

/** Some known, some changed, some new and some bad clips, over several pages with doubles. */
async function prepare(bench: Bench): Promise<void> {
	bench.listing = { "1001": listed("old", 180) };
	await bench.perform({ tasks: ["1001"] });
	bench.sealRun(runA);
	bench.openRun(runB);
	bench.clock.nowMs += 3_600_000;
	bench.listing = {
		"1001": [
			...listed("new", 90),
			...listed("old", 90).map((clip) => ({ ...clip, view_count: 50 })),
			{ id: "bad", duration: null },
			...listed("old", 180),
			{ id: "new0" },
			{ id: "bad", duration: null },
			{ id: "worse", created_at: "" },
			...listed("last", 120),
		],
	};
	bench.asked.length = 0;
}

/** Performs one task until it is no longer given back, as the coordinator does. */
async function performAll(bench: Bench, budgets: readonly number[]) {
	let task: Partial<WorkItem> = {};
	for (let round = 0; ; round += 1) {
		const result = await bench.performOne(task, { runId: runB, budget: budgets[round] ?? 45 });
		if (result.outcome.kind !== "deferred") return { result, rounds: round + 1 };
		bench.clock.nowMs += 1_000;
		task = { attempt: round + 2, continuation: result.outcome.continuation };
	}
}

const whole = { ...seen(210, 90, 90), clipsRejected: 2 };

describe("the budget of requests is spent", () => {
	test("the task is given back with what it has written, and goes on where it was", async () => {
		const bench = new Bench();
		await prepare(bench);
		const first = await bench.performOne("1001", { runId: runB, budget: 2 });
		expect(first.outcome.kind).toBe("deferred");
		expect(first.outcome).not.toHaveProperty("notBeforeMs");
		expect(first.meters).toEqual({ twitchRequests: 2 });
		expect(first.yield["clipsSeen"]).toBe(180 + 19 - 19);
		const second = await bench.performOne(
			{ attempt: 2, continuation: continuationOf(first.outcome) },
			{ runId: runB },
		);
		expect(second).toMatchObject({ outcome: { kind: "succeeded" }, yield: whole });
		expect(bench.asked.map((url) => url.searchParams.get("after"))).toEqual([
			null,
			"100",
			"200",
			"300",
			"400",
		]);
	});

	test("however often it is given back, the last report is that of a task that never was", async () => {
		const straight = new Bench();
		await prepare(straight);
		const expected = await performAll(straight, []);
		expect(expected.rounds).toBe(1);
		expect(expected.result.yield).toEqual(whole);
		const rows = straight.database.rows("SELECT clip_id, view_count, first_run_id FROM clips");
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }),
				async (budgets) => {
					const bench = new Bench();
					await prepare(bench);
					const { result } = await performAll(bench, budgets);
					expect(result.yield).toEqual(expected.result.yield);
					expect(result.warnings).toEqual(expected.result.warnings);
					bench.closeRun(runB);
					expect(await bench.tallyOne("1001", runB, { ...result.yield })).toEqual(whole);
					expect(
						bench.database.rows("SELECT clip_id, view_count, first_run_id FROM clips"),
					).toEqual(rows);
				},
			),
			{ numRuns: 25 },
		);
	});

	test("tasks that never got to ask go back as they came", async () => {
		const bench = new Bench();
		const { results } = await bench.perform({ tasks: ["1", "2", "3"], budget: 1 });
		expect(results.map(({ outcome }) => outcome)).toEqual([
			{ kind: "succeeded" },
			{ kind: "deferred", continuation: null },
			{ kind: "deferred", continuation: null },
		]);
	});

	test("a task that goes on and does not get to ask keeps its figures and its place", async () => {
		const bench = new Bench();
		await prepare(bench);
		const first = await bench.performOne("1001", { runId: runB, budget: 2 });
		const continuation = continuationOf(first.outcome);
		const idle = await bench.performOne({ attempt: 2, continuation }, { runId: runB, budget: 0 });
		expect(idle.outcome).toEqual({ kind: "deferred", continuation });
		expect(idle.yield).toEqual(first.yield);
	});

	test("a consumer that dies while going on leaves the next one to go on from the same place", async () => {
		const bench = new Bench();
		await prepare(bench);
		const first = await bench.performOne("1001", { runId: runB, budget: 2 });
		const task = { attempt: 2, continuation: continuationOf(first.outcome) };
		await bench.performOne(task, { runId: runB });
		bench.clock.nowMs += 120_000;
		const again = await bench.performOne({ ...task, attempt: 3 }, { runId: runB });
		expect(again.yield).toEqual(whole);
	});

	test.each([
		"",
		"{",
		"null",
		'{"version":2}',
		'{"version":1,"paging":{"cursor":7},"written":{}}',
		'{"version":1,"paging":{"cursor":"1","pages":1,"listed":1,"clipIds":[1],"rejectedIds":[],"rejected":{}},"written":{"clipsNew":0,"clipsChanged":0}}',
		'{"version":1,"paging":{"cursor":"1","pages":1,"listed":1,"clipIds":[],"rejectedIds":[],"rejected":{"huh":1}},"written":{"clipsNew":0,"clipsChanged":0}}',
	])(
		"a continuation that this version cannot read (%s) begins at the first page",
		async (continuation) => {
			const bench = new Bench();
			bench.listing = { "1001": listed("a", 150) };
			const result = await bench.performOne({ attempt: 2, continuation });
			expect(result).toMatchObject({ outcome: { kind: "succeeded" }, yield: seen(150, 0, 0) });
		},
	);
});

describe("the lease comes to its end", () => {
	test("no page is begun that could not end in time; what was fetched is written", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 1_000) };
		bench.answer = () => {
			bench.clock.nowMs += 9_000;
			return undefined;
		};
		const deadlineAtMs = bench.clock.nowMs + 40_000;
		const result = await bench.performOne("1001", { deadlineInMs: 40_000 });
		expect(result.outcome.kind).toBe("deferred");
		expect(result.yield).toEqual(seen(300, 0, 0));
		expect(bench.countClips()).toBe(300);
		expect(bench.clock.nowMs).toBeLessThan(deadlineAtMs - 10_000);
		const done = await bench.performOne({ continuation: continuationOf(result.outcome) });
		expect(done.yield).toEqual(seen(1_000, 0, 0));
	});

	test("a lease shorter than one request's time-out still gets something done", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 1) };
		const result = await bench.performOne("1001", { deadlineInMs: 5_000 });
		expect(result.outcome.kind).toBe("succeeded");
	});
});
