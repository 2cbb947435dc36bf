import { err, ok, type Result } from "./result.ts";

/**
 * The ids of the ledger, and how a run's id is made.
 *
 * A run's id comes from what decides that it is this run and no other: its job and slot, the millisecond
 * of a request, or the run it was made from. So asking twice names the same run, and the same object.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `collect-clips`: lower-case letters, digits and hyphens, 1 to 40 characters. */
export type JobName = Branded<"JobName">;
/** `collect-clips-20261123T1700Z`, with `-m` (by hand), `-a` (after another run) or `-r1` (rerun) behind; at most 120 characters. */
export type RunId = Branded<"RunId">;
/** One task within its run, e.g. a broadcaster's id: letters, digits, `_ . : -`, 1 to 64 characters. */
export type TaskId = Branded<"TaskId">;
/** Made at random by one consumer invocation; only the same id gets the same answer to a claim again. */
export type ClaimId = Branded<"ClaimId">;
/** Of the claim that it was given to; a report without the current one is not heard. */
export type LeaseToken = Branded<"LeaseToken">;

const jobName = /^[a-z][a-z0-9-]{0,39}$/;
const runId = /^([a-z][a-z0-9-]{0,39})-(\d{8}T(?:\d{4}Z|\d{9}Z-m))((?:-a|-r[1-9]\d{0,5})*)$/;
const taskId = /^[A-Za-z0-9_.:-]{1,64}$/;
const runIdCharactersMax = 120;

export function decodeJobName(value: unknown): Result<JobName, string> {
	return typeof value === "string" && jobName.test(value)
		? ok(value as JobName)
		: err("a job's name is 1 to 40 lower-case letters, digits and hyphens, such as collect-clips");
}

export function decodeRunId(value: unknown): Result<RunId, string> {
	return typeof value === "string" && value.length <= runIdCharactersMax && runId.test(value)
		? ok(value as RunId)
		: err("a run's id looks like collect-clips-20261123T1700Z");
}

export function decodeTaskId(value: unknown): Result<TaskId, string> {
	return typeof value === "string" && taskId.test(value)
		? ok(value as TaskId)
		: err("a task's id is 1 to 64 letters, digits or the characters _ . : -");
}

/** For constants in code and ids that were checked when they were written; throws on a malformed one. */
export function toJobName(value: string): JobName {
	return getValid(decodeJobName(value), value);
}

export function toRunId(value: string): RunId {
	return getValid(decodeRunId(value), value);
}

export function toTaskId(value: string): TaskId {
	return getValid(decodeTaskId(value), value);
}

function getValid<T>(decoded: Result<T, string>, value: string): T {
	if (!decoded.ok) throw new Error(`${JSON.stringify(value)}: ${decoded.error}`);
	return decoded.value;
}

/** The run of a slot. `slotAtMs` is on the minute. */
export function runIdForSlot(job: JobName, slotAtMs: number): RunId {
	const digits = compactTime(slotAtMs);
	return toRunId(`${job}-${digits.slice(0, 13)}Z`);
}

/** A run started by hand, named by the millisecond of the request. */
export function runIdForRequest(job: JobName, requestedAtMs: number): RunId {
	return toRunId(`${job}-${compactTime(requestedAtMs)}Z-m`);
}

/** The run of `job` that follows the sealed run `before` of another job: one for each. */
export function runIdAfter(job: JobName, before: RunId): RunId {
	const parts = runId.exec(before);
	if (parts === null) throw new Error(`${before} is no run id`);
	return toRunId(`${job}-${parts[2]}${parts[3]}-a`);
}

export function jobOfRun(id: RunId): JobName {
	return toJobName(id.replace(/-\d{8}T\d+Z.*$/, ""));
}

/** Follows from the claim, so that a call of a claim that has been reported is known for what it is, however late it comes. */
export function leaseTokenOf(claimId: ClaimId): LeaseToken {
	return claimId as string as LeaseToken;
}

/** Reruns are numbered on the run that the first of them was made from: the root of `…-r2` is `…`. */
export function rootRunId(runId: RunId): RunId {
	return toRunId(runId.replace(/-r\d+$/, ""));
}

/** 20261123T171502123 */
function compactTime(atMs: number): string {
	return new Date(atMs).toISOString().replace(/[-:.Z]/g, "");
}
