import { jwtVerify, SignJWT } from "jose";
import { type Role, roles } from "../domain/actor.ts";
import type { Credentials } from "./credentials.ts";

/**
 * A session is a signed cookie and no row: a JWT (HS256) whose key is derived from the token that was shown, so a new
 * ADMIN_TOKEN or VIEWER_TOKEN ends the sessions of the old one. Whoever holds the key is the role: nothing in the
 * cookie says it. Only a session that was signed out has a row (src/ledger/ended-sessions.ts), until it would have
 * expired.
 */
export interface Session {
	/** At random, of this sign-in. */
	readonly sessionId: string;
	readonly role: Role;
	readonly expiresAtMs: number;
}

export const sessionMs = 12 * 3_600_000;
/**
 * `__Host-`: only this very host can have set it, over a secure connection. Browsers take http://127.0.0.1 and
 * http://localhost for secure (tried: Chromium 156), so it is the same there.
 */
const cookieName = "__Host-daicho";
const attributes = "HttpOnly; Secure; SameSite=Strict; Path=/";
const issuer = "daicho";
const algorithm = "HS256";

export async function signSession(
	{ sessionId, role, expiresAtMs }: Session,
	credentials: Credentials,
): Promise<string> {
	const key = await keyOf(role, credentials);
	if (key === undefined) throw new Error(`there is no token of a ${role}`);
	return new SignJWT()
		.setProtectedHeader({ alg: algorithm, typ: "JWT" })
		.setIssuer(issuer)
		.setJti(sessionId)
		.setExpirationTime(Math.floor(expiresAtMs / 1_000))
		.sign(key);
}

/** @returns undefined for what was not signed by a token of today, was changed, or has expired */
export async function readSession(
	signed: string,
	credentials: Credentials,
	nowMs: number,
): Promise<Session | undefined> {
	for (const role of roles) {
		const key = await keyOf(role, credentials);
		if (key === undefined) continue;
		try {
			const { payload } = await jwtVerify(signed, key, {
				algorithms: [algorithm],
				issuer,
				requiredClaims: ["exp", "jti"],
				currentDate: new Date(nowMs),
			});
			const { jti, exp } = payload;
			if (jti === undefined || exp === undefined) return undefined;
			return { sessionId: jti, role, expiresAtMs: exp * 1_000 };
		} catch {
			// Not of this key, or not any more.
		}
	}
	return undefined;
}

export function writeSessionCookie(signed: string, maxAgeMs: number): string {
	return `${cookieName}=${signed}; Max-Age=${Math.floor(maxAgeMs / 1_000)}; ${attributes}`;
}

export const endedSessionCookie = `${cookieName}=; Max-Age=0; ${attributes}`;

/** What a browser sent under our name; undefined when it sent nothing, or it twice. */
export function readSessionCookie(headers: Headers): string | undefined {
	const values = (headers.get("cookie") ?? "")
		.split(";")
		.map((pair) => pair.trim())
		.filter((pair) => pair.startsWith(`${cookieName}=`))
		.map((pair) => pair.slice(cookieName.length + 1));
	return values.length === 1 && values[0] !== "" ? values[0] : undefined;
}

/** Derived, so that a cookie is no way to the token itself, and an operator's key never a viewer's. */
async function keyOf(role: Role, credentials: Credentials): Promise<Uint8Array | undefined> {
	const token = role === "operator" ? credentials.adminToken : credentials.viewerToken;
	if (token === undefined) return undefined;
	const encoder = new TextEncoder();
	const secret = await crypto.subtle.importKey("raw", encoder.encode(token), "HKDF", false, [
		"deriveBits",
	]);
	const info = encoder.encode(`daicho session of a ${role}`);
	const salt = new Uint8Array(32);
	const bits = await crypto.subtle.deriveBits(
		{ name: "HKDF", hash: "SHA-256", salt, info },
		secret,
		256,
	);
	return new Uint8Array(bits);
}
