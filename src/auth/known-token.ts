import type { Role } from "../domain/actor.ts";
import type { Credentials } from "./credentials.ts";

/** What a token that somebody shows makes of them. */
export const tokenNames = {
	operator: "admin token",
	viewer: "viewer token",
} as const satisfies Record<Role, string>;

/** @returns undefined for a token that is none of this deployment */
export async function findRoleOfToken(
	presented: string,
	{ adminToken, viewerToken }: Credentials,
): Promise<Role | undefined> {
	// Both are compared, whatever the first says: how long an answer takes must not tell which is set.
	const [isAdmin, isViewer] = await Promise.all([
		areEqual(presented, adminToken),
		areEqual(presented, viewerToken),
	]);
	if (isAdmin) return "operator";
	return isViewer ? "viewer" : undefined;
}

export function hasToken({ adminToken, viewerToken }: Credentials): boolean {
	return adminToken !== undefined || viewerToken !== undefined;
}

/** In constant time: digests have one length, so neither a character nor the length can be guessed by timing. */
async function areEqual(presented: string, token: string | undefined): Promise<boolean> {
	const encoder = new TextEncoder();
	const [left, right] = await Promise.all([
		crypto.subtle.digest("SHA-256", encoder.encode(presented)),
		crypto.subtle.digest("SHA-256", encoder.encode(token ?? "")),
	]);
	const equal = crypto.subtle.timingSafeEqual(left, right);
	return equal && token !== undefined;
}
