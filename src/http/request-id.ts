/** As Cloudflare makes it: `7d1f2a9c0b3e4f56-NRT`. */
const rayId = /^[0-9a-f]{16}(-[A-Z]{3})?$/;

/**
 * What ties an answer to its log line: Cloudflare's own id of the request, so that its logs have it as well. Where
 * Cloudflare does not stand in front anybody can send that header, so only what looks like one is taken.
 */
export function requestIdOf(request: Request): string {
	const ray = request.headers.get("cf-ray");
	return ray !== null && rayId.test(ray) ? ray : crypto.randomUUID();
}
