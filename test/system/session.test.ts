import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signSession } from "../../src/auth/session-cookie.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { codeOf, Strangers } from "../support/strangers.ts";

/** Signing in and out on the built Worker, as a browser does it, and as those do it who should not get in. */
const viewerToken = "a-viewer-token-of-the-tests";
let deployment: Deployment;
let origin: string;
let strangers: Strangers;

beforeAll(async () => {
	deployment = await deploy({ streamers: 2 }, { VIEWER_TOKEN: viewerToken });
	strangers = await Strangers.of(deployment);
	origin = strangers.origin;
});
afterAll(() => deployment.close());

const ask = (path: string, init?: RequestInit) => strangers.ask(path, init);
const signIn = (token: unknown, headers?: Record<string, string>) =>
	strangers.signIn(token, headers);
const cookieOf = (token: string) => strangers.cookieOf(token);

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
