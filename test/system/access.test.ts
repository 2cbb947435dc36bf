import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Deployment, deploy } from "../support/deployment.ts";

/** Cloudflare Access in front of the built Worker: whom it vouches for, and what only looks as if it did. */
const team = "our-team.cloudflareaccess.com";
const certs = `https://${team}/cdn-cgi/access/certs`;
const audience = "b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184";
const configured = {
	ACCESS_TEAM_DOMAIN: team,
	ACCESS_AUD: audience,
	ACCESS_OPERATORS: "hana@example.com, kenji@example.com",
};
type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

let deployment: Deployment;
let keys: KeyPair;
let strangersKeys: KeyPair;
let keysAsked = 0;
/** What the team's address answers; null for nothing. */
let keySet: object | null;
const realFetch = globalThis.fetch;

beforeAll(async () => {
	keys = await generateKeyPair("RS256", { extractable: true });
	strangersKeys = await generateKeyPair("RS256", { extractable: true });
	keySet = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "ours", alg: "RS256" }] };
	globalThis.fetch = async (input, init) => {
		const url = input instanceof Request ? input.url : String(input);
		if (!url.startsWith(`https://${team}/`)) return realFetch(input, init);
		expect(url).toBe(certs);
		keysAsked += 1;
		return keySet === null ? new Response("down", { status: 503 }) : Response.json(keySet);
	};
	deployment = await deploy({ streamers: 2 }, configured);
});
afterAll(async () => {
	await deployment.close();
	globalThis.fetch = realFetch;
});

interface Claims {
	readonly iss?: string;
	readonly aud?: string | string[];
	readonly email?: string;
	readonly exp?: number;
	readonly [name: string]: unknown;
}

function assert(claims: Claims = {}, pair = keys, kid = "ours"): Promise<string> {
	const nowSeconds = Math.floor(Date.now() / 1_000);
	const standard = { iss: `https://${team}`, aud: [audience], email: "ken@example.com" };
	return new SignJWT({ ...standard, iat: nowSeconds, exp: nowSeconds + 600, ...claims })
		.setProtectedHeader({ alg: "RS256", kid })
		.sign(pair.privateKey);
}

/** No token, only what Access adds. */
async function ask(assertion: string | null, path = "/api/session", init: RequestInit = {}) {
	const headers = new Headers(init.headers);
	if (assertion !== null) headers.set("cf-access-jwt-assertion", assertion);
	const answer = deployment.harness.fetch(path, { ...init, headers } as never);
	return answer as unknown as Promise<Response>;
}

async function codeOf(answer: Response) {
	const { error } = (await answer.json()) as { error: { code: string; message: string } };
	return { status: answer.status, code: error.code };
}

describe("whom Access has let in", () => {
	it("is a viewer, by the name that Access gives, as long as Access says", async () => {
		const exp = Math.floor(Date.now() / 1_000) + 300;
		const answer = await ask(await assert({ exp }));
		expect(await answer.json()).toEqual({
			role: "viewer",
			via: "access",
			name: "ken@example.com",
			expiresAt: new Date(exp * 1_000).toISOString(),
		});
		expect((await ask(await assert(), "/api/runs")).status).toBe(200);
	});

	it("is an operator when listed, whatever the case", async () => {
		const answer = await ask(await assert({ email: "Hana@Example.com" }));
		expect(await answer.json()).toMatchObject({ role: "operator", name: "Hana@Example.com" });
	});

	it("is no operator for a name that only looks like a listed one", async () => {
		const answer = await ask(await assert({ email: "\u212Aenji@example.com" }));
		expect(await answer.json()).toMatchObject({ role: "viewer" });
		const real = await ask(await assert({ email: "Kenji@example.com" }));
		expect(await real.json()).toMatchObject({ role: "operator" });
	});

	it("may be a service token, which has a name and no e-mail", async () => {
		const answer = await ask(await assert({ email: "", common_name: "deploy.access" }));
		expect(await answer.json()).toMatchObject({ role: "viewer", name: "deploy.access" });
	});

	it("acts only from our page, and only when an operator", async () => {
		const origin = new URL((await deployment.harness.listen()).url).origin;
		const start = async (email: string, headers: Record<string, string>) =>
			ask(await assert({ email }), "/api/runs", {
				method: "POST",
				headers: { "content-type": "application/json", ...headers },
				body: '{"job":"collect-clips"}',
			});
		expect(await codeOf(await start("hana@example.com", {}))).toMatchObject({ status: 403 });
		const refused = await start("ken@example.com", { origin });
		expect(refused.status).toBe(403);
		const { error } = (await refused.json()) as { error: { code: string; message: string } };
		expect(error.code).toBe("operators_only");
		// Who came by Access is sent away from the sign-in, and cannot follow advice about a token.
		expect(error.message).toContain("ACCESS_OPERATORS");
		expect(error.message).not.toContain("ADMIN_TOKEN");
		const started = await start("hana@example.com", { origin });
		expect(started.status).toBe(202);
		await deployment.sealed(((await started.json()) as { runId: string }).runId);
	});

	it("is told where to sign out, because that is not here", async () => {
		const answer = await ask(await assert(), "/api/session", { method: "DELETE" });
		expect(await codeOf(answer)).toEqual({ status: 409, code: "access_session" });
	});

	it("does not have the keys fetched with every request", async () => {
		const before = keysAsked;
		for (let requests = 0; requests < 5; requests += 1) await ask(await assert());
		expect(keysAsked).toBe(before);
	});
});

describe("an assertion", () => {
	const seconds = () => Math.floor(Date.now() / 1_000);
	const bad: [string, () => Promise<string> | string][] = [
		["of another application", () => assert({ aud: ["another-audience-of-the-same-team"] })],
		["of another team", () => assert({ iss: "https://evil.cloudflareaccess.com" })],
		["that has expired", () => assert({ exp: seconds() - 10, iat: seconds() - 700 })],
		["that never expires", () => assert({ exp: undefined as never })],
		["for a time to come", () => assert({ nbf: seconds() + 600 })],
		["signed by a stranger as ours", () => assert({}, strangersKeys)],
		["signed by a stranger", () => assert({}, strangersKeys, "theirs")],
		["of nobody", () => assert({ email: "", common_name: "" })],
		["that is none", () => "x.y.z"],
		["that is empty", () => ""],
		[
			"that says it needs no signature",
			async () => {
				const [, body] = (await assert({ email: "hana@example.com" })).split(".");
				return `${btoa('{"alg":"none"}').replace(/=+$/, "")}.${body}.`;
			},
		],
		[
			"signed with our public key as if that were a secret",
			async () => {
				const { n = "" } = await exportJWK(keys.publicKey);
				return new SignJWT({ email: "hana@example.com", iss: `https://${team}`, aud: audience })
					.setProtectedHeader({ alg: "HS256", kid: "ours" })
					.setIssuedAt()
					.setExpirationTime("1h")
					.sign(new TextEncoder().encode(n));
			},
		],
	];
	it.each(bad)("%s lets nobody in", async (_, make) => {
		expect(await codeOf(await ask(await make()))).toEqual({ status: 401, code: "unauthorized" });
	});

	it("in a cookie alone lets nobody in: only the header is Cloudflare's", async () => {
		const answer = await ask(null, "/api/session", {
			headers: { cookie: `CF_Authorization=${await assert()}` },
		});
		expect(answer.status).toBe(401);
	});
});

describe("Access that is not, or half, configured", () => {
	let other: Deployment | undefined;
	beforeEach(async () => {
		await other?.close();
		other = undefined;
	});
	afterAll(() => other?.close());

	const asked = async (target: Deployment, authorization: string | null) => {
		const headers = new Headers({
			"cf-access-jwt-assertion": await assert({ email: "hana@example.com" }),
			...(authorization === null ? {} : { authorization }),
		});
		return (await target.harness.fetch("/api/session", {
			headers,
		} as never)) as unknown as Response;
	};

	it.each([
		["without an audience", { ACCESS_AUD: "" }, "ACCESS_AUD"],
		["without a team", { ACCESS_TEAM_DOMAIN: "" }, "ACCESS_TEAM_DOMAIN"],
	])("%s lets nobody in, and who has the token is told why", async (_, change, named) => {
		other = await deploy({ streamers: 1 }, { ...configured, ...change });
		expect((await asked(other, null)).status).toBe(401);
		const { api } = other;
		const answer = await api("/api/runs");
		expect(answer.status).toBe(500);
		const { error } = (await answer.json()) as { error: { code: string; message: string } };
		expect(error.code).toBe("wrong_configuration");
		expect(error.message).toContain(named);
	});

	it("at all is a header as any other", async () => {
		other = await deploy({ streamers: 1 });
		expect((await asked(other, null)).status).toBe(401);
		expect((await other.api("/api/runs")).status).toBe(200);
	});

	it("whose keys cannot be fetched is a 503, and the token still works", async () => {
		const before = keySet;
		keySet = null;
		const team = { ...configured, ACCESS_TEAM_DOMAIN: "our-team.cloudflareaccess.com" };
		other = await deploy({ streamers: 1 }, team);
		const answer = await asked(other, null);
		expect(await codeOf(answer)).toEqual({ status: 503, code: "access_unverifiable" });
		expect((await other.api("/api/runs")).status).toBe(200);
		keySet = before;
		expect((await asked(other, null)).status).toBe(200);
	});
});
