import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import fixture from "../fixtures/summary.json" with { type: "json" };
import { type Deployment, deploy } from "../support/deployment.ts";

/** The main job from cron to sealed summary, on the built Worker with real queues, objects and D1. */
const hourMs = 3_600_000;
/** Time stands still at Twitch, at the moment that the tests began. */
const frozenAtMs = Date.now();
const slotAtMs = Math.floor(frozenAtMs / hourMs) * hourMs;
const job = toJobName("collect-clips");
let deployment: Deployment;

beforeAll(async () => {
	deployment = await deploy({ streamers: 200, now: () => frozenAtMs });
});
afterAll(() => deployment.close());

/** What Twitch would list for this run: the 24 hours before its start, up to the next 10 minutes. */
function truthOf(run: Summary) {
	const toMs = Math.ceil(Date.parse(run.startedAt) / 600_000) * 600_000;
	return deployment.twitch.streamers.flatMap(({ id }) =>
		deployment.twitch.truth(id, toMs - 24 * hourMs, toMs),
	);
}

const cron = (atMs: number) =>
	deployment.worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(atMs) });

describe("the hourly run", () => {
	let first: Summary;

	it("collects the clips of 200 streamers, exactly those that Twitch has", async () => {
		// The cron may come twice, and late.
		await Promise.all([cron(slotAtMs), cron(slotAtMs), cron(slotAtMs + 30_000)]);
		first = await deployment.sealed(runIdForSlot(job, slotAtMs));
		const truth = truthOf(first);
		const stored = await deployment.rows<{ clip_id: string; view_count: number; title: string }>(
			"SELECT clip_id, view_count, title FROM clips ORDER BY clip_id",
		);
		const expected = truth
			.map(({ id, view_count, title }) => ({ clip_id: id, view_count, title }))
			.sort((left, right) => (left.clip_id < right.clip_id ? -1 : 1));
		expect(expected.length).toBeGreaterThan(300);
		expect(stored).toEqual(expected);
		expect(first).toMatchObject({
			trigger: "cron",
			verdict: "succeeded",
			balanced: true,
			tasks: { planned: 200, succeeded: 200, open: 0 },
			errors: [],
		});
		expect(first.yield).toMatchObject({
			clipsSeen: truth.length,
			clipsNew: truth.length,
			clipsChanged: 0,
			clipsUnchanged: 0,
			clipsRejected: 0,
		});
	});

	it("has the names and types that the README shows", () => {
		expect(shapeOf({ ...first, errors: fixture.errors })).toEqual(shapeOf(fixture));
	});

	it("keeps within the numbers of the design", () => {
		const { meters } = first;
		const requests =
			(meters["twitchRequests"] ?? 0) +
			(meters["gateRequests"] ?? 0) +
			(meters["d1Queries"] ?? 0) +
			(meters["coordinatorRequests"] ?? 0);
		expect(requests / 200).toBeLessThanOrEqual(1.45);
		expect(meters["queueOperations"]).toBeLessThanOrEqual(60);
		expect((meters["ledgerRowsWritten"] ?? 0) / 200).toBeLessThanOrEqual(5);
	});

	it("asks for one token, however many consumers there are", () => {
		expect(deployment.twitch.counts.tokens).toBe(1);
	});

	it("an hour later, with Twitch unchanged, writes no row of clips", async () => {
		const before = await deployment.rows("SELECT * FROM clips ORDER BY clip_id");
		await cron(slotAtMs + hourMs);
		const second = await deployment.sealed(runIdForSlot(job, slotAtMs + hourMs));
		expect(second).toMatchObject({ verdict: "succeeded", balanced: true });
		expect(second.yield).toMatchObject({
			clipsNew: 0,
			clipsChanged: 0,
			clipsUnchanged: truthOf(second).length,
		});
		// One row is the run's own, written at its start.
		expect(second.meters["d1RowsWritten"]).toBe(0);
		expect(await deployment.rows("SELECT * FROM clips ORDER BY clip_id")).toEqual(before);
	});
});

/** Names in their order, and the type of each value. */
function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
	if (typeof value !== "object" || value === null) return typeof value;
	return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
}
