import { decodeTaskId, type TaskId } from "../domain/ids.ts";
import { badRequest } from "./errors.ts";

/** What the bodies of several routes have in common. Each throws a 400 that says what to send. */
const taskIdsMax = 1_000;
const taskIdsNamed = 5;
/** Any text of one line: the fingerprints are the jobs'. */
const fingerprintPattern = /^\P{C}{1,200}$/u;

/** A JSON object with no other fields than these. */
export function decodeObject(
	value: unknown,
	fields: readonly string[],
): Readonly<Record<string, unknown>> {
	const known = fields.join(", ");
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw badRequest("invalid_body", `The body is a JSON object with the fields ${known}.`);
	}
	const unknown = Object.keys(value).find((field) => !fields.includes(field));
	if (unknown !== undefined) {
		const named = JSON.stringify(unknown.slice(0, 40));
		throw badRequest("unknown_field", `${named} is no field of this body; it has ${known}.`);
	}
	return value as Readonly<Record<string, unknown>>;
}

/** Each id once, sorted, so that the same ids in another order are the same request. */
export function decodeTaskIds(value: unknown): readonly TaskId[] {
	const problem = badRequest(
		"invalid_task_ids",
		`taskIds is a list of 1 to ${taskIdsMax} ids, each 1 to 64 letters, digits or _ . : -`,
	);
	if (!Array.isArray(value) || value.length === 0 || value.length > taskIdsMax) throw problem;
	const taskIds = new Set<TaskId>();
	for (const id of value) {
		const taskId = decodeTaskId(id);
		if (!taskId.ok) throw problem;
		taskIds.add(taskId.value);
	}
	return [...taskIds].sort();
}

/** A cause of failures, as `errors` of a summary and `error` of a task name it. */
export function decodeFingerprint(value: unknown): string {
	if (typeof value === "string" && fingerprintPattern.test(value)) return value;
	throw badRequest(
		"invalid_fingerprint",
		"fingerprint is a line of 1 to 200 characters, as in errors of the run's summary.",
	);
}

/** For the audit log: how many, and the first few by name. */
export function describeTaskIds(taskIds: readonly TaskId[]) {
	const named = taskIds.slice(0, taskIdsNamed).join(", ");
	const rest = taskIds.length > taskIdsNamed ? ", …" : "";
	return { tasks: taskIds.length, taskIds: `${named}${rest}` };
}

/** Whether only to say what it would do. */
export function decodeDryRun(value: unknown): boolean {
	if (value === undefined) return false;
	if (typeof value === "boolean") return value;
	throw badRequest("invalid_dry_run", "dryRun is true or false.");
}
