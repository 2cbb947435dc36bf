import { describe, expect, test } from "vitest";
import { Bench, listed, runA, runB, seen } from "./bench.ts";

const hourMs = 3_600_000;

describe("a clip is written once and refreshed only by news", () => {
	test("new clips are inserted and remember the run that saw them first", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 3) };
		const { results, meters } = await bench.perform({ tasks: ["1001", "1002"] });
		expect(results).toMatchObject([
			{ taskId: "1001", outcome: { kind: "succeeded" }, yield: seen(3, 0, 0), warnings: [] },
			{ taskId: "1002", outcome: { kind: "succeeded" }, yield: seen(0, 0, 0), warnings: [] },
		]);
		expect(meters).toMatchObject({ d1Queries: 1, d1RowsWritten: 3, gateRequests: 1 });
		expect(results.map((result) => result.meters)).toEqual([
			{ twitchRequests: 1 },
			{ twitchRequests: 1 },
		]);
		expect(bench.clip("a0")).toEqual({
			clip_id: "a0",
			broadcaster_id: "1001",
			broadcaster_name: "山田",
			creator_id: "77",
			creator_name: "Viewer",
			video_id: "",
			vod_offset_seconds: null,
			game_id: "32982",
			language: "ja",
			title: "Title of a0",
			view_count: 3,
			duration_seconds: 29.5,
			url: "https://clips.twitch.tv/a0",
			embed_url: "https://clips.twitch.tv/embed?clip=a0",
			thumbnail_url: "https://thumbnails.example/a0-preview-480x272.jpg",
			is_featured: 0,
			created_at_ms: Date.parse("2026-11-23T12:00:00Z"),
			fetched_at_ms: bench.clock.nowMs,
			first_run_id: runA,
			changed_run_ids: "",
		});
	});

	test("each attempt says how long it was at Twitch and waited for D1", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 3) };
		bench.answer = () => {
			bench.clock.nowMs += 120;
			return undefined;
		};
		const write = bench.database.batch.bind(bench.database);
		bench.database.batch = (statements) => {
			bench.clock.nowMs += 30;
			return write(statements);
		};
		const { results } = await bench.perform({ tasks: ["1001"] });
		expect(results[0]?.meters).toEqual({ twitchRequests: 1, twitchMs: 120, d1Ms: 30 });
	});

	test("a refresh without news writes 0 rows", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 30) };
		await bench.perform({ tasks: ["1001"] });
		bench.sealRun(runA);
		bench.openRun(runB);
		bench.clock.nowMs += hourMs;
		const { results, meters } = await bench.perform({ runId: runB, tasks: ["1001"] });
		expect(results[0]?.yield).toEqual(seen(0, 0, 30));
		expect(meters["d1RowsWritten"]).toBe(0);
	});

	test.each([
		["view_count", "view_count", 4],
		["title", "title", "another"],
		["thumbnail_url", "thumbnail_url", "https://other"],
		["video_id", "video_id", "99"],
		["vod_offset", "vod_offset_seconds", 0],
		["is_featured", "is_featured", 1],
		["duration", "duration_seconds", 30],
		["language", "language", "en"],
		["game_id", "game_id", "1"],
		["creator_name", "creator_name", "Renamed"],
		["broadcaster_name", "broadcaster_name", "Renamed"],
	])("a changed %s alone is a change", async (sent, column, value) => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "a" }, { id: "b" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.openRun(runB);
		bench.clock.nowMs += 1;
		const news = sent === "is_featured" ? true : value;
		bench.listing = { "1001": [{ id: "a", [sent]: news }, { id: "b" }] };
		const { results, meters } = await bench.perform({ runId: runB, tasks: ["1001"] });
		expect(results[0]?.yield).toEqual(seen(0, 1, 1));
		expect(meters["d1RowsWritten"]).toBe(1);
		expect(bench.clip("a")).toMatchObject({ [column]: value, first_run_id: runA });
	});

	test("no clips in the whole message is no call to D1", async () => {
		const bench = new Bench();
		bench.failBatches(100, "before");
		const { results, meters } = await bench.perform({ tasks: ["1001", "1002"] });
		expect(results.map(({ outcome }) => outcome.kind)).toEqual(["succeeded", "succeeded"]);
		expect(meters).toMatchObject({ d1Queries: 0, d1RowsRead: 0, d1RowsWritten: 0 });
	});

	test("the clips of twelve streamers are one batch", async () => {
		const bench = new Bench();
		const tasks = Array.from({ length: 12 }, (_, index) => String(2_000 + index));
		bench.listing = Object.fromEntries(tasks.map((id) => [id, listed(`s${id}-`, 120)]));
		const { results, meters } = await bench.perform({ tasks });
		expect(results.map((result) => result.yield)).toEqual(tasks.map(() => seen(120, 0, 0)));
		expect(meters).toMatchObject({ d1Queries: 1, d1RowsWritten: 1_440 });
		expect(bench.asked).toHaveLength(24);
	});

	test("clips with endless texts, too many for one parameter, still go in one batch", async () => {
		const bench = new Bench();
		const texts = {
			title: "題".repeat(9_999),
			url: "x".repeat(9_999),
			language: '"'.repeat(9_999),
		};
		bench.listing = { "1001": listed("a", 100).map((clip) => ({ ...clip, ...texts })) };
		const { results, meters } = await bench.perform({ tasks: ["1001"] });
		expect(results[0]?.yield).toEqual(seen(100, 0, 0));
		expect(meters["d1Queries"]).toBe(1);
	});

	test("so many long ids that they are counted in two parts add up", async () => {
		const bench = new Bench();
		const tasks = ["1001", "1002", "1003"];
		bench.listing = Object.fromEntries(
			tasks.map((id) => [id, listed(`${id}-`.padEnd(190, "x"), 1_000)]),
		);
		const { results } = await bench.perform({ tasks });
		expect(results.map((result) => result.yield)).toEqual(tasks.map(() => seen(1_000, 0, 0)));
	});

	test("titles made to break SQL or JSON come out as they went in", async () => {
		const bench = new Bench();
		const titles = [`'); DROP TABLE clips; --`, `"]},\\u0000`, "😂 ‮<script>", "\\", "\n\t"];
		bench.listing = { "1001": titles.map((title, index) => ({ id: `t${index}`, title })) };
		await bench.perform({ tasks: ["1001"] });
		expect(bench.database.rows("SELECT title FROM clips ORDER BY clip_id")).toEqual(
			titles.map((title) => ({ title })),
		);
	});
});

describe("what is known is not lost again", () => {
	const known = { id: "a", video_id: "99", vod_offset: 480, title: "The title" };

	test.each([
		["the video was deleted", { video_id: "", vod_offset: null }],
		["Twitch left the texts out", { title: "", creator_name: null, url: undefined }],
	])("%s: nothing is overwritten, and it is no change", async (_, lost) => {
		const bench = new Bench();
		bench.listing = { "1001": [known] };
		await bench.perform({ tasks: ["1001"] });
		const before = bench.clip("a");
		bench.openRun(runB);
		bench.clock.nowMs += hourMs;
		bench.listing = { "1001": [{ ...known, ...lost }] };
		const { results, meters } = await bench.perform({ runId: runB, tasks: ["1001"] });
		expect(results[0]?.yield).toEqual(seen(0, 0, 1));
		expect(meters["d1RowsWritten"]).toBe(0);
		expect(bench.clip("a")).toEqual(before);
	});

	test("the views change while the video is gone: views are new, the video stays", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [known] };
		await bench.perform({ tasks: ["1001"] });
		bench.clock.nowMs += hourMs;
		bench.listing = { "1001": [{ ...known, video_id: "", vod_offset: null, view_count: 50 }] };
		await bench.perform({ tasks: ["1001"] });
		expect(bench.clip("a")).toMatchObject({
			view_count: 50,
			video_id: "99",
			vod_offset_seconds: 480,
		});
	});

	test("an answer that was fetched earlier and arrives later changes nothing", async () => {
		const bench = new Bench();
		bench.openRun(runB);
		const late = bench.clock.nowMs + 1_000;
		bench.clock.nowMs += 5_000;
		bench.listing = { "1001": [{ id: "a", view_count: 50 }] };
		await bench.perform({ tasks: ["1001"] });
		bench.clock.nowMs = late;
		bench.listing = { "1001": [{ id: "a", view_count: 40 }] };
		const result = await bench.performOne("1001", { runId: runB });
		expect(result.yield).toEqual(seen(0, 0, 1));
		expect(bench.clip("a")).toMatchObject({ view_count: 50 });
	});

	test("the time of a clip is when its page was asked for, not when it was written", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "a" }] };
		const askedAtMs = bench.clock.nowMs;
		bench.answer = () => {
			bench.clock.nowMs += 4_000;
			return undefined;
		};
		await bench.perform({ tasks: ["1001"] });
		expect(bench.clip("a")).toMatchObject({ fetched_at_ms: askedAtMs });
	});

	test("where and when a clip was made stays, because it is found and counted by that", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [{ id: "a" }] };
		await bench.perform({ tasks: ["1001"] });
		bench.clock.nowMs += 1;
		bench.listing = { "1001": [{ id: "a", created_at: "2026-11-23T13:00:00Z", view_count: 9 }] };
		await bench.perform({ tasks: ["1001"] });
		expect(bench.clip("a")).toMatchObject({
			view_count: 9,
			created_at_ms: Date.parse("2026-11-23T12:00:00Z"),
		});
	});
});
