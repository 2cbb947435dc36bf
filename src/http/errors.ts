import type { RunId } from "../domain/ids.ts";

/** Every answer that is no success: a fitting status, a code for programs and a message that says what to do. */
export class HttpError extends Error {
	override readonly name = "HttpError";
	readonly status: number;
	readonly code: string;
	readonly headers: Readonly<Record<string, string>>;

	constructor(
		status: number,
		code: string,
		message: string,
		headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
		this.status = status;
		this.code = code;
		this.headers = headers;
	}
}

export function badRequest(code: string, message: string): HttpError {
	return new HttpError(400, code, message);
}

export function notFound(code: string, message: string): HttpError {
	return new HttpError(404, code, message);
}

export function runNotFound(runId: RunId): HttpError {
	return notFound("run_not_found", `There is no run ${runId}. GET /api/runs lists them.`);
}

export function errorResponse(error: HttpError, requestId: string): Response {
	const { code, message, status } = error;
	const headers = { "cache-control": "no-store", ...error.headers };
	return Response.json({ error: { code, message, requestId } }, { status, headers });
}
