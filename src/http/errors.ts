import type { RunId } from "../domain/ids.ts";

/** Every code that an answer can have, with its status: a test asks the page what it says of each. */
export const errorStatuses = {
	incomplete_body: 400,
	invalid_body: 400,
	invalid_cursor: 400,
	invalid_dry_run: 400,
	invalid_encoding: 400,
	invalid_fingerprint: 400,
	invalid_idempotency_key: 400,
	invalid_job: 400,
	invalid_json: 400,
	invalid_limit: 400,
	invalid_part: 400,
	invalid_reason: 400,
	invalid_runs: 400,
	invalid_scope: 400,
	invalid_search: 400,
	invalid_state: 400,
	invalid_task_ids: 400,
	invalid_token: 400,
	invalid_until: 400,
	invalid_verdict: 400,
	invalid_window: 400,
	repeated_parameter: 400,
	unexpected_body: 400,
	unknown_field: 400,
	unknown_job: 400,
	unknown_parameter: 400,
	unknown_task_ids: 400,
	unauthorized: 401,
	wrong_token: 401,
	cross_origin: 403,
	operators_only: 403,
	not_found: 404,
	run_not_found: 404,
	task_not_found: 404,
	method_not_allowed: 405,
	access_session: 409,
	idempotency_key_reused: 409,
	nothing_to_rerun: 409,
	run_closed: 409,
	run_open: 409,
	tasks_forgotten: 409,
	body_too_large: 413,
	unsupported_media_type: 415,
	upgrade_required: 426,
	too_many_attempts: 429,
	wrong_configuration: 500,
	access_unverifiable: 503,
	not_configured: 503,
	run_too_large: 503,
	too_many_watchers: 503,
	unavailable: 503,
} as const;
export type ErrorCode = keyof typeof errorStatuses;

/** What may stand behind `invalid_`. */
export type InvalidName = {
	[Code in ErrorCode]: Code extends `invalid_${infer Name}` ? Name : never;
}[ErrorCode];

/** Every answer that is no success: a fitting status, a code for programs and a message that says what to do. */
export class HttpError extends Error {
	override readonly name = "HttpError";
	readonly status: number;
	readonly code: ErrorCode;
	readonly headers: Readonly<Record<string, string>>;

	constructor(code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
		super(message);
		this.status = errorStatuses[code];
		this.code = code;
		this.headers = headers;
	}
}

export function badRequest(code: CodeOf<400>, message: string): HttpError {
	return new HttpError(code, message);
}

export function notFound(code: CodeOf<404>, message: string): HttpError {
	return new HttpError(code, message);
}

type CodeOf<Status extends number> = {
	[Code in ErrorCode]: (typeof errorStatuses)[Code] extends Status ? Code : never;
}[ErrorCode];

export function runNotFound(runId: RunId): HttpError {
	return notFound("run_not_found", `There is no run ${runId}. GET /api/runs lists them.`);
}

export function errorResponse(error: HttpError, requestId: string): Response {
	const { code, message, status } = error;
	const headers = { "cache-control": "no-store", ...error.headers };
	return Response.json({ error: { code, message, requestId } }, { status, headers });
}
