import { badRequest, HttpError } from "./errors.ts";

const bodyBytesMax = 256 * 1_024;

/** The body as JSON; throws a 400, 413 or 415 that says what to send. Reads no more than 256 KB. */
export async function readJsonBody(request: Request): Promise<unknown> {
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/json\s*(;|$)/i.test(type)) {
		throw new HttpError(
			"unsupported_media_type",
			"Send the body as JSON, with the header Content-Type: application/json.",
		);
	}
	const bytes = await readBytes(request);
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		throw badRequest("invalid_encoding", "The body is not valid UTF-8.");
	}
	try {
		return JSON.parse(text);
	} catch {
		throw badRequest("invalid_json", "The body is not valid JSON.");
	}
}

/** For routes that take no body; nothing and `{}`, which some clients always send, both pass. */
export async function refuseBody(request: Request): Promise<void> {
	const text = new TextDecoder().decode(await readBytes(request)).trim();
	if (text === "" || text === "{}") return;
	throw badRequest("unexpected_body", "Send no body: this address takes none.");
}

async function readBytes(request: Request): Promise<Uint8Array> {
	const tooLarge = new HttpError("body_too_large", "The body is larger than 256 KB.");
	// Only to be spared the reading: what is believed is what comes.
	if (Number(request.headers.get("content-length")) > bodyBytesMax) throw tooLarge;
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		for await (const chunk of request.body ?? []) {
			length += chunk.byteLength;
			if (length > bodyBytesMax) throw tooLarge;
			chunks.push(chunk);
		}
	} catch (error) {
		if (error === tooLarge) throw error;
		throw badRequest("incomplete_body", "The body broke off before its end. Send it again.");
	}
	const bytes = new Uint8Array(length);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}
