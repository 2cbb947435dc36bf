import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Credentials } from "../../../src/auth/credentials.ts";
import {
	readSession,
	readSessionCookie,
	type Session,
	sessionMs,
	signSession,
	writeSessionCookie,
} from "../../../src/auth/session-cookie.ts";

/** What a cookie is worth, and when it is worth nothing. */
const nowMs = Date.parse("2026-11-23T20:00:00Z");
const credentials: Credentials = {
	adminToken: "the-admin-token",
	viewerToken: "the-viewer-token",
	access: undefined,
};
const session: Session = {
	sessionId: "a-session",
	role: "operator",
	expiresAtMs: nowMs + sessionMs,
};

describe("a session's cookie", () => {
	it("is the session again, for either role", async () => {
		for (const role of ["operator", "viewer"] as const) {
			const signed = await signSession({ ...session, role }, credentials);
			expect(await readSession(signed, credentials, nowMs)).toEqual({ ...session, role });
		}
	});

	it("is worth nothing once its token was changed or removed; the other token's lives on", async () => {
		const signed = await signSession(session, credentials);
		const changed = { ...credentials, adminToken: "another-admin-token" };
		expect(await readSession(signed, changed, nowMs)).toBeUndefined();
		const removed = { ...credentials, adminToken: undefined };
		expect(await readSession(signed, removed, nowMs)).toBeUndefined();
		const viewer = { ...session, role: "viewer" } as const;
		const ofViewer = await signSession(viewer, credentials);
		expect(await readSession(ofViewer, changed, nowMs)).toEqual(viewer);
	});

	it("expires by the second", async () => {
		const signed = await signSession(session, credentials);
		const lastMs = session.expiresAtMs - 1_000;
		expect(await readSession(signed, credentials, lastMs)).toEqual(session);
		expect(await readSession(signed, credentials, session.expiresAtMs)).toBeUndefined();
	});

	it("of a viewer does not make an operator when the tokens are swapped", async () => {
		const signed = await signSession({ ...session, role: "viewer" }, credentials);
		const swapped = { ...credentials, adminToken: "the-viewer-token", viewerToken: undefined };
		expect(await readSession(signed, swapped, nowMs)).toBeUndefined();
	});

	it("that was made or changed by somebody else is none", async () => {
		const [head = "", body = "", signature = ""] = (await signSession(session, credentials)).split(
			".",
		);
		const claims = JSON.parse(atob(body));
		const longer = btoa(JSON.stringify({ ...claims, exp: claims.exp + 1 })).replace(/=+$/, "");
		const none = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replace(/=+$/, "");
		const byToken = await new SignJWT()
			.setProtectedHeader({ alg: "HS256" })
			.setIssuer("daicho")
			.setJti("a-session")
			.setExpirationTime(Math.floor(session.expiresAtMs / 1_000))
			.sign(new TextEncoder().encode(credentials.adminToken));
		const strangers = [
			"",
			"x",
			"..",
			`${head}.${longer}.${signature}`,
			`${none}.${body}.`,
			`${none}.${body}.${signature}`,
			`${head}.${body}.${signature.slice(0, -2)}`,
			`${head}.${body}`,
			byToken,
		];
		for (const signed of strangers) {
			expect(await readSession(signed, credentials, nowMs), signed).toBeUndefined();
		}
	});

	it("is kept from scripts, other sites and plain http, and goes with the session", () => {
		const cookie = writeSessionCookie("signed", sessionMs);
		expect(cookie).toBe(
			"__Host-daicho=signed; Max-Age=43200; HttpOnly; Secure; SameSite=Strict; Path=/",
		);
	});
});

describe("what a browser sends", () => {
	const read = (cookie: string) => readSessionCookie(new Headers({ cookie }));

	it("is found among other cookies", () => {
		expect(read("a=1; __Host-daicho=signed; b=2")).toBe("signed");
	});

	it("under another name, empty, or twice is no session", () => {
		for (const cookie of [
			"",
			"__Host-daicho=",
			"daicho=signed",
			"__Secure-daicho=signed",
			"x__Host-daicho=signed",
			"__Host-daicho=one; __Host-daicho=two",
		]) {
			expect(read(cookie), cookie).toBeUndefined();
		}
	});
});
