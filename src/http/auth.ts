import { accessHeader, verifyAccess } from "../auth/access.ts";
import { clientAddressOf } from "../auth/client-address.ts";
import type { Credentials } from "../auth/credentials.ts";
import { findRoleOfToken, hasToken, tokenNames } from "../auth/known-token.ts";
import { readSession, readSessionCookie, type Session } from "../auth/session-cookie.ts";
import type { Actor } from "../domain/actor.ts";
import { isSessionEnded } from "../ledger/ended-sessions.ts";
import { digestText } from "./digest.ts";
import { HttpError } from "./errors.ts";
import { countWrongToken, refuseBlocked, type TryPorts } from "./guesses.ts";

/**
 * Who asks (P8), by the first of these that is there: the header `Authorization`, a session's cookie, Cloudflare
 * Access. An `Authorization` that is wrong is a 401, whatever else is there.
 */
export interface AuthPorts extends TryPorts {
	readonly credentials: Credentials;
}

export interface Caller extends Actor {
	/** Null for a token, which does not expire. */
	readonly expiresAtMs: number | null;
}

/** Throws a 401, a 429 for who guesses tokens, and a 503 as long as nobody can be let in. */
export async function identify(request: Request, ports: AuthPorts): Promise<Caller> {
	const { credentials } = ports;
	requireCredentials(credentials);
	const authorization = request.headers.get("authorization") ?? "";
	if (authorization !== "") return identifyByToken(request, authorization, ports);
	const session = await findSession(request, ports);
	if (session !== undefined) {
		const { role, expiresAtMs } = session;
		return { name: tokenNames[role], role, via: "cookie", expiresAtMs };
	}
	const viaAccess = await identifyByAccess(request, ports);
	if (viaAccess !== undefined) return viaAccess;
	throw unauthorized("Sign in, or send the header Authorization: Bearer ADMIN_TOKEN.");
}

export function requireCredentials(credentials: Credentials): void {
	if (hasToken(credentials) || credentials.access !== undefined) return;
	throw new HttpError(
		"not_configured",
		"Nobody can sign in yet: set the secret ADMIN_TOKEN (wrangler secret put ADMIN_TOKEN).",
	);
}

/** The session that a cookie stands for; undefined when there is none, or not any more. */
export async function findSession(
	request: Request,
	{ credentials, database, nowMs }: AuthPorts,
): Promise<Session | undefined> {
	const signed = readSessionCookie(request.headers);
	if (signed === undefined) return undefined;
	const session = await readSession(signed, credentials, nowMs);
	if (session === undefined || (await isSessionEnded(database, session.sessionId))) {
		return undefined;
	}
	return session;
}

/** Undefined when Access is not configured or has not been passed. Throws when nobody can say whether it has. */
export async function identifyByAccess(
	request: Request,
	{ credentials, nowMs, log }: AuthPorts,
): Promise<Caller | undefined> {
	const assertion = request.headers.get(accessHeader);
	if (credentials.access === undefined || assertion === null) return undefined;
	const identity = await verifyAccess(assertion, credentials.access, nowMs);
	if (identity.ok) return identity.value;
	if (identity.error.kind === "invalid") return undefined;
	log("error", "access_unverifiable", { reason: identity.error.reason });
	throw new HttpError(
		"access_unverifiable",
		"The keys of Cloudflare Access could not be fetched just now. Try again, or sign in with a token.",
	);
}

async function identifyByToken(
	request: Request,
	authorization: string,
	ports: AuthPorts,
): Promise<Caller> {
	const [, presented] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
	if (presented === undefined) {
		throw unauthorized("Send the header Authorization: Bearer ADMIN_TOKEN.");
	}
	const address = clientAddressOf(request.headers);
	refuseBlocked(address, ports.nowMs);
	const role = await findRoleOfToken(presented, ports.credentials);
	if (role !== undefined) return { name: tokenNames[role], role, via: "token", expiresAtMs: null };
	// The same wrong token again is no new guess: a forgotten script with the token of last month must not shut out the
	// people of its office. Cut short: it tells one from another, and is not worth keeping.
	const attempt = (await digestText(`${address} ${presented}`)).slice(0, 12);
	await countWrongToken(ports, { address, attempt });
	throw unauthorized("That is not the ADMIN_TOKEN or the VIEWER_TOKEN of this deployment.");
}

function unauthorized(message: string): HttpError {
	return new HttpError("unauthorized", message, {
		"www-authenticate": 'Bearer realm="daicho"',
	});
}
