import { describe, expect, it } from "vitest";
import { type Answer, get } from "../../../src/dashboard/api/client.ts";
import { tellRefusal } from "../../../src/dashboard/parts/told-refusal.ts";
import { languages, type Words, wordsOf } from "../../../src/dashboard/words/words.ts";
import type { Via } from "../../../src/domain/actor.ts";
import {
	type ErrorCode,
	errorResponse,
	errorStatuses,
	HttpError,
} from "../../../src/http/errors.ts";

/** What the API says of its own in each of its refusals here. */
const said = "What the API says.";
const errorCodes = Object.keys(errorStatuses) as ErrorCode[];

/** Which words the page has for each code that the server can answer. Every code is in one of these. */
const ownWords: ErrorCode[] = [
	"invalid_cursor",
	"invalid_reason",
	"invalid_search",
	"invalid_task_ids",
	"invalid_until",
	"unknown_job",
	"unknown_task_ids",
	"cross_origin",
	"operators_only",
	"run_not_found",
	"task_not_found",
	"access_session",
	"idempotency_key_reused",
	"nothing_to_rerun",
	"run_closed",
	"run_open",
	"tasks_forgotten",
	"wrong_configuration",
	"access_unverifiable",
	"not_configured",
];
/** Of an address that is not there. */
const nothingHere: ErrorCode[] = ["not_found"];
/** It went wrong, and the logs know why; or only a socket is told, which nobody reads. */
const couldNotAnswer: ErrorCode[] = ["run_too_large", "too_many_watchers", "unavailable"];
/** The page asks for nothing of the kind, or its sign-in has words for the status: the API's own stand in for them. */
const apiWords: ErrorCode[] = [
	"incomplete_body",
	"invalid_body",
	"invalid_dry_run",
	"invalid_encoding",
	"invalid_fingerprint",
	"invalid_idempotency_key",
	"invalid_job",
	"invalid_json",
	"invalid_limit",
	"invalid_part",
	"invalid_runs",
	"invalid_scope",
	"invalid_state",
	"invalid_token",
	"invalid_verdict",
	"invalid_window",
	"repeated_parameter",
	"unexpected_body",
	"unknown_field",
	"unknown_parameter",
	"unauthorized",
	"wrong_token",
	"method_not_allowed",
	"body_too_large",
	"unsupported_media_type",
	"upgrade_required",
	"too_many_attempts",
];

describe.each(languages)("a refusal, in %s", (language) => {
	const words: Words = wordsOf[language];
	const tell = (code: ErrorCode) => tellCode(code, words);
	const general = [
		words.states.broken,
		words.states.forbidden,
		words.states.notFound,
		words.refusedOther(said),
	];

	it("of each code that the server can answer is told in words that somebody chose", async () => {
		expect([...ownWords, ...nothingHere, ...couldNotAnswer, ...apiWords].sort()).toEqual(
			[...errorCodes].sort(),
		);
		for (const code of ownWords) expect(general, code).not.toContain(await tell(code));
		for (const code of nothingHere) expect(await tell(code)).toBe(words.states.notFound);
		for (const code of couldNotAnswer) expect(await tell(code)).toBe(words.states.broken);
		for (const code of apiWords) expect(await tell(code)).toBe(words.refusedOther(said));
	});

	it("has no words for a code that never comes, or of which something else is said", async () => {
		const told = await Promise.all(errorCodes.map(tell));
		expect(Object.entries(words.refusal).filter(([, text]) => !told.includes(text))).toEqual([]);
	});

	it("that tells an operator what to do says it, whatever its status", async () => {
		expect(await tell("not_configured")).toContain("ADMIN_TOKEN");
		expect(await tell("wrong_configuration")).toContain(said);
		expect(await tell("access_unverifiable")).toContain("Cloudflare Access");
	});

	it("of who may not act says what this reader can do about it", async () => {
		expect(await tellCode("operators_only", words, "access")).toContain("ACCESS_OPERATORS");
		expect(await tellCode("operators_only", words, "access")).not.toContain("ADMIN_TOKEN");
		for (const via of ["cookie", "token"] as const) {
			expect(await tellCode("operators_only", words, via)).toContain("ADMIN_TOKEN");
			expect(await tellCode("operators_only", words, via)).not.toContain("ACCESS_OPERATORS");
		}
	});
});

/** What the page says when the API answers with this code, by the whole way from the one to the other. */
async function tellCode(code: ErrorCode, words: Words, via: Via = "cookie"): Promise<string> {
	const before = globalThis.fetch;
	globalThis.fetch = async () => errorResponse(new HttpError(code, said), "request-1");
	let answer: Answer<unknown>;
	try {
		answer = await get("/api/schedule");
	} finally {
		globalThis.fetch = before;
	}
	if (answer.ok) throw new Error(`${code} was taken for a success`);
	return tellRefusal(answer.refusal, words, via);
}
