import { describe, expect, test } from "vitest";
import { helixClip, helixClips, pageOf, refusalOf } from "../twitch/helix-answers.ts";
import { Bench, listed, seen, startMs } from "./bench.ts";

const streamerOf = (url: URL) => url.searchParams.get("broadcaster_id");
const twelve = Array.from({ length: 12 }, (_, index) => String(1_001 + index));

describe("one bad streamer does not harm the message", () => {
	test.each([
		[400, "permanent", "twitch_bad_request"],
		[404, "permanent", "twitch_not_found"],
		[500, "retryable", "twitch_server_error"],
	])("%i for one of twelve: the others are written", async (status, kind, code) => {
		const bench = new Bench();
		bench.listing = Object.fromEntries(twelve.map((id) => [id, [{ id: `clip-of-${id}` }]]));
		bench.answer = (url) => (streamerOf(url) === "1005" ? refusalOf(status, "no") : undefined);
		const { results } = await bench.perform({ tasks: twelve });
		for (const { taskId, outcome, yield: counts, meters } of results) {
			expect(meters).toEqual({ twitchRequests: 1 });
			if (taskId === "1005") expect(outcome).toMatchObject({ kind, error: { code } });
			else expect([outcome.kind, counts]).toEqual(["succeeded", seen(1, 0, 0)]);
		}
		expect(bench.countClips()).toBe(11);
	});

	test.each([
		["a page that is no page", () => Response.json({ data: "none" })],
		["an answer that nobody foresaw", () => ({ ok: true }) as Response],
	])("%s for one of twelve: the others are written", async (_, answer) => {
		const bench = new Bench();
		bench.listing = Object.fromEntries(twelve.map((id) => [id, [{ id: `clip-of-${id}` }]]));
		bench.answer = (url) => (streamerOf(url) === "1005" ? answer() : undefined);
		const { results } = await bench.perform({ tasks: twelve });
		expect(results.map(({ outcome }) => outcome.kind)).toEqual(
			twelve.map((id) => (id === "1005" ? "retryable" : "succeeded")),
		);
	});

	test("one bad clip among 100 is counted with its reason, and the other 99 are written", async () => {
		const bench = new Bench();
		const clips = listed("a", 100);
		clips[40] = { id: "a40", view_count: "many" };
		clips[41] = { id: "a41", broadcaster_id: "9" };
		clips[42] = { id: "a42", broadcaster_id: "9" };
		bench.listing = { "1001": clips };
		const result = await bench.performOne("1001");
		expect(result.outcome).toEqual({ kind: "succeeded" });
		expect(result.yield).toEqual({ ...seen(97, 0, 0), clipsRejected: 3 });
		expect(result.warnings).toMatchObject([
			{ code: "clip_rejected_bad_view_count", count: 1 },
			{ code: "clip_rejected_wrong_broadcaster", count: 2 },
		]);
		expect(bench.countClips()).toBe(97);
	});

	test("what a task had fetched before its failure is written and reported", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 250) };
		bench.answer = (url) =>
			url.searchParams.get("after") === "200" ? refusalOf(502, "") : undefined;
		const result = await bench.performOne("1001");
		expect(result).toMatchObject({
			outcome: { kind: "retryable", error: { code: "twitch_server_error", httpStatus: 502 } },
			yield: seen(200, 0, 0),
			meters: { twitchRequests: 3 },
		});
		bench.answer = () => undefined;
		bench.clock.nowMs += 4_000;
		const second = await bench.performOne({ attempt: 2 });
		expect(second).toMatchObject({ outcome: { kind: "succeeded" }, yield: seen(250, 0, 0) });
	});
});

describe("Twitch's paging goes wrong", () => {
	test("its cursor goes round after 1,000 clips: asked 11 times, each clip once, and a warning", async () => {
		const bench = new Bench();
		const pages = Array.from({ length: 10 }, (_, page) => listed(`p${page}-`, 100));
		const all = pages.flat();
		bench.answer = (url) => {
			const from = Number(url.searchParams.get("after") ?? 0);
			const page = all.slice(from % 1_000, (from % 1_000) + 100);
			return pageOf(
				page.map(({ id }) => helixClip(String(id))),
				String(from + 100),
			);
		};
		const result = await bench.performOne("1001");
		expect(result).toMatchObject({
			outcome: { kind: "succeeded" },
			yield: seen(1_000, 0, 0),
			meters: { twitchRequests: 11 },
			warnings: [{ code: "clips_truncated", count: 1 }],
		});
		expect(bench.countClips()).toBe(1_000);
	});

	test("a short page with a cursor is followed, and doubles across pages count once", async () => {
		const bench = new Bench();
		bench.listing = { "1001": [...listed("a", 100), { id: "a99" }, ...listed("b", 20)] };
		const result = await bench.performOne("1001");
		expect(result.yield).toEqual(seen(120, 0, 0));
		expect(result.meters).toEqual({ twitchRequests: 2 });
		expect(result.warnings).toEqual([]);
	});
});

describe("429 in the middle of a message", () => {
	const reset = Math.floor(startMs / 1_000) + 30;
	const throttled = () => refusalOf(429, "Too Many Requests", { "Ratelimit-Reset": String(reset) });

	test("tasks that have not asked are given back until the reset, and cost no attempt", async () => {
		const bench = new Bench();
		bench.listing = Object.fromEntries(twelve.map((id) => [id, [{ id: `clip-of-${id}` }]]));
		bench.answer = (url) => (streamerOf(url) === "1003" ? throttled() : undefined);
		const { results, meters } = await bench.perform({ tasks: twelve });
		const kinds = results.map(({ outcome }) => outcome.kind);
		expect(kinds[2]).toBe("retryable");
		expect(results[2]?.outcome).toMatchObject({
			notBeforeMs: reset * 1_000,
			error: { code: "twitch_throttled", fingerprint: "twitch-http-429" },
		});
		// Six may have been on their way; whoever came after has not asked.
		const back = results.filter(({ outcome }) => outcome.kind === "deferred");
		expect(back.length).toBeGreaterThanOrEqual(6);
		for (const { outcome, meters: used } of back) {
			expect(outcome).toEqual({
				kind: "deferred",
				continuation: null,
				notBeforeMs: reset * 1_000,
			});
			expect(used).toEqual({ twitchRequests: 0 });
		}
		expect(bench.asked.length).toBe(12 - back.length);
		expect(meters["twitchThrottledMs"]).toBe(reset * 1_000 - startMs);
	});

	test("a task between two pages keeps what it has, and goes on from there", async () => {
		const bench = new Bench();
		bench.listing = { "1001": listed("a", 250) };
		let release = () => {};
		const refused = new Promise<void>((resolve) => {
			release = resolve;
		});
		bench.answer = async (url) => {
			if (streamerOf(url) === "1002") {
				// Only after this does the other one's first page arrive.
				setTimeout(release, 5);
				return throttled();
			}
			await refused;
			bench.answer = () => undefined;
			return pageOf(helixClips("a", 100), "100");
		};
		const { results } = await bench.perform({ tasks: ["1001", "1002"] });
		const [stopped, refusedOne] = results;
		expect(refusedOne?.outcome.kind).toBe("retryable");
		expect(stopped?.outcome).toMatchObject({ kind: "deferred", notBeforeMs: reset * 1_000 });
		expect(stopped?.yield).toEqual(seen(100, 0, 0));
		expect(bench.countClips()).toBe(100);

		bench.clock.nowMs = reset * 1_000;
		const { outcome } = stopped ?? {};
		const continuation = outcome?.kind === "deferred" ? outcome.continuation : null;
		const done = await bench.performOne({ attempt: 2, continuation });
		expect(done).toMatchObject({
			outcome: { kind: "succeeded" },
			yield: seen(250, 0, 0),
			meters: { twitchRequests: 2 },
		});
	});
});

describe("tokens", () => {
	const taking = (token: string) => (_: URL, headers: Headers) =>
		headers.get("Authorization") === `Bearer ${token}`
			? undefined
			: refusalOf(401, "Invalid OAuth token");

	test("a 401 met by twelve tasks is one new token, and all succeed", async () => {
		const bench = new Bench();
		bench.listing = Object.fromEntries(twelve.map((id) => [id, [{ id: `clip-of-${id}` }]]));
		bench.answer = taking("t2");
		const { results, meters } = await bench.perform({ tasks: twelve });
		expect(results.every(({ outcome }) => outcome.kind === "succeeded")).toBe(true);
		expect(bench.tokensReplaced).toEqual(["t1"]);
		expect(meters["gateRequests"]).toBe(2);
	});

	test("a second 401 is permanent for all, with one new token asked for", async () => {
		const bench = new Bench();
		bench.answer = taking("never");
		const { results, meters } = await bench.perform({ tasks: twelve });
		for (const { outcome } of results) {
			expect(outcome).toMatchObject({ kind: "permanent", error: { code: "twitch_unauthorized" } });
		}
		expect(bench.tokensReplaced).toEqual(["t1"]);
		expect(meters["gateRequests"]).toBe(2);
	});

	test("no token at all: one call to the gate, no request, and the reason in every task", async () => {
		const failure = {
			kind: "credentials",
			message: "The secret TWITCH_CLIENT_ID is not set",
		} as const;
		const bench = new Bench({
			tokens: {
				getToken: async () => ({ ok: false, error: failure }),
				replaceToken: async () => ({ ok: false, error: failure }),
			},
		});
		const { results, meters } = await bench.perform({ tasks: twelve });
		for (const { outcome, meters: used } of results) {
			expect(outcome).toMatchObject({
				kind: "permanent",
				error: { code: "twitch_credentials", message: failure.message },
			});
			expect(used).toEqual({ twitchRequests: 0 });
		}
		expect(meters["gateRequests"]).toBe(1);
		expect(bench.asked).toHaveLength(0);
	});
});
