import { HttpError } from "./errors.ts";

/**
 * Whether a request comes from this deployment's own page. Browsers say where a request comes from, and a page cannot
 * make them lie; what sends neither header is no browser, and has no business with a cookie.
 */
function isSameOrigin(request: Request): boolean {
	const site = request.headers.get("sec-fetch-site");
	if (site !== null && site !== "same-origin") return false;
	const origin = request.headers.get("origin");
	if (origin === null || !URL.canParse(origin)) return false;
	// The host and not the scheme: something in front may have taken off TLS. A browser has compared both.
	return new URL(origin).host === new URL(request.url).host;
}

/** For who is known by something that a browser sends by itself, whoever made it send the request. */
export function requireSameOrigin(request: Request): void {
	if (isSameOrigin(request)) return;
	throw new HttpError(
		"cross_origin",
		"A session acts only from the page of this deployment. From elsewhere send Authorization: Bearer with a token.",
	);
}
