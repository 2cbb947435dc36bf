import { HttpError } from "./errors.ts";

/**
 * Lets a request with `Authorization: Bearer ADMIN_TOKEN` pass, and throws a 401 for any other (P8).
 * Without a configured token nobody gets in.
 */
export async function requireAdmin(
	request: Request,
	adminToken: string | undefined,
): Promise<void> {
	if (adminToken === undefined) {
		throw new HttpError(
			503,
			"not_configured",
			"Nobody can sign in yet: set the secret ADMIN_TOKEN (wrangler secret put ADMIN_TOKEN).",
		);
	}
	const [, presented] = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
	if (presented !== undefined && (await areEqual(presented, adminToken))) return;
	throw new HttpError(
		401,
		"unauthorized",
		presented === undefined
			? "Send the header Authorization: Bearer ADMIN_TOKEN."
			: "That is not the ADMIN_TOKEN of this deployment.",
		{ "www-authenticate": 'Bearer realm="daicho"' },
	);
}

/** In constant time: digests have one length, so neither a character nor the length can be guessed by timing. */
async function areEqual(left: string, right: string): Promise<boolean> {
	const encoder = new TextEncoder();
	const [leftDigest, rightDigest] = await Promise.all([
		crypto.subtle.digest("SHA-256", encoder.encode(left)),
		crypto.subtle.digest("SHA-256", encoder.encode(right)),
	]);
	return crypto.subtle.timingSafeEqual(leftDigest, rightDigest);
}
