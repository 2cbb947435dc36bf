import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signSession } from "../../src/auth/session-cookie.ts";
import { triesInAllMax, triesPerAddressMax } from "../../src/ledger/sign-in-tries.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";

/** Signing in and out on the built Worker, as a browser does it, and as those do it who should not get in. */
const viewerToken = "a-viewer-token-of-the-tests";
let deployment: Deployment;
let origin: string;
let addresses = 0;

beforeAll(async () => {
	deployment = await deploy({ streamers: 2 }, { VIEWER_TOKEN: viewerToken });
	origin = new URL((await deployment.harness.listen()).url).origin;
});
afterAll(() => deployment.close());

/** Each caller has an address of its own, unless one is said: guesses of one test are not another's. */
function newAddress(): string {
	addresses += 1;
	return `203.0.113.${addresses}`;
}

/** Without any credential, unless the headers have one. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
	const headers = new Headers({ "cf-connecting-ip": newAddress() });
	for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
	const request = { ...init, headers, redirect: "manual" };
	return deployment.harness.fetch(path, request as never) as unknown as Promise<Response>;
}

function signIn(token: unknown, headers: Record<string, string> = {}): Promise<Response> {
	return ask("/api/session", {
		method: "POST",
		headers: { "content-type": "application/json", origin, ...headers },
		body: JSON.stringify({ token }),
	});
}

async function cookieOf(token: string): Promise<string> {
	const answer = await signIn(token);
	expect(answer.status).toBe(200);
	return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function codeOf(answer: Response) {
	const { error } = (await answer.json()) as { error: { code: string; message: string } };
	expect(error.message.length).toBeGreaterThan(10);
	return { status: answer.status, code: error.code };
}

/** While tries can neither be read nor written. */
async function withoutTries(act: () => Promise<void>): Promise<void> {
	await deployment.rows("ALTER TABLE sign_in_tries RENAME TO tries_gone");
	try {
		await act();
	} finally {
		await deployment.rows("ALTER TABLE tries_gone RENAME TO sign_in_tries");
	}
}

const start = (headers: Record<string, string>) =>
	ask("/api/runs", {
		method: "POST",
		headers: { "content-type": "application/json", ...headers },
		body: '{"job":"collect-clips"}',
	});

describe("signing in", () => {
	it.each([
		["the admin token", adminToken, "operator", "admin token"],
		["the viewer token", viewerToken, "viewer", "viewer token"],
	])("with %s gives a cookie that is the session from then on", async (_, token, role, name) => {
		const answer = await signIn(token);
		expect(answer.status).toBe(200);
		const session = { role, via: "cookie", name, expiresAt: expect.stringMatching(/Z$/) };
		const given = (await answer.json()) as { expiresAt: string };
		expect(given).toEqual(session);
		const inHours = (Date.parse(given.expiresAt) - Date.now()) / 3_600_000;
		expect(inHours).toBeGreaterThan(11.9);
		expect(inHours).toBeLessThan(12.1);
		const setCookie = answer.headers.get("set-cookie") ?? "";
		expect(setCookie).toMatch(
			/^__Host-daicho=[\w.-]+; Max-Age=43200; HttpOnly; Secure; SameSite=Strict; Path=\/$/,
		);
		expect(setCookie).not.toContain(token);
		const [cookie = ""] = setCookie.split(";");
		const who = await ask("/api/session", { headers: { cookie } });
		expect(await who.json()).toEqual(given);
		expect((await ask("/api/runs", { headers: { cookie } })).status).toBe(200);
	});

	it("with a wrong token gives a 401 and no cookie", async () => {
		for (const token of ["wrong", `${adminToken} `, adminToken.slice(0, -1), "\u0000"]) {
			const answer = await signIn(token);
			expect(answer.headers.get("set-cookie")).toBeNull();
			expect(await codeOf(answer)).toEqual({ status: 401, code: "wrong_token" });
		}
	});

	it("with something else than a token is refused", async () => {
		for (const token of ["", 1, null, ["x"], {}, "x".repeat(1_001)]) {
			expect(await codeOf(await signIn(token))).toEqual({ status: 400, code: "invalid_token" });
		}
		const form = await ask("/api/session", {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			body: `token=${adminToken}`,
		});
		expect(await codeOf(form)).toEqual({ status: 415, code: "unsupported_media_type" });
	});

	it("from another page is refused", async () => {
		for (const other of ["https://evil.example", "null", `${origin}0`]) {
			const answer = await signIn(adminToken, { origin: other });
			expect(answer.headers.get("set-cookie")).toBeNull();
			expect(await codeOf(answer)).toEqual({ status: 403, code: "cross_origin" });
		}
	});

	it("is not needed for a token in a header, of either kind", async () => {
		for (const [token, role] of [
			[adminToken, "operator"],
			[viewerToken, "viewer"],
		]) {
			const answer = await ask("/api/session", { headers: { authorization: `Bearer ${token}` } });
			expect(await answer.json()).toMatchObject({ role, via: "token", expiresAt: null });
		}
	});
});

describe("signing out", () => {
	it("ends the session in every browser that has a copy of its cookie", async () => {
		const cookie = await cookieOf(adminToken);
		const other = await cookieOf(adminToken);
		const out = await ask("/api/session", { method: "DELETE", headers: { cookie, origin } });
		expect(out.status).toBe(204);
		expect(out.headers.get("set-cookie")).toMatch(/^__Host-daicho=; Max-Age=0; .*Path=\/$/);
		const stolen = await ask("/api/runs", { headers: { cookie } });
		expect(await codeOf(stolen)).toEqual({ status: 401, code: "unauthorized" });
		expect((await start({ cookie, origin })).status).toBe(401);
		// Another session of the same token goes on.
		expect((await ask("/api/runs", { headers: { cookie: other } })).status).toBe(200);
	});

	it("twice, or without a session, is done already", async () => {
		const cookie = await cookieOf(viewerToken);
		for (const headers of [{ cookie, origin }, { cookie, origin }, {}]) {
			const out = await ask("/api/session", { method: "DELETE", headers });
			expect(out.status).toBe(204);
			expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
		}
	});

	it("cannot be done to somebody by another page", async () => {
		const cookie = await cookieOf(viewerToken);
		const headers = { cookie, origin: "https://evil.example" };
		const out = await ask("/api/session", { method: "DELETE", headers });
		expect(await codeOf(out)).toEqual({ status: 403, code: "cross_origin" });
		expect((await ask("/api/runs", { headers: { cookie } })).status).toBe(200);
	});
});

describe("a cookie that is none", () => {
	const expiresAtMs = Date.now() + 3_600_000;
	const sessionId = "00000000-0000-4000-8000-000000000000";
	const credentials = { adminToken, viewerToken, access: undefined };
	const operator = { sessionId, role: "operator", expiresAtMs } as const;
	const cookies: [string, () => Promise<string> | string][] = [
		["garbage", () => "x"],
		["the token itself", () => adminToken],
		[
			"one of the admin token of last week",
			() => signSession(operator, { ...credentials, adminToken: "the-token-of-last-week" }),
		],
		[
			"one that has expired",
			() => signSession({ ...operator, expiresAtMs: Date.now() - 1_000 }, credentials),
		],
		[
			"a viewer's that says it is an operator's",
			async () => {
				const signed = await signSession({ ...operator, role: "viewer" }, credentials);
				const [head = "", body = "", signature = ""] = signed.split(".");
				const claims = { ...JSON.parse(atob(body)), role: "operator", iss: "daicho " };
				return `${head}.${btoa(JSON.stringify(claims)).replace(/=+$/, "")}.${signature}`;
			},
		],
	];
	it.each(cookies)("%s lets nobody in", async (_, make) => {
		const cookie = `__Host-daicho=${await make()}`;
		expect(await codeOf(await ask("/api/runs", { headers: { cookie } }))).toEqual({
			status: 401,
			code: "unauthorized",
		});
	});

	it("and a right one does, so these were refused for what they are", async () => {
		const cookie = `__Host-daicho=${await signSession(operator, credentials)}`;
		expect((await ask("/api/runs", { headers: { cookie } })).status).toBe(200);
	});

	it("beside a wrong token does not help", async () => {
		const cookie = await cookieOf(adminToken);
		const headers = { cookie, authorization: "Bearer wrong" };
		expect((await ask("/api/runs", { headers })).status).toBe(401);
	});
});

describe("a viewer", () => {
	const acts: [string, unknown][] = [
		["/api/runs", { job: "collect-clips" }],
		["/api/runs/collect-clips-20261123T1700Z/rerun", { scope: "all" }],
		["/api/runs/collect-clips-20261123T1700Z/cancel", undefined],
		["/api/schedule/pause", { job: "collect-clips", reason: "because" }],
		["/api/schedule/resume", { job: "collect-clips" }],
	];
	it.each(acts)("cannot act, by token or by cookie: %s", async (path, body) => {
		const cookie = await cookieOf(viewerToken);
		for (const credential of [{ authorization: `Bearer ${viewerToken}` }, { cookie, origin }]) {
			const answer = await ask(path, {
				method: "POST",
				headers: { "content-type": "application/json", ...credential } as Record<string, string>,
				body: body === undefined ? null : JSON.stringify(body),
			});
			expect(await answer.clone().text()).not.toContain("ACCESS_OPERATORS");
			expect(await codeOf(answer)).toEqual({ status: 403, code: "operators_only" });
		}
		expect(await deployment.rows("SELECT * FROM run_requests")).toEqual([]);
	});

	it.each(["/api/runs", "/api/schedule", "/api/incidents", "/api/session"])(
		"reads %s",
		async (path) => {
			const answer = await ask(path, { headers: { authorization: `Bearer ${viewerToken}` } });
			expect(answer.status).toBe(200);
		},
	);
});

describe("an operator's session", () => {
	it.each([
		["no origin", {}],
		["another origin", { origin: "https://evil.example" }],
		["an origin that is none", { origin: "null" }],
		["the same host on another port", { origin: "http://127.0.0.1:1" }],
		["another site, as the browser says", { "sec-fetch-site": "cross-site", same: "yes" }],
		["a site next door, as the browser says", { "sec-fetch-site": "same-site", same: "yes" }],
	])(
		"does not act for a request with %s",
		async (_, { same, ...headers }: Record<string, string>) => {
			const cookie = await cookieOf(adminToken);
			const own = same === undefined ? {} : { origin };
			const answer = await start({ cookie, ...own, ...headers });
			expect(await codeOf(answer)).toEqual({ status: 403, code: "cross_origin" });
			expect(await deployment.rows("SELECT * FROM run_requests")).toEqual([]);
		},
	);

	it("acts from its own page; a token needs no page", async () => {
		const cookie = await cookieOf(adminToken);
		const fromPage = await start({ cookie, origin, "sec-fetch-site": "same-origin" });
		expect(fromPage.status).toBe(202);
		const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
		const byToken = await start({ authorization: `Bearer ${adminToken}`, ...evil });
		expect(byToken.status).toBe(202);
		for (const answer of [fromPage, byToken]) {
			await deployment.sealed(((await answer.json()) as { runId: string }).runId);
		}
	});
});

describe("wrong tokens", () => {
	it("are looked at ten times from one address; others get in, and sessions go on", async () => {
		const cookie = await cookieOf(adminToken);
		const from = { "cf-connecting-ip": "198.51.100.1" };
		for (let tries = 0; tries < triesPerAddressMax; tries += 1) {
			expect((await signIn("wrong", from)).status).toBe(401);
		}
		const refused = await signIn(adminToken, from);
		expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(500);
		expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(600);
		expect(await codeOf(refused)).toEqual({ status: 429, code: "too_many_attempts" });
		const byToken = { authorization: `Bearer ${adminToken}` };
		expect((await ask("/api/runs", { headers: { ...from, ...byToken } })).status).toBe(429);
		expect((await ask("/api/runs", { headers: { ...from, cookie } })).status).toBe(200);
		expect((await signIn(adminToken)).status).toBe(200);
		expect((await ask("/api/runs", { headers: byToken })).status).toBe(200);
	});

	it("fifty at once are looked at ten times", async () => {
		const from = { "cf-connecting-ip": "198.51.100.2" };
		const answers = await Promise.all(Array.from({ length: 50 }, () => signIn("wrong", from)));
		const statuses = answers.map(({ status }) => status);
		expect(statuses.filter((status) => status === 401)).toHaveLength(triesPerAddressMax);
		expect(statuses.filter((status) => status === 429)).toHaveLength(50 - triesPerAddressMax);
	});

	it("in the header count as well, each once: a script with an old one shuts nobody out", async () => {
		const from = { "cf-connecting-ip": "198.51.100.3" };
		const read = (token: string) =>
			ask("/api/runs", { headers: { ...from, authorization: `Bearer ${token}` } });
		for (let tries = 0; tries < 3 * triesPerAddressMax; tries += 1) {
			expect((await read("the-token-of-last-month")).status).toBe(401);
		}
		expect((await read(adminToken)).status).toBe(200);
		for (let tries = 1; tries < triesPerAddressMax; tries += 1) {
			expect((await read(`guess-${tries}`)).status).toBe(401);
		}
		const refused = await read("one-more-guess");
		expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
		expect(await codeOf(refused)).toEqual({ status: 429, code: "too_many_attempts" });
		// Who guesses does not learn from this isolate that a guess was right.
		expect((await read(adminToken)).status).toBe(429);
		expect((await signIn(adminToken, from)).status).toBe(429);
	});

	it("cost no query once an address has no tries left", async () => {
		const from = { "cf-connecting-ip": "198.51.100.4" };
		for (let tries = 0; tries <= triesPerAddressMax; tries += 1) await signIn("wrong", from);
		await withoutTries(async () => {
			expect((await signIn("wrong", from)).status).toBe(429);
			// Others are asked for, and cannot be.
			expect((await signIn("wrong")).status).toBe(503);
		});
	});

	it("that cannot be counted are looked at once in ten seconds", async () => {
		const from = { "cf-connecting-ip": "198.51.100.5" };
		const read = (token: string) =>
			ask("/api/runs", { headers: { ...from, authorization: `Bearer ${token}` } });
		await withoutTries(async () => {
			expect((await read("a-guess")).status).toBe(401);
			const refused = await read(adminToken);
			expect(refused.status).toBe(429);
			expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(10);
		});
	});

	it("from many networks at once have one look each and no rows, and who has the token gets in", async () => {
		await deployment.rows("DELETE FROM sign_in_tries");
		for (let address = 0; address < triesInAllMax / triesPerAddressMax; address += 1) {
			const from = { "cf-connecting-ip": `192.0.2.${address}` };
			for (let tries = 0; tries < triesPerAddressMax; tries += 1) await signIn("wrong", from);
		}
		const from = { "cf-connecting-ip": "198.51.100.6" };
		const answers = await Promise.all(Array.from({ length: 20 }, () => signIn("wrong", from)));
		expect(answers.filter(({ status }) => status === 401)).toHaveLength(1);
		expect(answers.filter(({ status }) => status === 429)).toHaveLength(19);
		const [rows] = await deployment.rows("SELECT count(*) AS rows FROM sign_in_tries");
		expect(rows).toEqual({ rows: triesInAllMax });
		const honest = { "cf-connecting-ip": "198.51.100.7" };
		for (let signIns = 0; signIns < 3; signIns += 1) {
			expect((await signIn(adminToken, honest)).status).toBe(200);
		}
		await deployment.rows("DELETE FROM sign_in_tries");
	});

	it("leave nothing of themselves behind", async () => {
		await signIn("planted-wrong-token");
		await ask("/api/runs", { headers: { authorization: "Bearer planted-wrong-token" } });
		const rows = JSON.stringify([
			await deployment.rows("SELECT * FROM sign_in_tries"),
			await deployment.rows("SELECT * FROM audit"),
			deployment.harness.getLogs(),
		]);
		for (const secret of ["planted-wrong-token", adminToken, viewerToken, "__Host-daicho="]) {
			expect(rows).not.toContain(secret);
		}
	});
});

describe("every answer", () => {
	it.each([
		["GET", "/healthz", 200],
		["HEAD", "/healthz", 200],
		["GET", "/api/runs", 401],
		["GET", "/api/nothing", 404],
		["DELETE", "/api/session", 204],
		["POST", "/healthz", 405],
	])("is nothing that a browser would run, frame or keep: %s %s", async (method, path, status) => {
		const answer = await ask(path, { method });
		expect(answer.status).toBe(status);
		const { headers } = answer;
		expect(headers.get("content-security-policy")).toContain("default-src 'none'");
		expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
		expect(headers.get("x-content-type-options")).toBe("nosniff");
		expect(headers.get("referrer-policy")).toBe("no-referrer");
		expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
		expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}/);
		expect(headers.get("cache-control")).toBe("no-store");
		expect(headers.get("access-control-allow-origin")).toBeNull();
	});
});
