import { describe, expect, test } from "vitest";
import { decodeTaskId, toTaskId } from "../../../src/domain/ids.ts";
import type { PlanRequest } from "../../../src/jobs/job.ts";
import { Bench, runA, seen } from "./bench.ts";

function addStreamer(bench: Bench, id: string, enabled = 1): void {
	bench.database.rows("INSERT INTO streamers VALUES (?, 'login', 'Name', ?, 0)", id, enabled);
}

async function plan(bench: Bench, request: Partial<PlanRequest> = {}) {
	const startedAtMs = Date.parse("2026-11-23T17:00:00.412Z");
	const defaults = { runId: runA, startedAtMs, window: null, taskIds: null };
	return bench.job.plan({ ...defaults, ...request });
}

describe("who is collected", () => {
	test("enabled streamers are, disabled ones are not", async () => {
		const bench = new Bench();
		addStreamer(bench, "1");
		addStreamer(bench, "2", 0);
		addStreamer(bench, "3");
		expect(await plan(bench)).toMatchObject({ ok: true, value: { taskIds: ["1", "3"] } });
	});

	test("no streamers at all is a plan of no tasks, and no failure", async () => {
		expect(await plan(new Bench())).toMatchObject({ ok: true, value: { taskIds: [] } });
	});

	test("of a list, those who are enabled are, each once", async () => {
		const bench = new Bench();
		addStreamer(bench, "1");
		addStreamer(bench, "2", 0);
		addStreamer(bench, "3");
		const taskIds = ["3", "2", "3", "404"].map(toTaskId);
		expect(await plan(bench, { taskIds })).toMatchObject({ ok: true, value: { taskIds: ["3"] } });
	});

	test("20,000 streamers are planned with one query", async () => {
		const bench = new Bench();
		bench.database.sqlite.exec(
			`WITH RECURSIVE n(i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < 119999)
			INSERT INTO streamers SELECT i, 'login', 'Name', 1, 0 FROM n`,
		);
		const planned = await plan(bench);
		if (!planned.ok) throw new Error(planned.error.message);
		expect(new Set(planned.value.taskIds).size).toBe(20_000);
		expect(planned.value.meters).toMatchObject({ d1Queries: 1 });
	});

	test("D1 is down: the plan may be asked again", async () => {
		const bench = new Bench();
		bench.database.failure = new Error("D1_ERROR: down");
		await expect(plan(bench)).rejects.toThrow("down");
	});
});

describe("one streamer's id is unusable", () => {
	test.each(["", "12 3", "<script>", "山田".repeat(40)])(
		"%j stops nobody else, and fails alone with its row named",
		async (id) => {
			const bench = new Bench();
			addStreamer(bench, id);
			addStreamer(bench, "1001");
			bench.listing = { "1001": [{ id: "a" }] };
			const planned = await plan(bench);
			if (!planned.ok) throw new Error(planned.error.message);
			const { taskIds } = planned.value;
			expect(taskIds).toHaveLength(2);
			expect(taskIds.every((taskId) => decodeTaskId(taskId).ok)).toBe(true);

			const bad = taskIds.find((taskId) => taskId !== "1001");
			const { results } = await bench.perform({ tasks: taskIds });
			expect(results.find(({ taskId }) => taskId === "1001")).toMatchObject({
				outcome: { kind: "succeeded" },
				yield: seen(1, 0, 0),
			});
			expect(results.find(({ taskId }) => taskId === bad)).toMatchObject({
				outcome: {
					kind: "permanent",
					error: { code: "streamer_id_unusable", message: expect.stringContaining(id.slice(0, 5)) },
				},
			});
			expect(bench.asked).toHaveLength(1);

			const again = await plan(bench, { taskIds: [bad ?? toTaskId("x")] });
			expect(again).toMatchObject({ ok: true, value: { taskIds: [bad] } });
		},
	);
});

describe("the window", () => {
	const at = (time: string) => Date.parse(time);

	test.each([
		["2026-11-23T17:00:00.000Z", "2026-11-23T17:00:00Z"],
		["2026-11-23T17:00:00.001Z", "2026-11-23T17:10:00Z"],
		["2026-11-23T17:09:59.999Z", "2026-11-23T17:10:00Z"],
	])(
		"of a run that starts at %s ends at %s, so that the last minutes are in it",
		async (start, end) => {
			const planned = await plan(new Bench(), { startedAtMs: at(start) });
			const window = { fromMs: at(end) - 24 * 3_600_000, toMs: at(end) };
			expect(planned).toMatchObject({ ok: true, value: { window } });
		},
	);

	test("that was asked for is kept when its edges are Twitch's", async () => {
		const window = { fromMs: at("2026-11-01T00:00:00Z"), toMs: at("2026-11-01T00:10:00Z") };
		expect(await plan(new Bench(), { window })).toMatchObject({ ok: true, value: { window } });
	});

	test("that was asked for grows to Twitch's edges, which would cut its end off", async () => {
		const window = { fromMs: at("2026-11-01T12:03:00Z"), toMs: at("2026-11-01T12:57:00Z") };
		expect(await plan(new Bench(), { window })).toMatchObject({
			ok: true,
			value: { window: { fromMs: at("2026-11-01T12:00:00Z"), toMs: at("2026-11-01T13:00:00Z") } },
		});
	});

	test.each([
		[{ fromMs: 1, toMs: 1 }],
		[{ fromMs: 2, toMs: 1 }],
		[{ fromMs: -1, toMs: 1 }],
		[{ fromMs: Number.NaN, toMs: 1 }],
	])("%j is refused for good", async (window) => {
		const planned = await plan(new Bench(), { window });
		expect(planned).toMatchObject({ ok: false, error: { code: "bad_window" } });
	});
});

test("the job is known by its name, its hour and the names of its figures", () => {
	const { job } = new Bench();
	expect(job.name).toBe("collect-clips");
	expect(job.schedule).toEqual({ kind: "cron", cron: "0 * * * *" });
	expect(job.yieldNames).toEqual([
		"clipsSeen",
		"clipsNew",
		"clipsChanged",
		"clipsUnchanged",
		"clipsRejected",
		"streamersWithClips",
	]);
	expect(job.meterNames).toEqual(["twitchRequests", "twitchThrottledMs", "gateRequests"]);
});
