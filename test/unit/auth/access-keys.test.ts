import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { verifyAccess } from "../../../src/auth/access.ts";
import type { AccessConfig } from "../../../src/auth/credentials.ts";

/** Keys of a team that change, and that cannot be had: how an isolate that lives for hours goes on. */
const firstMs = Date.parse("2026-11-23T20:00:00Z");
const minuteMs = 60_000;
type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** A team of its own for each test, for an isolate remembers the keys of a team. */
let teams = 0;
let config: AccessConfig;
/** What the team's address answers, by the keys' ids; null for nothing. */
let published: Record<string, KeyPair> | null;
let asked = 0;

beforeEach(() => {
	teams += 1;
	asked = 0;
	config = {
		teamDomain: `team-${teams}.cloudflareaccess.com`,
		audience: "b1946ac92492d2347c6235b4d2611184",
		operators: new Set(),
	};
	vi.useFakeTimers({ toFake: ["Date"], now: firstMs });
	vi.stubGlobal("fetch", async () => {
		asked += 1;
		if (published === null) return new Response("down", { status: 503 });
		const keys = Object.entries(published).map(async ([kid, { publicKey }]) => ({
			...(await exportJWK(publicKey)),
			kid,
			alg: "RS256",
		}));
		return Response.json({ keys: await Promise.all(keys) });
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

async function verify(kid: string, { privateKey }: KeyPair) {
	const seconds = Math.floor(Date.now() / 1_000);
	const assertion = await new SignJWT({ email: "ken@example.com" })
		.setProtectedHeader({ alg: "RS256", kid })
		.setIssuer(`https://${config.teamDomain}`)
		.setAudience(config.audience)
		.setIssuedAt(seconds)
		.setExpirationTime(seconds + 600)
		.sign(privateKey);
	const verified = await verifyAccess(assertion, config, Date.now());
	return verified.ok ? "in" : verified.error.kind;
}

describe("the keys of a team", () => {
	it("that were changed are fetched with the first assertion that the new one has signed", async () => {
		const [old, next] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
		published = { old };
		expect(await verify("old", old)).toBe("in");
		vi.setSystemTime(firstMs + minuteMs);
		published = { next };
		expect(await verify("next", next)).toBe("in");
		// Taken back by the team, it is worth nothing here either.
		expect(await verify("old", old)).toBe("invalid");
		expect(asked).toBe(2);
	});

	it("are asked for twice a minute at most, however many assertions name others", async () => {
		const [ours, strangers] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
		published = { ours };
		for (let seconds = 0; seconds < 60; seconds += 5) {
			vi.setSystemTime(firstMs + seconds * 1_000);
			expect(await verify(`theirs-${seconds}`, strangers)).toBe("invalid");
		}
		expect(asked).toBeLessThanOrEqual(2);
	});

	it("that are older than ten minutes and cannot be had any more let nobody in", async () => {
		const ours = await generateKeyPair("RS256");
		published = { ours };
		expect(await verify("ours", ours)).toBe("in");
		published = null;
		vi.setSystemTime(firstMs + 9 * minuteMs);
		expect(await verify("ours", ours)).toBe("in");
		vi.setSystemTime(firstMs + 11 * minuteMs);
		expect(await verify("ours", ours)).toBe("unverifiable");
		published = { ours };
		expect(await verify("ours", ours)).toBe("in");
	});
});
