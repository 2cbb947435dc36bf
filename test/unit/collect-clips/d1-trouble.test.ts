import { describe, expect, test } from "vitest";
import { refusalOf } from "../twitch/helix-answers.ts";
import { Bench, listed, runA, runB, seen } from "./bench.ts";

describe("D1 is down", () => {
	test("for a moment: the batch is made again and nobody notices", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 5) };
		bench.failBatches(2, "before");
		const { results, meters } = await bench.perform({ tasks: ["1001"] });
		expect(results[0]).toMatchObject({ outcome: { kind: "succeeded" }, yield: seen(5, 0, 0) });
		expect(bench.slept).toEqual([750, 1_500]);
		expect(meters).toMatchObject({ d1Queries: 3, d1RowsWritten: 5 });
	});

	test("only its answer is lost: the clips are written once and counted once", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 5) };
		bench.failBatches(1, "after");
		const result = await bench.performOne("1001");
		expect(result).toMatchObject({ outcome: { kind: "succeeded" }, yield: seen(5, 0, 0) });
		expect(await bench.tallyOne("1001", runA, { ...result.yield })).toEqual(seen(5, 0, 0));
	});

	test("for long: tasks with clips are to be tried again, those without keep their outcome", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 5), "1003": listed("b", 5) };
		bench.answer = (url) =>
			url.searchParams.get("broadcaster_id") === "1002" ? refusalOf(404, "no") : undefined;
		bench.failBatches(100, "before", "D1_ERROR: no such table: clips");
		const { results } = await bench.perform({ tasks: ["1001", "1002", "1003", "1004"] });
		expect(
			results.map(({ outcome }) => ("error" in outcome ? outcome.error.code : outcome.kind)),
		).toEqual(["d1_unavailable", "twitch_not_found", "d1_unavailable", "succeeded"]);
		expect(results[0]).toMatchObject({
			outcome: {
				kind: "retryable",
				error: {
					fingerprint: "d1-unavailable",
					message: expect.stringContaining("no such table: clips"),
				},
			},
			yield: seen(0, 0, 0),
			meters: { twitchRequests: 1 },
		});
		expect(bench.slept).toHaveLength(2);
	});

	test("and the time is up: it is not waited for", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 5) };
		bench.failBatches(100, "before");
		bench.answer = () => {
			bench.clock.nowMs += 20_000;
			return undefined;
		};
		const result = await bench.performOne("1001", { deadlineInMs: 20_500 });
		expect(result.outcome).toMatchObject({ kind: "retryable", error: { code: "d1_unavailable" } });
		expect(bench.slept).toEqual([]);
	});

	test("at a time when a task is given back: it begins anew rather than losing clips", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 250) };
		bench.failBatches(3, "before");
		const first = await bench.performOne("1001", { budget: 1 });
		expect(first.outcome).toMatchObject({ kind: "retryable", error: { code: "d1_unavailable" } });
		const second = await bench.performOne({ attempt: 2 });
		expect(second).toMatchObject({ outcome: { kind: "succeeded" }, yield: seen(250, 0, 0) });
	});
});

describe("the recount of a closed run", () => {
	test("takes what was written from the store, and what left no trace there from the report", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 4) };
		await bench.perform({ tasks: ["1001"] });
		const reported = { clipsSeen: 9, clipsNew: 1, clipsUnchanged: 5, clipsRejected: 2 };
		expect(await bench.tallyOne("1001", runA, reported)).toEqual({
			...seen(4, 0, 5),
			clipsRejected: 2,
		});
	});

	test("counts a streamer who made nothing as one without clips", async () => {
		const bench = new Bench();
		expect(await bench.tallyOne("1001", runA)).toEqual(seen(0, 0, 0));
		expect(await bench.tallyOne("1001", runA, { clipsUnchanged: 3 })).toEqual(seen(0, 0, 3));
	});

	test("counts clips from an hour on either side of the window, which Twitch may list", async () => {
		const bench = new Bench();
		bench.listing = {
			"1001": [
				{ id: "early", created_at: "2026-11-22T16:00:00Z" },
				{ id: "late", created_at: "2026-11-23T18:00:00Z" },
			],
		};
		const result = await bench.performOne("1001");
		expect(result.yield).toEqual(seen(2, 0, 0));
		expect(await bench.tallyOne("1001", runA)).toEqual(seen(2, 0, 0));
	});

	test("of 1,000 streamers is one query, by the index, and never reads the whole table", async () => {
		const bench = new Bench();
		const tasks = Array.from({ length: 1_000 }, (_, index) => ({
			taskId: String(index) as never,
			reported: null,
		}));
		const window = { fromMs: 0, toMs: 1 };
		const tally = await bench.job.tally({ runId: runA, window, tasks });
		expect(tally.size).toBe(1_000);
		expect(bench.database.queries).toHaveLength(1);
		const plan = bench.database.rows<{ detail: string }>(
			`EXPLAIN QUERY PLAN ${bench.database.queries[0]}`,
			"[]",
			0,
			1,
			runA,
		);
		const steps = plan.map(({ detail }) => detail);
		expect(steps).toContain(
			"SEARCH clips USING INDEX clips_by_streamer (broadcaster_id=? AND created_at_ms>? AND created_at_ms<?)",
		);
		expect(steps.join()).not.toMatch(/SCAN clips/);
	});

	test("adds up over all runs to the number of clips ever inserted", async () => {
		const bench = new Bench();
		bench.openRun(runB);
		bench.listing = { "1001": listed("a", 7) };
		await bench.perform({ tasks: ["1001"] });
		bench.clock.nowMs += 1;
		bench.listing = { "1001": [...listed("a", 7), ...listed("b", 5)] };
		await bench.perform({ runId: runB, tasks: ["1001"] });
		const tallies = await Promise.all([runA, runB].map((run) => bench.tallyOne("1001", run)));
		const sum = tallies.reduce((total, tally) => total + (tally?.["clipsNew"] ?? 0), 0);
		expect(sum).toBe(bench.countClips());
	});

	test("is asked again when D1 is down, and so does not answer 0", async () => {
		const bench = new Bench();
		bench.database.failure = new Error("D1_ERROR: down");
		await expect(bench.tallyOne("1001", runA)).rejects.toThrow("down");
	});
});
