import type { Summary } from "../domain/summary.ts";
import { digestText } from "./digest.ts";

/**
 * A summary with an `ETag`, or a 304 when the caller has it already. Open runs get one too, which leaves out the time
 * since their start: it tells a poller that nothing has moved.
 */
export async function summaryWithEtag(request: Request, summary: Summary): Promise<Response> {
	const body = JSON.stringify(summary);
	const marked = summary.sealedAt === null ? JSON.stringify({ ...summary, durationMs: 0 }) : body;
	const etag = `"${(await digestText(marked)).slice(0, 32)}"`;
	const headers = { etag, "cache-control": "private, no-cache" };
	const known = (request.headers.get("if-none-match") ?? "")
		.split(",")
		.map((tag) => tag.trim().replace(/^W\//, ""));
	if (known.includes(etag) || known.includes("*")) {
		return new Response(null, { status: 304, headers });
	}
	return new Response(body, { headers: { ...headers, "content-type": "application/json" } });
}
