import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { triesInAllMax, triesPerAddressMax } from "../../src/ledger/sign-in-tries.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { codeOf, Strangers } from "../support/strangers.ts";

/** Who guesses tokens, on the built Worker. */
const viewerToken = "a-viewer-token-of-the-tests";
let deployment: Deployment;
let strangers: Strangers;

beforeAll(async () => {
	deployment = await deploy({ streamers: 2 }, { VIEWER_TOKEN: viewerToken });
	strangers = await Strangers.of(deployment);
});
afterAll(() => deployment.close());

const ask = (path: string, init?: RequestInit) => strangers.ask(path, init);
const signIn = (token: unknown, headers?: Record<string, string>) =>
	strangers.signIn(token, headers);

/** While tries can neither be read nor written. */
async function withoutTries(act: () => Promise<void>): Promise<void> {
	await deployment.rows("ALTER TABLE sign_in_tries RENAME TO tries_gone");
	try {
		await act();
	} finally {
		await deployment.rows("ALTER TABLE tries_gone RENAME TO sign_in_tries");
	}
}

describe("wrong tokens", () => {
	it("are looked at ten times from one address; others get in, and sessions go on", async () => {
		const cookie = await strangers.cookieOf(adminToken);
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
		await strangers.cookieOf(viewerToken);
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
