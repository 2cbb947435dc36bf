import { describe, expect, test } from "vitest";
import { err, type Result } from "../../../src/domain/result.ts";
import { failureOutcome, type TwitchFailure } from "../../../src/twitch/failure.ts";
import { GateClient } from "../../../src/twitch/gate-client.ts";
import type { ClipsPage } from "../../../src/twitch/helix-client.ts";
import { createClient, fixedTokens, nowMs, spent } from "./client.ts";
import { type Answer, asked, helixClip, pageOf, refusalOf, scriptFetch } from "./helix-answers.ts";

async function ask(answer: Answer): Promise<Result<ClipsPage, TwitchFailure>> {
	return createClient(scriptFetch(answer).fetch).getClips(asked, null, { requests: 0 });
}

async function failureOf(answer: Answer): Promise<TwitchFailure> {
	const result = await ask(answer);
	if (result.ok) throw new Error("this was to fail");
	return result.error;
}

describe("a page is asked for", () => {
	test("with the window, the largest page and the credentials, and its time is that of the question", async () => {
		let sent = new Headers();
		const { fetch, asked: urls } = scriptFetch((_, headers) => {
			sent = headers;
			return pageOf([helixClip("a")], "next");
		});
		const count = { requests: 0 };
		const page = await createClient(fetch).getClips(asked, null, count);
		expect(page).toMatchObject({ ok: true, value: { cursor: "next", askedAtMs: nowMs } });
		expect(urls[0]?.pathname).toBe("/helix/clips");
		expect(Object.fromEntries(urls[0]?.searchParams ?? [])).toEqual({
			broadcaster_id: "1001",
			first: "100",
			started_at: "2026-11-22T17:00:00Z",
			ended_at: "2026-11-23T17:00:00Z",
		});
		expect(sent.get("Authorization")).toBe("Bearer t1");
		expect(sent.get("Client-Id")).toBe("client-1");
		expect(count.requests).toBe(1);
	});

	test("with a cursor that needs encoding", async () => {
		const { fetch, asked: urls } = scriptFetch(() => pageOf([]));
		await createClient(fetch).getClips(asked, "a+/=&x", { requests: 0 });
		expect(urls[0]?.searchParams.get("after")).toBe("a+/=&x");
	});

	test.each([[{}], [{ pagination: null }], [{ pagination: { cursor: "" } }], [{ pagination: [] }]])(
		"and %j behind the clips is the last page",
		async (rest) => {
			const page = await ask(() => Response.json({ data: [], ...rest }));
			expect(page).toMatchObject({ ok: true, value: { cursor: null } });
		},
	);
});

describe("every failure has one outcome", () => {
	test.each([
		[400, "permanent", "twitch_bad_request"],
		[403, "permanent", "twitch_refused"],
		[404, "permanent", "twitch_not_found"],
		[410, "permanent", "twitch_refused"],
		[500, "retryable", "twitch_server_error"],
		[503, "retryable", "twitch_server_error"],
	])("%i is %s", async (status, kind, code) => {
		const outcome = failureOutcome(await failureOf(() => refusalOf(status, "Twitch says why")));
		expect(outcome).toMatchObject({
			kind,
			error: {
				code,
				fingerprint: `twitch-http-${status}`,
				httpStatus: status,
				message: `Twitch answered ${status}: Twitch says why`,
			},
		});
	});

	test.each([
		["HTML with status 200", "<html>busy</html>"],
		["JSON that breaks off", '{"data":[{"id":"a"'],
		["nothing", ""],
		["a list", "[]"],
		["an object without clips", '{"data":{}}'],
	])("%s is a broken answer, worth another try", async (_, body) => {
		expect(failureOutcome(await failureOf(() => new Response(body)))).toMatchObject({
			kind: "retryable",
			error: { code: "twitch_broken_answer", fingerprint: "twitch-broken-answer" },
		});
	});

	test("a 502 with a proxy's endless HTML is read no further than needed and not quoted", async () => {
		let sent = 0;
		const endless = new ReadableStream({
			pull(controller) {
				sent += 1_024;
				controller.enqueue(new TextEncoder().encode("<p>bad gateway</p>".padEnd(1_024)));
			},
		});
		const failure = await failureOf(() => new Response(endless, { status: 502 }));
		expect(failure).toEqual({
			kind: "server_error",
			status: 502,
			message: "Twitch answered 502",
		});
		expect(sent).toBeLessThan(20_000);
	});

	test("an error whose body breaks off keeps its status", async () => {
		const broken = new ReadableStream({
			start: (controller) => controller.error(new Error("reset")),
		});
		expect(await failureOf(() => new Response(broken, { status: 404 }))).toMatchObject({
			kind: "not_found",
			message: "Twitch answered 404",
		});
	});

	test("an essay of an error is cut, and freed of line breaks and control characters", async () => {
		const failure = await failureOf(() => refusalOf(400, `a\nb\u0007${"x".repeat(5_000)}`));
		const outcome = failureOutcome(failure);
		expect([...outcome.error.message].length).toBeLessThanOrEqual(300);
		expect(outcome.error.message).toMatch(/^Twitch answered 400: a b x/);
	});

	test("a proxy that quotes our headers does not carry the token into the ledger", async () => {
		const failure = await failureOf((_, headers) =>
			refusalOf(400, `bad header ${headers.get("Authorization")}`),
		);
		expect(failure.message).toBe("Twitch answered 400: bad header Bearer [hidden]");
	});
});

describe("429", () => {
	const resetIn = (seconds: number) => String(Math.floor(nowMs / 1_000) + seconds);
	test.each([
		["the second that Ratelimit-Reset names", { "Ratelimit-Reset": resetIn(30) }, 30_000],
		["a minute when it names none", {}, 60_000],
		["a minute when it names nonsense", { "Ratelimit-Reset": "soon" }, 60_000],
		["a second when the time is past, so that nobody spins", { "Ratelimit-Reset": "12" }, 1_000],
		["15 minutes at most, as with milliseconds", { "Ratelimit-Reset": String(nowMs) }, 900_000],
	])("waits for %s", async (_, headers: Record<string, string>, waitMs) => {
		const failure = await failureOf(() => refusalOf(429, "Too Many Requests", headers));
		expect(failureOutcome(failure)).toMatchObject({
			kind: "retryable",
			notBeforeMs: Math.floor(nowMs + waitMs),
			error: { code: "twitch_throttled", fingerprint: "twitch-http-429" },
		});
	});
});

test("without a token nothing is sent", async () => {
	const failure: TwitchFailure = { kind: "credentials", message: "not set" };
	const { fetch, asked: urls } = scriptFetch(() => pageOf([]));
	const tokens = { ...fixedTokens(), getToken: async () => err(failure) };
	const page = await createClient(fetch, tokens).getClips(asked, null, { requests: 0 });
	expect(page).toEqual(err(failure));
	expect(urls).toHaveLength(0);
});

test("a spent budget is no failure of Twitch: it is thrown on, and not counted as sent", async () => {
	const count = { requests: 0 };
	const client = createClient(scriptFetch(() => Promise.reject(spent)).fetch);
	await expect(client.getClips(asked, null, count)).rejects.toBe(spent);
	expect(count.requests).toBe(0);
});

test("a gate that cannot be reached is trouble that passes, and its inner words stay inside", async () => {
	const gate = new GateClient({
		getToken: () => Promise.reject(new Error("SELECT secret FROM tokens")),
		replaceToken: () => Promise.reject(new Error("gone")),
	});
	const token = await gate.getToken();
	expect(token).toMatchObject({ ok: false, error: { kind: "auth_unavailable" } });
	expect(JSON.stringify(token)).not.toContain("SELECT");
	expect(gate.requests).toBe(1);
});
