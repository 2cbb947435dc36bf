import { clientAddressOf } from "../auth/client-address.ts";
import { findRoleOfToken, tokenNames } from "../auth/known-token.ts";
import {
	endedSessionCookie,
	sessionMs,
	signSession,
	writeSessionCookie,
} from "../auth/session-cookie.ts";
import { formatTime } from "../domain/summary.ts";
import { auditStatements, makeAuditId } from "../ledger/audit.ts";
import { endSessionStatements } from "../ledger/ended-sessions.ts";
import {
	type AuthPorts,
	type Caller,
	findSession,
	identifyByAccess,
	requireCredentials,
} from "./auth.ts";
import { decodeObject } from "./body-fields.ts";
import { badRequest, HttpError } from "./errors.ts";
import { returnTry, spendTry } from "./guesses.ts";
import { readJsonBody, refuseBody } from "./json-body.ts";
import { requireSameOrigin } from "./origin.ts";

/** `/api/session`: who is signed in, signing in with a token, signing out. */
const tokenCharactersMax = 1_000;
const uncached = { "cache-control": "no-store" };

export function getSession(caller: Caller): Response {
	return Response.json(viewSession(caller), { headers: uncached });
}

/**
 * A token for a cookie. Neither is given before the sign-in is written down.
 * @param requireConfig throws when something of the configuration is wrong: told to who has shown a token
 */
export async function postSession(
	ports: AuthPorts,
	request: Request,
	requireConfig: () => void,
): Promise<Response> {
	const { credentials, database, nowMs } = ports;
	requireCredentials(credentials);
	// Another page must not sign somebody in as somebody else, either.
	if (request.headers.has("origin")) requireSameOrigin(request);
	const token = decodeToken(await readJsonBody(request));
	const address = clientAddressOf(request.headers);
	const spent = { address, attempt: crypto.randomUUID() };
	await spendTry(ports, spent);
	const role = await findRoleOfToken(token, credentials);
	if (role === undefined) {
		throw new HttpError(
			"wrong_token",
			"That is not the ADMIN_TOKEN or the VIEWER_TOKEN of this deployment.",
		);
	}
	await returnTry(ports, spent);
	requireConfig();
	// To the second, as the cookie itself says it.
	const expiresAtMs = Math.floor((nowMs + sessionMs) / 1_000) * 1_000;
	const sessionId = crypto.randomUUID();
	const signed = await signSession({ sessionId, role, expiresAtMs }, credentials);
	await database.batch(
		auditStatements(database, {
			id: makeAuditId(nowMs),
			atMs: nowMs,
			action: "session.sign_in",
			who: { name: tokenNames[role], role, via: "token" },
			subject: nameSession(sessionId),
			detail: { address },
			result: `until ${formatTime(expiresAtMs)}`,
			requestKey: null,
		}),
	);
	const session = viewSession({ name: tokenNames[role], role, via: "cookie", expiresAtMs });
	const headers = { ...uncached, "set-cookie": writeSessionCookie(signed, sessionMs) };
	return Response.json(session, { headers });
}

/** The session is ended here and not only in this browser; who has none is signed out already. */
export async function deleteSession(ports: AuthPorts, request: Request): Promise<Response> {
	const { database, nowMs } = ports;
	await refuseBody(request);
	const session = await findSession(request, ports);
	if (session !== undefined) {
		requireSameOrigin(request);
		const { sessionId, role } = session;
		await database.batch([
			...endSessionStatements(database, session, nowMs),
			...auditStatements(database, {
				id: makeAuditId(nowMs),
				atMs: nowMs,
				action: "session.sign_out",
				who: { name: tokenNames[role], role, via: "cookie" },
				subject: nameSession(sessionId),
				detail: {},
				result: "ended",
				requestKey: `sign-out:${sessionId}`,
			}),
		]);
	} else if ((await identifyByAccess(request, ports)) !== undefined) {
		throw new HttpError(
			"access_session",
			"Cloudflare Access has let you in: sign out at /cdn-cgi/access/logout.",
		);
	}
	return new Response(null, {
		status: 204,
		headers: { ...uncached, "set-cookie": endedSessionCookie },
	});
}

function decodeToken(value: unknown): string {
	const { token } = decodeObject(value, ["token"]);
	if (typeof token === "string" && token !== "" && token.length <= tokenCharactersMax) return token;
	throw badRequest("invalid_token", `token is a text of 1 to ${tokenCharactersMax} characters.`);
}

function viewSession({ role, via, name, expiresAtMs }: Caller) {
	return { role, via, name, expiresAt: expiresAtMs === null ? null : formatTime(expiresAtMs) };
}

/** Enough of it to find its other entries. */
function nameSession(sessionId: string): string {
	return `session ${sessionId.slice(0, 8)}`;
}
