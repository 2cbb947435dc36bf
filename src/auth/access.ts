import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import type { Actor } from "../domain/actor.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { type AccessConfig, foldName } from "./credentials.ts";

/**
 * Cloudflare Access in front of the Worker vouches for who asks, with a JWT in a header. The header alone says
 * nothing, because Access may not stand in front of every address of this Worker: it is verified here.
 */
export const accessHeader = "cf-access-jwt-assertion";

export interface AccessIdentity extends Actor {
	readonly via: "access";
	readonly expiresAtMs: number;
}

export type AccessProblem =
	/** Not signed by this team, for another application, expired, or not a JWT at all. */
	| { readonly kind: "invalid" }
	/** The team's keys could not be fetched: nobody can say whether it is valid. */
	| { readonly kind: "unverifiable"; readonly reason: string };

type KeySet = ReturnType<typeof createRemoteJWKSet>;
/** Of this isolate: the keys of a team are fetched again when one is unknown, or after ten minutes. */
const keySets = new Map<string, KeySet>();

const keysTimeoutMs = 5_000;
/** Seconds that Cloudflare's clocks and ours may differ. */
const clockTolerance = 5;

export async function verifyAccess(
	assertion: string,
	config: AccessConfig,
	nowMs: number,
): Promise<Result<AccessIdentity, AccessProblem>> {
	try {
		const { payload } = await jwtVerify(assertion, keySetOf(config.teamDomain), {
			algorithms: ["RS256"],
			issuer: `https://${config.teamDomain}`,
			audience: config.audience,
			requiredClaims: ["exp", "iat"],
			clockTolerance,
			currentDate: new Date(nowMs),
		});
		const name = nameOf(payload);
		if (name === undefined) return err({ kind: "invalid" });
		const role = config.operators.has(foldName(name)) ? "operator" : "viewer";
		return ok({ name, role, via: "access", expiresAtMs: (payload.exp ?? 0) * 1_000 });
	} catch (error) {
		// A key that the team does not have is the assertion's fault, a key list that does not come is not.
		if (error instanceof errors.JOSEError && !isOfTheKeys(error)) return err({ kind: "invalid" });
		return err({
			kind: "unverifiable",
			reason: error instanceof Error ? error.message : "unknown",
		});
	}
}

function isOfTheKeys(error: errors.JOSEError): boolean {
	return (
		error instanceof errors.JWKSTimeout ||
		error instanceof errors.JWKSInvalid ||
		// jose's own words for an answer that is not 200, or no JSON.
		error.code === "ERR_JOSE_GENERIC"
	);
}

function keySetOf(teamDomain: string): KeySet {
	const known = keySets.get(teamDomain);
	if (known !== undefined) return known;
	const url = new URL(`https://${teamDomain}/cdn-cgi/access/certs`);
	const created = createRemoteJWKSet(url, {
		timeoutDuration: keysTimeoutMs,
		// Looked up at each call, so that tests can put another one in its place.
		[customFetch]: (address, init) => fetch(address, init),
	});
	keySets.set(teamDomain, created);
	return created;
}

const nameCharactersMax = 200;

/** A person's e-mail, or the name of a service token. */
function nameOf({ email, common_name }: JWTPayload): string | undefined {
	const name = typeof email === "string" && email !== "" ? email : common_name;
	if (typeof name !== "string" || name === "" || name.length > nameCharactersMax) return undefined;
	return name;
}
