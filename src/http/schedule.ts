import type {
	JobScheduleView,
	SchedulerApi,
	UnknownJob,
} from "../../durable-objects/run-scheduler/api.ts";
import type { Actor } from "../domain/actor.ts";
import { decodeJobName, type JobName } from "../domain/ids.ts";
import { formatTime } from "../domain/summary.ts";
import type { JobRegistry } from "../jobs/job.ts";
import { incidentsMax } from "../limits.ts";
import { decodeObject } from "./body-fields.ts";
import { badRequest } from "./errors.ts";
import { readJsonBody } from "./json-body.ts";
import { readWhole } from "./params.ts";
import { type Done, type RecordPorts, recordAct } from "./recorded-act.ts";
import { readIdempotencyKey } from "./requested-run.ts";
import { decodeTime } from "./times.ts";

/** `/api/schedule`: the account of each slot, pause and resume; and what is wrong, `/api/incidents`. */
export interface SchedulePorts {
	readonly scheduler: SchedulerApi;
	readonly jobs: JobRegistry;
}

export interface ScheduleActPorts extends SchedulePorts, RecordPorts {
	readonly who: Actor;
}

const dayMs = 86_400_000;
/** A pause that nobody ends is how a schedule dies without a word: each has an end. */
const standardPauseMs = dayMs;
const longestPauseDays = 31;
const reasonCharactersMax = 200;
const uncached = { headers: { "cache-control": "no-store" } };

export async function getSchedule({ scheduler }: SchedulePorts): Promise<Response> {
	return Response.json(await scheduler.schedule(), uncached);
}

/** With `limit=0` what is over is left out: whoever asks all day whether something is wrong need not read it. */
export async function getIncidents(
	{ scheduler }: SchedulePorts,
	query: URLSearchParams,
): Promise<Response> {
	const pastMax = readWhole(query, "limit", 0, incidentsMax) ?? incidentsMax;
	return Response.json(await scheduler.incidents(pastMax), uncached);
}

/** Repeated, it changes until when and why. */
export async function postPause(ports: ScheduleActPorts, request: Request): Promise<Response> {
	const key = readIdempotencyKey(request);
	const body = decodeObject(await readJsonBody(request), ["job", "until", "reason"]);
	const job = decodeScheduledJob(body["job"], ports.jobs);
	const reason = decodeReason(body["reason"]);
	const untilMs = decodeUntil(body["until"], Date.now());
	const detail = {
		reason,
		...(body["until"] === undefined ? {} : { until: String(body["until"]) }),
	};
	const act = { action: "schedule.pause", who: ports.who, subject: job, detail } as const;
	return recordAct(ports, act, key, {
		perform: async () => {
			const schedule = await ports.scheduler.pause({ job, untilMs, reason });
			return answer(schedule, ports.jobs, `paused until ${formatTime(untilMs)}`);
		},
		replay: () => showJob(ports, job),
	});
}

export async function postResume(ports: ScheduleActPorts, request: Request): Promise<Response> {
	const key = readIdempotencyKey(request);
	const body = decodeObject(await readJsonBody(request), ["job"]);
	const job = decodeScheduledJob(body["job"], ports.jobs);
	const act = { action: "schedule.resume", who: ports.who, subject: job, detail: {} } as const;
	return recordAct(ports, act, key, {
		perform: async () => answer(await ports.scheduler.resume(job), ports.jobs, "resumed"),
		replay: () => showJob(ports, job),
	});
}

/** As it is by now: what was done then may have been changed since. */
async function showJob({ scheduler, jobs }: SchedulePorts, job: JobName): Promise<Response> {
	const found = (await scheduler.schedule()).jobs.find((one) => one.job === job);
	if (found === undefined) throw unknownJob(jobs);
	return Response.json(found, uncached);
}

function answer(schedule: JobScheduleView | UnknownJob, jobs: JobRegistry, result: string): Done {
	// A deployment that is minutes old may meet a scheduler that still has the jobs of the one before.
	if ("kind" in schedule) throw unknownJob(jobs);
	return { answer: Response.json(schedule, uncached), result };
}

function decodeScheduledJob(value: unknown, jobs: JobRegistry): JobName {
	const name = decodeJobName(value);
	const job = name.ok ? jobs.get(name.value) : undefined;
	if (job?.schedule.kind !== "cron") throw unknownJob(jobs);
	return job.name;
}

function unknownJob(jobs: JobRegistry) {
	const scheduled = [...jobs.values()].filter(({ schedule }) => schedule.kind === "cron");
	const names = scheduled.map(({ name }) => name).join(", ");
	return badRequest("unknown_job", `job is one that has a schedule: ${names}.`);
}

function decodeReason(value: unknown): string {
	const reason = typeof value === "string" ? value.trim() : "";
	const isText = reason !== "" && [...reason].length <= reasonCharactersMax;
	if (isText && !/\p{Cc}/u.test(reason) && reason.isWellFormed()) return reason;
	throw badRequest(
		"invalid_reason",
		`reason says in 1 to ${reasonCharactersMax} characters, on one line, why the schedule is paused: whoever finds it so will ask.`,
	);
}

function decodeUntil(value: unknown, nowMs: number): number {
	if (value === undefined) return nowMs + standardPauseMs;
	const untilMs = decodeTime(value);
	if (untilMs !== null && untilMs > nowMs && untilMs <= nowMs + longestPauseDays * dayMs) {
		return untilMs;
	}
	throw badRequest(
		"invalid_until",
		`until is a time to come, at most ${longestPauseDays} days ahead, in RFC 3339 UTC such as ${new Date(nowMs + standardPauseMs).toISOString()}; without it the pause ends after a day.`,
	);
}
