import type { Summary } from "../domain/summary.ts";
import { digestText } from "./digest.ts";

/**
 * A summary with an `ETag`, or a 304 when the caller has it already. Open runs get one too, which leaves out the time
 * since their start: it tells a poller that nothing has moved.
 */
export async function summaryWithEtag(request: Request, summary: Summary): Promise<Response> {
	const marked = summary.sealedAt === null ? { ...summary, durationMs: 0 } : summary;
	return answerWithEtag(request, await etagOf(JSON.stringify(marked)), async () => summary);
}

export async function jsonWithEtag(request: Request, value: unknown): Promise<Response> {
	return answerWithEtag(request, await etagOf(JSON.stringify(value)), async () => value);
}

export async function etagOf(text: string): Promise<string> {
	return `"${(await digestText(text)).slice(0, 32)}"`;
}

/** @param make the answer; not asked for when the caller has it already. A `Response` goes out as it is, without the tag */
export async function answerWithEtag(
	request: Request,
	etag: string,
	make: () => Promise<unknown>,
): Promise<Response> {
	const headers = { etag, "cache-control": "private, no-cache" };
	const known = (request.headers.get("if-none-match") ?? "")
		.split(",")
		.map((tag) => tag.trim().replace(/^W\//, ""));
	if (known.includes(etag) || known.includes("*")) {
		return new Response(null, { status: 304, headers });
	}
	const made = await make();
	if (made instanceof Response) return made;
	return new Response(JSON.stringify(made), {
		headers: { ...headers, "content-type": "application/json" },
	});
}
