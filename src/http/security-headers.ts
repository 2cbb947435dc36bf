/**
 * On every answer of the Worker; the page's own stand in src/dashboard/public/_headers. Nothing here is a document,
 * so nothing here may load, run, frame or be framed.
 */
const headers: Readonly<Record<string, string>> = {
	"content-security-policy":
		"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"referrer-policy": "no-referrer",
	"cross-origin-resource-policy": "same-origin",
	"cross-origin-opener-policy": "same-origin",
	// A year. Browsers take no notice of it over http, so not on http://127.0.0.1 either.
	"strict-transport-security": "max-age=31536000",
};

export function secureAnswer(answer: Response): Response {
	// An upgrade is no answer to be shown, and cannot be made anew.
	if (answer.status === 101) return answer;
	const secured = new Response(answer.body, answer);
	for (const [name, value] of Object.entries(headers)) secured.headers.set(name, value);
	// What says nothing of itself is for this caller and this moment.
	if (!secured.headers.has("cache-control")) secured.headers.set("cache-control", "no-store");
	return secured;
}
