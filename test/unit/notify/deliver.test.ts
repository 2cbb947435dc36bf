import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type DeliveryFailure, type DeliveryOutcome, send } from "../../../src/notify/deliver.ts";
import { listen } from "../twitch/local-server.ts";
import { atMs } from "./incidents.ts";

const token = "s3cr3t-t0k3n-of-the-webhook";
const signature = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=";
const path = `/api/webhooks/123456789/${token}?thread_id=1234567`;

const servers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of servers.splice(0)) await close();
});

/** What comes of it when the receiver does so. */
async function deliver(
	answer: (response: ServerResponse, request: IncomingMessage) => void,
	changes: { timeoutMs?: number; path?: string; fetch?: typeof fetch } = {},
): Promise<{ outcome: DeliveryOutcome; url: string; tookMs: number }> {
	const server = await listen((request, response) => answer(response, request));
	servers.push(server.close);
	const url = server.url + (changes.path ?? path);
	const { fetch = globalThis.fetch, timeoutMs } = changes;
	const startedAtMs = performance.now();
	const outcome = await send(
		{
			url,
			method: "POST",
			headers: { "content-type": "application/json", "webhook-signature": signature },
			body: '{"a":"台帳"}',
		},
		{ fetch, now: () => atMs, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
	);
	return { outcome, url, tookMs: performance.now() - startedAtMs };
}

async function failureOf(...how: Parameters<typeof deliver>): Promise<DeliveryFailure> {
	const { outcome, url } = await deliver(...how);
	if (outcome.kind !== "failed") throw new Error("this was to fail");
	expectNoSecret(outcome.reason, url);
	return outcome;
}

function expectNoSecret(reason: string, url: string): void {
	const { origin, host, pathname, search } = new URL(url);
	for (const secret of [url, origin, host, pathname, pathname + search, token, signature]) {
		expect(reason).not.toContain(secret);
	}
	expect(reason).not.toContain(signature.slice(3));
	expect(reason).toMatch(/^[^\p{Cc}\p{Cf}]{1,320}$/u);
	expect(reason.isWellFormed()).toBe(true);
}

const refuse =
	(status: number, body: string, headers: Record<string, string> = {}) =>
	(response: ServerResponse) =>
		void response.writeHead(status, headers).end(body);

describe("delivered", () => {
	test.each([200, 201, 202, 204])("is what was answered with %i", async (status) => {
		const { outcome } = await deliver((response) => response.writeHead(status).end());
		expect(outcome).toEqual({ kind: "delivered" });
	});
	test("is what was sent as it stands", async () => {
		let received = "";
		await deliver((response, request) => {
			expect(request).toMatchObject({ method: "POST", url: path });
			expect(request.headers).toMatchObject({
				"content-type": "application/json",
				"webhook-signature": signature,
			});
			request.on("data", (chunk: Buffer) => {
				received += chunk.toString();
			});
			request.on("end", () => response.end());
		});
		expect(received).toBe('{"a":"台帳"}');
	});
	test("is a success whose body never ends, at once", async () => {
		const { outcome, tookMs } = await deliver((response) => {
			response.writeHead(200).write("and so on");
		});
		expect(outcome).toEqual({ kind: "delivered" });
		expect(tookMs).toBeLessThan(5_000);
	});
	test("is a success whose body nobody reads, and its connection is let go", async () => {
		let isCancelled = false;
		const body = new ReadableStream({
			cancel: () => {
				isCancelled = true;
				throw new Error("it cannot be cancelled");
			},
		});
		const fetch = async () => new Response(body);
		const { outcome } = await deliver(() => undefined, { fetch });
		expect(outcome).toEqual({ kind: "delivered" });
		expect(isCancelled).toBe(true);
	});
});

describe("failed", () => {
	test("is what was not answered in time", async () => {
		const failure = await failureOf(() => undefined, { timeoutMs: 100 });
		expect(failure).toEqual({
			kind: "failed",
			reason: "The receiver did not answer within 0.1 s.",
			retryAfterMs: null,
		});
	});
	test("is a refusal whose body stops halfway: its status is known all the same, and its wait", async () => {
		const stall = (response: ServerResponse) => {
			response.writeHead(429, { "retry-after": "7", "content-length": "100" }).write('{"mess');
		};
		expect(await failureOf(stall, { timeoutMs: 200 })).toEqual({
			kind: "failed",
			reason: "The receiver answered 429",
			retryAfterMs: 7_000,
		});
	});
	test("is a refusal on a platform whose bodies do not end with their fetch", async () => {
		const cancelled = Promise.withResolvers<void>();
		const endless = async () =>
			new Response(new ReadableStream({ cancel: () => cancelled.resolve() }), { status: 500 });
		const { reason } = await failureOf(() => undefined, { timeoutMs: 50, fetch: endless });
		expect(reason).toBe("The receiver answered 500");
		await cancelled.promise;
	});
	test("is a refused connection", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
		await new Promise((resolve) => server.close(resolve));
		const request = { url, method: "POST", headers: {}, body: "" } as const;
		const outcome = await send(request, { fetch: globalThis.fetch, now: () => atMs });
		expect(outcome).toMatchObject({
			kind: "failed",
			reason: expect.stringContaining("ECONNREFUSED"),
		});
		expectNoSecret((outcome as DeliveryFailure).reason, url);
	});
	test("is a connection that is cut", async () => {
		const { reason } = await failureOf((response) => response.socket?.destroy());
		expect(reason).toContain("The connection to the receiver failed");
	});
	test.each([
		`https://user:${token}@example.com/`,
		`not-an-address/${token}`,
		`gopher://x/${token}`,
	])("is an address that fetch does not take, which says it (%#)", async (url) => {
		const request = { url, method: "POST", headers: {}, body: "" } as const;
		const outcome = await send(request, { fetch: globalThis.fetch, now: () => atMs });
		expect(outcome.kind).toBe("failed");
		expect(JSON.stringify(outcome)).not.toContain(token);
	});
	test.each([
		["no error at all", "just text"],
		["nothing", undefined],
		["a number", 5],
	])("is what fetch rejects with %s", async (_, thrown) => {
		const { reason } = await failureOf(() => undefined, { fetch: () => Promise.reject(thrown) });
		expect(reason).toContain(String(thrown));
	});
	test.each([301, 302, 303, 307, 308])("is a %i, which is not followed", async (status) => {
		let requests = 0;
		const failure = await failureOf((response, request) => {
			requests += 1;
			if (request.url !== path) return response.end();
			return response
				.writeHead(status, { location: `/elsewhere/${token}`, "retry-after": "5" })
				.end();
		});
		expect(failure.reason).toMatch(
			new RegExp(`answered ${status}, a redirect, which is not followed`),
		);
		expect(failure.retryAfterMs).toBeNull();
		expect(requests).toBe(1);
	});
	test("is a refusal with a body of 50 MB, of which next to nothing is read", async () => {
		let sent = 0;
		const { reason } = await failureOf((response) => {
			response.writeHead(500);
			const pour = () => {
				while (sent < 50_000_000 && !response.destroyed) {
					sent += 65_536;
					if (!response.write("x".repeat(65_536))) return response.once("drain", pour);
				}
				return response.end();
			};
			pour();
		});
		expect(reason).toBe("The receiver answered 500");
		expect(sent).toBeLessThan(20_000_000);
	});
});

describe("a receiver that wants to be left alone", () => {
	const date = (aheadMs: number) => new Date(atMs + aheadMs).toUTCString();
	test.each([
		["in seconds", 429, { "retry-after": "120" }, "", 120_000],
		["as a date", 429, { "retry-after": date(90_000) }, "", 90_000],
		["as a date that is over", 429, { "retry-after": date(-90_000) }, "", 0],
		["in Discord's JSON", 429, {}, '{"message":"slow","retry_after":0.3514,"global":false}', 352],
		["twice: the longer one holds", 429, { "retry-after": "1" }, '{"retry_after":0.35}', 1_000],
		["twice, the other way round", 429, { "retry-after": "1" }, '{"retry_after":65.5}', 65_500],
		["with a 503", 503, { "retry-after": "30" }, "", 30_000],
		["with a 500, where it says nothing", 500, { "retry-after": "30" }, '{"retry_after":5}', null],
		["in words", 429, { "retry-after": "soon" }, '{"retry_after":"soon"}', null],
		["below nothing", 429, { "retry-after": "-5" }, '{"retry_after":-5}', null],
		["for ever", 429, { "retry-after": "9".repeat(400) }, '{"retry_after":1e400}', null],
		["not at all", 429, {}, "", null],
		["in JSON of another shape", 429, {}, "[null]", null],
	])("says so %s", async (_, status, headers, body, retryAfterMs) => {
		expect(await failureOf(refuse(status, body, headers))).toMatchObject({ retryAfterMs });
	});
});

describe("what the receiver says", () => {
	test.each([
		["its JSON's message", '{"message":"Unknown Webhook","code":10015}', ": Unknown Webhook"],
		["its JSON without one", '{"embeds":["0"]}', ': {"embeds":["0"]}'],
		["its text", "no such hook\n", ": no such hook"],
		["no HTML", "\n<!doctype html><title>Oops</title>", ""],
		["nothing", "", ""],
		["one line without control characters", "a\r\n\u0007\u202eb", ": a b"],
		["what it wants instead", "send application/json", ": send application/json"],
		["half a character made whole", '{"message":"a\\ud83d"}', ": a\ufffd"],
	])("is told on as %s", async (_, body, words) => {
		const { reason } = await failureOf(refuse(404, body));
		expect(reason).toBe(`The receiver answered 404${words}`);
	});
	test("is cut to 200 characters", async () => {
		const { reason } = await failureOf(refuse(400, "\u{1f600}".repeat(500)));
		expect([...reason.replace("The receiver answered 400: ", "")]).toHaveLength(200);
	});
	test.each([
		["the whole address", (url: string) => url],
		["its path", () => `Cannot POST ${path}`],
		["its path in other words", () => `POST "${path.replaceAll("/", "\\/")}" failed`],
		["its token", () => `token ${token} is unknown`],
		["its token many times", () => `${token} `.repeat(100)],
		["its token behind many words", () => `${"x".repeat(180)}${token}`],
		["its query", () => "thread 1234567 is archived"],
		["its signature", () => `${signature} does not fit`],
		["its bare signature", () => `expected ${signature.slice(3)}`],
		["more of its token than is read", () => `${token} `.repeat(1_000)],
	])("is free of secrets though it quotes %s", async (_, quote) => {
		const { reason } = await failureOf((response, request) => {
			response.writeHead(401).end(quote(`http://${request.headers.host}${path}`));
		});
		expect(reason).toContain("The receiver answered 401");
		expect(reason).not.toContain("1234567");
		for (let end = 8; end <= token.length; end += 1) {
			expect(reason).not.toContain(token.slice(end - 8, end));
		}
	});
	test("is free of a secret that stands encoded in the address", async () => {
		const encoded = encodeURIComponent("key with/slash and 台帳");
		const { reason } = await failureOf(refuse(401, "key with/slash and 台帳, key+with"), {
			path: `/hooks/${encoded}`,
		});
		expect(reason).toBe("The receiver answered 401: [hidden], key+with");
	});
});
