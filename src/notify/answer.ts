/**
 * Answers of receivers: who they are and what they say is not known, so little is read and less is told on.
 */

/** Errors of Discord and of most receivers have under 1 kB; a proxy's HTML page may have any number. */
const answerBytesMax = 4_096;
const wordsCharactersMax = 200;
/** Shorter parts of an address are no secrets, and hiding them would blacken every word. */
const secretCharactersMin = 6;

/**
 * The text of a body up to 4 kB; empty when there is more, when it breaks off, or when `signal` ends the wait. Whatever
 * happens, nothing of it is left open.
 */
export async function readAnswer(response: Response, signal: AbortSignal): Promise<string> {
	if (response.body === null) return "";
	const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
	const ended = new Promise<undefined>((resolve) => {
		signal.addEventListener("abort", () => resolve(undefined), { once: true });
	});
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	try {
		while (bytes <= answerBytesMax && !signal.aborted) {
			// Raced: a platform may end a fetch by its signal and not the body that it gave out.
			const chunk = await Promise.race([reader.read(), ended]);
			if (chunk === undefined) break;
			if (chunk.done) return text + decoder.decode();
			bytes += chunk.value.byteLength;
			text += decoder.decode(chunk.value, { stream: true });
		}
	} catch {
		// The status has said what matters.
	}
	// Not awaited: a server that sends without end must not hold the caller, too.
	reader.cancel().catch(() => undefined);
	return "";
}

/** What a refusal says in words: the `message` of its JSON, or its text when that is no HTML. May hold anything. */
export function findWords(body: string): string {
	const message = readJsonField(body, "message");
	if (typeof message === "string") return message;
	return body.trimStart().startsWith("<") ? "" : body;
}

/**
 * Milliseconds to wait, as the header `Retry-After` (seconds or an HTTP date) or the field `retry_after` of Discord's
 * JSON (seconds, with a fraction) says; the longer one of both, null when neither says it.
 */
export function findRetryAfterMs(headers: Headers, body: string, nowMs: number): number | null {
	const field = readJsonField(body, "retry_after");
	const waits = [
		decodeRetryAfter(headers.get("retry-after")?.trim() ?? "", nowMs),
		typeof field === "number" ? Math.ceil(field * 1_000) : Number.NaN,
	].filter((ms) => Number.isFinite(ms) && ms >= 0);
	return waits.length === 0 ? null : Math.max(...waits);
}

function decodeRetryAfter(value: string, nowMs: number): number {
	if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
	// Date.parse takes much for a date, such as "-5".
	return /^[A-Z][a-z]+, .+ GMT$/.test(value) ? Math.max(0, Date.parse(value) - nowMs) : Number.NaN;
}

/**
 * Others' words for logs and pages: one line of at most 200 characters without the address they came from, of which
 * webhooks are made so that whoever knows it may post, and without what was sent in headers. Receivers quote both.
 */
export function tellWords(
	words: string,
	request: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
): string {
	let line = words.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
	// Hidden before the cut, which could leave half of a secret.
	for (const secret of secretsOf(request)) line = line.replaceAll(secret, "[hidden]");
	const characters = [...line.toWellFormed()];
	return characters.length <= wordsCharactersMax
		? characters.join("")
		: `${characters.slice(0, wordsCharactersMax - 1).join("")}…`;
}

/** The longest first: the whole address, then its parts, as they were sent and decoded. */
function secretsOf({ url, headers }: Parameters<typeof tellWords>[1]): string[] {
	const sent = Object.entries(headers)
		.filter(([name]) => name !== "content-type")
		.flatMap(([, value]) => [value, ...value.split(",")]);
	const all = new Set([url, ...sent]);
	if (URL.canParse(url)) {
		const { href, origin, host, hostname, username, password, pathname, search, searchParams } =
			new URL(url);
		const parts = [...pathname.split("/"), ...searchParams.values(), username, password];
		for (const part of [href, origin, host, hostname, pathname + search, pathname, ...parts]) {
			all.add(part).add(decodePart(part));
		}
	}
	return [...all]
		.filter(({ length }) => length >= secretCharactersMin)
		.sort((one, other) => other.length - one.length);
}

function decodePart(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

function readJsonField(body: string, name: string): unknown {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === "object" && value !== null
			? (value as Record<string, unknown>)[name]
			: undefined;
	} catch {
		return undefined;
	}
}
