import { badRequest, HttpError } from "./errors.ts";

const bodyBytesMax = 256 * 1_024;

/** The body as JSON; throws a 400, 413 or 415 that says what to send. Reads no more than 256 KB. */
export async function readJsonBody(request: Request): Promise<unknown> {
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/json\s*(;|$)/i.test(type)) {
		throw new HttpError(
			415,
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

async function readBytes(request: Request): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of request.body ?? []) {
		length += chunk.byteLength;
		if (length > bodyBytesMax) {
			throw new HttpError(413, "body_too_large", "The body is larger than 256 KB.");
		}
		chunks.push(chunk);
	}
	const bytes = new Uint8Array(length);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}
