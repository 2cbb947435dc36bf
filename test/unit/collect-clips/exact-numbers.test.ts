import { describe, expect, test } from "vitest";
import { Bench, listed, runA, runB, runC, seen } from "./bench.ts";

const hourMs = 3_600_000;

describe("exact numbers over at-least-once delivery", () => {
	test("a consumer dies between its write and its report: the second attempt reports the same", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("old", 2) };
		await bench.perform({ tasks: ["1001"] });
		bench.sealRun(runA);
		bench.openRun(runB);
		bench.clock.nowMs += hourMs;
		bench.listing = {
			"1001": [{ id: "old0", view_count: 9 }, { id: "old1" }, { id: "new0" }, { id: "new1" }],
		};
		const dead = await bench.performOne("1001", { runId: runB });
		bench.clock.nowMs += 120_000;
		const second = await bench.performOne({ attempt: 2 }, { runId: runB });
		expect(second.yield).toEqual(seen(2, 1, 1));
		expect(second.yield).toEqual(dead.yield);
		bench.closeRun(runB);
		expect(await bench.tallyOne("1001", runB, second.yield)).toEqual(seen(2, 1, 1));
	});

	test("views that grow between two attempts of one run are one change, and new stays new", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "old" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.sealRun(runA);
		bench.openRun(runB);
		for (const view_count of [10, 11, 12]) {
			bench.clock.nowMs += 60_000;
			bench.listing = {
				"1001": [
					{ id: "old", view_count },
					{ id: "new", view_count },
				],
			};
			const result = await bench.performOne("1001", { runId: runB });
			expect(result.yield).toEqual(seen(1, 1, 0));
		}
		expect(bench.clip("old")).toMatchObject({ changed_run_ids: `|${runB}|`, first_run_id: runA });
		expect(bench.clip("new")).toMatchObject({ changed_run_ids: "", first_run_id: runB });
	});

	test("no report ever came: what was written is counted all the same", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 5) };
		await bench.perform({ tasks: ["1001"] });
		bench.closeRun(runA);
		expect(await bench.tallyOne("1001", runA)).toEqual(seen(5, 0, 0));
	});

	test("a write that comes after the run was closed passes nowhere and says so", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 1) };
		await bench.perform({ tasks: ["1001"] });
		bench.closeRun(runA);
		bench.clock.nowMs += 1_000;
		bench.listing = { "1001": [{ id: "a0", view_count: 99 }, { id: "late" }] };
		const { results, meters } = await bench.perform({ tasks: ["1001", "1002"] });
		expect(results).toMatchObject([
			{ outcome: { kind: "retryable", error: { code: "run_closed" } } },
			{ outcome: { kind: "succeeded" } },
		]);
		expect(meters["d1RowsWritten"]).toBe(0);
		expect(bench.clip("a0")).toMatchObject({ view_count: 3 });
		expect(bench.clip("late")).toBeUndefined();
		expect(await bench.tallyOne("1001", runA)).toEqual(seen(1, 0, 0));
	});

	test("a run that D1 has never heard of writes nothing", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 1) };
		const result = await bench.performOne("1001", { runId: runC });
		expect(result.outcome).toMatchObject({ kind: "retryable", error: { code: "run_closed" } });
		expect(bench.countClips()).toBe(0);
	});
});

describe("two runs at the same time", () => {
	test("both count what they changed, and only one what was new", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "old" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.sealRun(runA);
		bench.openRun(runB);
		bench.openRun(runC);
		let view_count = 10;
		const look = async (runId: typeof runB) => {
			bench.clock.nowMs += 1_000;
			view_count += 1;
			bench.listing = {
				"1001": [
					{ id: "old", view_count },
					{ id: "new", view_count },
				],
			};
			return (await bench.performOne("1001", { runId })).yield;
		};
		expect(await look(runB)).toEqual(seen(1, 1, 0));
		expect(await look(runC)).toEqual(seen(0, 2, 0));
		expect(await look(runB)).toEqual(seen(1, 1, 0));
		for (const runId of [runB, runC]) bench.closeRun(runId);
		expect(await bench.tallyOne("1001", runB)).toEqual(seen(1, 1, 0));
		expect(await bench.tallyOne("1001", runC)).toEqual(seen(0, 2, 0));
		expect(bench.clip("new")).toMatchObject({ first_run_id: runB, changed_run_ids: `|${runC}|` });
	});

	test("marks of sealed runs go with the next change, so that a row does not grow for ever", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "a" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.sealRun(runA);
		for (const [number, runId] of [runB, runC].entries()) {
			bench.openRun(runId);
			bench.clock.nowMs += hourMs;
			bench.listing = { "1001": [{ id: "a", view_count: 10 + number }] };
			await bench.perform({ runId, tasks: ["1001"] });
			expect(bench.clip("a")).toMatchObject({ changed_run_ids: `|${runId}|` });
			bench.sealRun(runId);
		}
	});

	test("a run whose id is the beginning of another's is not taken for it", async () => {
		const bench = new Bench();
		const rerun = `${runB}-r1` as typeof runB;
		bench.listing = { "1001": [{ id: "a" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.openRun(runB);
		bench.openRun(rerun);
		bench.clock.nowMs += 1;
		bench.listing = { "1001": [{ id: "a", view_count: 9 }] };
		await bench.perform({ runId: rerun, tasks: ["1001"] });
		bench.clock.nowMs += 1;
		const same = await bench.performOne("1001", { runId: runB });
		expect(same.yield).toEqual(seen(0, 0, 1));
		expect(await bench.tallyOne("1001", runB)).toEqual(seen(0, 0, 0));
		expect(await bench.tallyOne("1001", rerun)).toEqual(seen(0, 1, 0));
	});
});
