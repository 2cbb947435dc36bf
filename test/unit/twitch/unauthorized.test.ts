import { expect, test } from "vitest";
import { err } from "../../../src/domain/result.ts";
import { failureOutcome, type TwitchFailure } from "../../../src/twitch/failure.ts";
import { GateClient } from "../../../src/twitch/gate-client.ts";
import { SharedToken } from "../../../src/twitch/shared-token.ts";
import { createClient, fixedTokens } from "./client.ts";
import { type Answer, asked, pageOf, refusalOf, scriptFetch } from "./helix-answers.ts";

/** Takes only the tokens named. */
const taking =
	(...tokens: string[]): Answer =>
	(_, headers) =>
		tokens.includes(headers.get("Authorization")?.slice(7) ?? "")
			? pageOf([])
			: refusalOf(401, "Invalid OAuth token");

test("a 401 met by twelve tasks of a message at once is one replacement, and all go on", async () => {
	const tokens = fixedTokens();
	const gate = new GateClient(tokens);
	const client = createClient(scriptFetch(taking("t2")).fetch, new SharedToken(gate));
	const pages = await Promise.all(
		Array.from({ length: 12 }, () => client.getClips(asked, null, { requests: 0 })),
	);
	expect(pages.every(({ ok }) => ok)).toBe(true);
	expect(tokens.replaced).toEqual(["t1"]);
	expect(gate.requests).toBe(2);
});

test("a 401 with the new token too is permanent, and no third token is asked for by any task", async () => {
	const tokens = fixedTokens();
	const client = createClient(scriptFetch(taking()).fetch, new SharedToken(tokens));
	const count = { requests: 0 };
	const first = await client.getClips(asked, null, count);
	const second = await client.getClips(asked, null, count);
	expect(count.requests).toBe(3);
	for (const page of [first, second]) {
		if (page.ok) throw new Error("this was to fail");
		expect(failureOutcome(page.error)).toMatchObject({
			kind: "permanent",
			error: {
				code: "twitch_unauthorized",
				httpStatus: 401,
				message: expect.stringContaining("TWITCH_CLIENT_SECRET"),
			},
		});
	}
	expect(tokens.replaced).toEqual(["t1"]);
});

test("a 401 is met once: who asks after the replacement asks with the new token", async () => {
	const client = createClient(scriptFetch(taking("t2")).fetch, new SharedToken(fixedTokens()));
	await client.getClips(asked, null, { requests: 0 });
	const count = { requests: 0 };
	expect(await client.getClips(asked, null, count)).toMatchObject({ ok: true });
	expect(count.requests).toBe(1);
});

test("a 401 costs two requests, and both are counted", async () => {
	const count = { requests: 0 };
	await createClient(scriptFetch(taking("t2")).fetch).getClips(asked, null, count);
	expect(count.requests).toBe(2);
});

test("a 401 when no new token can be had is the failure of the token", async () => {
	const failure: TwitchFailure = { kind: "auth_unavailable", message: "down" };
	const tokens = { ...fixedTokens(), replaceToken: async () => err(failure) };
	const client = createClient(scriptFetch(taking()).fetch, tokens);
	expect(await client.getClips(asked, null, { requests: 0 })).toEqual(err(failure));
});
