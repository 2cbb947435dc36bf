import {
	decodeJobName,
	decodeRunId,
	decodeTaskId,
	type JobName,
	type RunId,
	type TaskId,
} from "../domain/ids.ts";
import type { Result } from "../domain/result.ts";
import type { RunPosition } from "../ledger/run-list.ts";
import { badRequest, type InvalidName, notFound } from "./errors.ts";

/**
 * Throws a 400 for a parameter that is not known, so that a misspelt filter is not taken for none, and for one that
 * stands there twice.
 */
export function checkQuery(query: URLSearchParams, known: readonly string[]): void {
	const names = [...query.keys()];
	if (names.some((name) => !known.includes(name))) {
		throw badRequest(
			"unknown_parameter",
			known.length === 0
				? "This address takes no query parameters."
				: `The query parameters of this address are ${known.join(", ")}; leave out any other.`,
		);
	}
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) {
		throw badRequest("repeated_parameter", `Send the query parameter ${repeated} once.`);
	}
}

/** What stands in a URL, decoded at once: handlers only see values that can be. */
export function readRunId(value: string | undefined): RunId {
	const decoded = decodeRunId(value);
	if (!decoded.ok) throw notFound("run_not_found", `There is no such run: ${decoded.error}.`);
	return decoded.value;
}

export function readTaskId(value: string | undefined): TaskId {
	const decoded = decodeTaskId(value);
	if (!decoded.ok) throw notFound("task_not_found", `There is no such task: ${decoded.error}.`);
	return decoded.value;
}

export function readJob(query: URLSearchParams): JobName | null {
	return readOptional(query, "job", decodeJobName);
}

/** One of `values`, or null when the parameter is not there. */
export function readOneOf<T extends string>(
	query: URLSearchParams,
	name: InvalidName,
	values: readonly T[],
): T | null {
	const value = query.get(name);
	if (value === null) return null;
	const known = values.find((one) => one === value);
	if (known === undefined) {
		throw badRequest(`invalid_${name}`, `${name} is one of ${values.join(", ")}.`);
	}
	return known;
}

export function readLimit(query: URLSearchParams, standard: number, max: number): number {
	const value = query.get("limit");
	if (value === null) return standard;
	const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0;
	if (limit < 1 || limit > max) {
		throw badRequest("invalid_limit", `limit is a whole number from 1 to ${max}.`);
	}
	return limit;
}

/** A whole number, or null when the parameter is not there. */
export function readWhole(
	query: URLSearchParams,
	name: InvalidName,
	min: number,
	max: number,
): number | null {
	const value = query.get(name);
	if (value === null) return null;
	const whole = /^\d{1,9}$/.test(value) ? Number(value) : -1;
	if (whole >= min && whole <= max) return whole;
	throw badRequest(`invalid_${name}`, `${name} is a whole number from ${min} to ${max}.`);
}

export function readTaskCursor(query: URLSearchParams): TaskId | null {
	return readOptional(query, "cursor", decodeTaskId);
}

export function readRunCursor(query: URLSearchParams): RunPosition | null {
	const value = query.get("cursor");
	if (value === null) return null;
	const [, startedAtMs = "", id] = /^(\d{1,15})_(.+)$/.exec(value) ?? [];
	const runId = decodeRunId(id);
	if (!runId.ok) {
		throw badRequest("invalid_cursor", "cursor is what the answer before gave as its cursor.");
	}
	return { startedAtMs: Number(startedAtMs), runId: runId.value };
}

export function writeRunCursor({ startedAtMs, runId }: RunPosition): string {
	return `${startedAtMs}_${runId}`;
}

function readOptional<T>(
	query: URLSearchParams,
	name: InvalidName,
	decode: (value: unknown) => Result<T, string>,
): T | null {
	const value = query.get(name);
	if (value === null) return null;
	const decoded = decode(value);
	if (!decoded.ok) throw badRequest(`invalid_${name}`, `${name}: ${decoded.error}.`);
	return decoded.value;
}
