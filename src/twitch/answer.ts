/**
 * Reading answers to their end: an invocation may hold 6 connections only, and a body that nobody reads keeps one.
 * Decides nothing. Whoever starts the request keeps its time-out armed until the body is read.
 */

/** Twitch's errors have under 300 bytes; a proxy's HTML page may have any number. */
const refusalBytesMax = 8_192;

/** Twitch's own words in an answer that is no success (`{"error","status","message"}`); empty when it has none. */
export async function readRefusal(response: Response): Promise<string> {
	try {
		const body: unknown = JSON.parse(await readStart(response, refusalBytesMax));
		const message = isRecord(body) ? body["message"] : undefined;
		return typeof message === "string" ? message : "";
	} catch {
		// The status has said what matters: HTML, a cut body or a lost connection takes nothing from it.
		return "";
	}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A short body is read to its end, which leaves the connection usable; a longer one is given up. */
async function readStart(response: Response, bytesMax: number): Promise<string> {
	if (response.body === null) return "";
	const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	while (bytes <= bytesMax) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		bytes += value.byteLength;
		text += decoder.decode(value, { stream: true });
	}
	// Not awaited: a server that sends without end must not hold the caller, too.
	reader.cancel().catch(() => undefined);
	return text;
}
