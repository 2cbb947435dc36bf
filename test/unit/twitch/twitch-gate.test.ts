import { afterEach, describe, expect, test } from "vitest";
import migrations from "../../../drizzle/twitch-gate/migrations/migrations.js";
import { isEmptyStorage } from "../../../durable-objects/migrate.ts";
import { Gate, type GatePorts } from "../../../durable-objects/twitch-gate/gate.ts";
import { failureOutcome } from "../../../src/twitch/failure.ts";
import { SqliteStorage } from "../../support/sqlite-storage.ts";
import { type SimulatedTwitch, startSimulatedTwitch } from "../../support/twitch/server.ts";
import { refusalOf, scriptFetch } from "./helix-answers.ts";
import { listen } from "./local-server.ts";

const startMs = Date.parse("2026-11-23T17:00:00Z");
const dayMs = 86_400_000;

/** A gate whose clock, storage and Twitch the test holds. */
function openGate(overrides: Partial<GatePorts>) {
	const clock = { nowMs: startMs };
	const storage = (overrides.storage ?? new SqliteStorage()) as SqliteStorage;
	const gate = new Gate({
		migrations,
		fetch,
		now: () => clock.nowMs,
		authUrl: "https://auth.test/oauth2",
		clientId: "client-1",
		clientSecret: "very-secret",
		...overrides,
		storage,
	});
	return { gate, storage, clock };
}

/** Tokens token-1, token-2, …, 60 days each unless said otherwise. */
function issueTokens(expiresIn: unknown = 5_184_000) {
	let issued = 0;
	return scriptFetch(() => {
		issued += 1;
		return Response.json({ access_token: `token-${issued}`, expires_in: expiresIn });
	});
}

describe("one token for all", () => {
	test("twelve consumers that ask at once cost one request", async () => {
		const { fetch, asked } = issueTokens();
		const { gate } = openGate({ fetch });
		const tokens = await Promise.all(Array.from({ length: 12 }, () => gate.getToken()));
		expect(new Set(tokens.map((token) => token.ok && token.value))).toEqual(new Set(["token-1"]));
		expect(asked).toHaveLength(1);
	});

	test("the token outlives the eviction of its object", async () => {
		const { fetch, asked } = issueTokens();
		const { gate, storage } = openGate({ fetch });
		await gate.getToken();
		const woken = openGate({ fetch, storage }).gate;
		expect(await woken.getToken()).toEqual({ ok: true, value: "token-1" });
		expect(asked).toHaveLength(1);
	});

	test("a hundred consumers that met a 401 with it get one and the same new one", async () => {
		const { fetch, asked } = issueTokens();
		const { gate } = openGate({ fetch });
		await gate.getToken();
		const atOnce = await Promise.all(
			Array.from({ length: 99 }, () => gate.replaceToken("token-1")),
		);
		const later = await gate.replaceToken("token-1");
		for (const token of [...atOnce, later]) {
			expect(token).toEqual({ ok: true, value: "token-2" });
		}
		expect(asked).toHaveLength(2);
	});

	test("is renewed some minutes before its end, and not a moment sooner", async () => {
		const { fetch, asked } = issueTokens(60 * 86_400);
		const { gate, clock } = openGate({ fetch });
		await gate.getToken();
		clock.nowMs = startMs + 60 * dayMs - 600_001;
		expect(await gate.getToken()).toEqual({ ok: true, value: "token-1" });
		clock.nowMs += 1;
		expect(await gate.getToken()).toEqual({ ok: true, value: "token-2" });
		expect(asked).toHaveLength(2);
	});

	test("that lives a minute only is not asked for anew by every consumer", async () => {
		const { fetch, asked } = issueTokens(60);
		const { gate, clock } = openGate({ fetch });
		await gate.getToken();
		clock.nowMs += 50_000;
		await gate.getToken();
		expect(asked).toHaveLength(1);
	});

	test("that does not say how long it lives is believed for an hour", async () => {
		const { fetch, asked } = issueTokens(null);
		const { gate, clock } = openGate({ fetch });
		await gate.getToken();
		clock.nowMs += 3_600_000;
		await gate.getToken();
		expect(asked).toHaveLength(2);
	});

	test("of another TWITCH_CLIENT_ID is not used, and not kept once there is a new one", async () => {
		const { fetch } = issueTokens();
		const { gate, storage } = openGate({ fetch });
		await gate.getToken();
		const other = openGate({ fetch, storage, clientId: "client-2" }).gate;
		expect(await other.getToken()).toEqual({ ok: true, value: "token-2" });
		const rows = storage.sql.exec("SELECT client_id, access_token FROM app_tokens").toArray();
		expect(rows).toEqual([{ client_id: "client-2", access_token: "token-2" }]);
	});
});

describe("no token can be had", () => {
	test.each([
		[400, "invalid client"],
		[401, "unauthorized"],
		[403, "invalid client secret"],
	])("%i: the operator is told which secrets to look at", async (status, words) => {
		const { gate, storage } = openGate({
			fetch: scriptFetch(() => refusalOf(status, words)).fetch,
		});
		const token = await gate.getToken();
		if (token.ok) throw new Error("this was to fail");
		expect(failureOutcome(token.error)).toMatchObject({
			kind: "permanent",
			error: { code: "twitch_credentials", fingerprint: "twitch-credentials", httpStatus: status },
		});
		expect(token.error.message).toContain(words);
		expect(token.error.message).toContain("TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET");
		expect(isEmptyStorage(storage)).toBe(true);
	});

	test.each([
		["a 500", () => refusalOf(500, "oops")],
		["a 429", () => refusalOf(429, "slow down")],
		["a 404: the URL may be wrong", () => refusalOf(404, "Not Found")],
		["HTML", () => new Response("<html>")],
		["JSON without a token", () => Response.json({ access_token: "" })],
		["a lost connection", () => Promise.reject(new TypeError("fetch failed"))],
	])("%s is worth another try", async (_, answer) => {
		const { gate, storage } = openGate({ fetch: scriptFetch(answer).fetch });
		const token = await gate.getToken();
		if (token.ok) throw new Error("this was to fail");
		expect(failureOutcome(token.error)).toMatchObject({
			kind: "retryable",
			error: { code: "twitch_auth_unavailable", fingerprint: "twitch-auth-unavailable" },
		});
		expect(isEmptyStorage(storage)).toBe(true);
	});

	test("a token endpoint that hangs is given up after the time-out", async () => {
		const server = await listen(() => undefined);
		const { gate } = openGate({ authUrl: server.url, timeoutMs: 50 });
		expect(await gate.getToken()).toMatchObject({
			ok: false,
			error: { kind: "auth_unavailable", message: expect.stringContaining("in time") },
		});
		await server.close();
	});

	test("a token endpoint that redirects does not get our secret sent on", async () => {
		const paths: (string | undefined)[] = [];
		const server = await listen((request, response) => {
			paths.push(request.url);
			response.writeHead(307, { Location: "/elsewhere" });
			response.end();
		});
		const { gate } = openGate({ authUrl: server.url });
		expect(await gate.getToken()).toMatchObject({
			ok: false,
			error: { kind: "auth_unavailable", message: expect.stringContaining("TWITCH_AUTH_URL") },
		});
		expect(paths).toEqual(["/token"]);
		await server.close();
	});

	test.each([
		["TWITCH_CLIENT_ID", { clientId: undefined }],
		["TWITCH_CLIENT_SECRET", { clientSecret: undefined }],
	])("%s is not set: nothing is sent, and the operator reads its name", async (name, missing) => {
		const { fetch, asked } = issueTokens();
		const { gate, storage } = openGate({ fetch, ...missing });
		expect(await gate.getToken()).toMatchObject({
			ok: false,
			error: { kind: "credentials", message: expect.stringContaining(name) },
		});
		expect(await gate.replaceToken("old")).toMatchObject({ ok: false });
		expect(asked).toHaveLength(0);
		expect(isEmptyStorage(storage)).toBe(true);
	});

	test("renewing fails while the old one is still good: consumers go on with that", async () => {
		let isUp = true;
		const issued = issueTokens(60 * 86_400);
		const { gate, clock } = openGate({
			fetch: ((input, init) =>
				isUp ? issued.fetch(input, init) : Promise.resolve(refusalOf(503, "down"))) as typeof fetch,
		});
		await gate.getToken();
		isUp = false;
		clock.nowMs = startMs + 60 * dayMs - 60_000;
		expect(await gate.getToken()).toEqual({ ok: true, value: "token-1" });
		clock.nowMs = startMs + 60 * dayMs;
		expect(await gate.getToken()).toMatchObject({ ok: false });
		isUp = true;
		expect(await gate.getToken()).toEqual({ ok: true, value: "token-2" });
	});

	test("a server that quotes what it was sent does not bring the secret into an error", async () => {
		const { gate } = openGate({
			fetch: scriptFetch(() => refusalOf(400, "no such client: very-secret")).fetch,
		});
		const token = await gate.getToken();
		expect(JSON.stringify(token)).toContain("no such client: [hidden]");
		expect(JSON.stringify(token)).not.toContain("very-secret");
	});
});

describe("against the simulated Twitch", () => {
	let twitch: SimulatedTwitch | undefined;
	afterEach(() => twitch?.close());

	test("a token is made, revoked and made again; a wrong secret is told apart", async () => {
		twitch = await startSimulatedTwitch({ streamers: 1 });
		const { authUrl, clientId, clientSecret } = twitch;
		const { gate } = openGate({ authUrl, clientId, clientSecret });
		const first = await gate.getToken();
		twitch.revokeTokens();
		const second = await gate.replaceToken(first.ok ? first.value : "");
		expect(first.ok && second.ok && first.value !== second.value).toBe(true);
		const wrong = openGate({ authUrl, clientId, clientSecret: "wrong" }).gate;
		expect(await wrong.getToken()).toMatchObject({ ok: false, error: { kind: "credentials" } });
	});
});
