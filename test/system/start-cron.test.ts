import { describe, expect, it } from "vitest";
import { playCron } from "../../scripts/start/cron.ts";
import type { RunId } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";

/** The cron that `npm start` plays, on a clock of the test. */
const hourMs = 3_600_000;
const startedAtMs = Date.parse("2026-11-23T17:40:00Z");

function sealed(runId: RunId): Summary {
	return {
		runId,
		verdict: "partial",
		state: "sealed",
		durationMs: 4_200,
		tasks: {
			planned: 200,
			succeeded: 199,
			failed: 1,
			lost: 0,
			cancelled: 0,
			open: 0,
			recovered: 0,
		},
		yield: { clipsNew: 1_041, clipsChanged: 530 },
		errors: [{}],
	} as unknown as Summary;
}

/** Plays until the clock has been asked to wait `looks` times; each wait may take longer than asked for. */
async function play(
	looks: number,
	overslept: (look: number) => number,
	{ fails = false, sinceMs = startedAtMs } = {},
) {
	let nowMs = startedAtMs;
	let look = 0;
	const fired: string[] = [];
	const lines: string[] = [];
	const end = new Error("the test has seen enough");
	const playing = playCron(
		{
			fireCron: async (cron, atMs) => {
				fired.push(`${cron} ${new Date(atMs).toISOString()}`);
				if (fails) throw new Error("nobody there");
			},
			getRun: async (runId) => sealed(runId),
		},
		{ line: (text = "") => lines.push(text), paint: (_, text) => text },
		{
			nowMs: () => nowMs,
			sleep: async (ms) => {
				look += 1;
				if (look > looks) throw end;
				nowMs += ms + overslept(look);
				// Lets the run that was started meanwhile say its line.
				await new Promise((resolve) => setImmediate(resolve));
			},
		},
		sinceMs,
	);
	await expect(playing).rejects.toBe(end);
	return { fired, lines };
}

describe("the cron of npm start", () => {
	it("fires on every full hour, and tells in one line how each run ended", async () => {
		const { fired, lines } = await play((2 * hourMs) / 10_000, () => 0);
		expect(fired).toEqual([
			"0 * * * * 2026-11-23T18:00:00.000Z",
			"0 * * * * 2026-11-23T19:00:00.000Z",
		]);
		expect(lines[0]).toBe(
			"  18:00 UTC  ▲ partial  199 of 200 done, 1 failed, 0 lost  1,041 new, 530 changed clips  4.2 s  1 cause of failure  collect-clips-20261123T1800Z",
		);
	});

	it("fires the hour that came while the first run was played", async () => {
		const sinceMs = startedAtMs - 41 * 60_000;
		const { fired } = await play(1, () => 0, { sinceMs });
		expect(fired).toEqual(["0 * * * * 2026-11-23T17:00:00.000Z"]);
	});

	it("on a machine that slept makes up for the last hour only, late, in its own slot", async () => {
		const { fired } = await play(20, (look) => (look === 5 ? 5 * hourMs : 0));
		expect(fired).toEqual(["0 * * * * 2026-11-23T22:00:00.000Z"]);
	});

	it("a Worker that does not answer costs one run, not the cron", async () => {
		const { fired, lines } = await play((2 * hourMs) / 10_000, () => 0, { fails: true });
		expect(fired).toHaveLength(2);
		expect(lines).toEqual([
			"  18:00 UTC  no result: Error: nobody there",
			"  19:00 UTC  no result: Error: nobody there",
		]);
	});
});
