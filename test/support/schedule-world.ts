import type { CoordinatorApi, WakeAnswer } from "../../durable-objects/run-coordinator/api.ts";
import { Scheduler } from "../../durable-objects/run-scheduler/scheduler.ts";
import { readConfig } from "../../src/config.ts";
import { type RunId, runIdForSlot } from "../../src/domain/ids.ts";
import type { RunRequest, RunState, Trigger, Verdict } from "../../src/domain/run.ts";
import { formatSlot, formatTime, type Summary } from "../../src/domain/summary.ts";
import { createRegistry } from "../../src/jobs/job.ts";
import type { LogFields } from "../../src/log.ts";
import type { DeliveryOutcome } from "../../src/notify/deliver.ts";
import type { Heartbeat } from "../../src/notify/heartbeat.ts";
import type { Notice } from "../../src/notify/notice.ts";
import { withinTime } from "../../src/time-limit.ts";
import { ScriptedJob } from "./scripted-job.ts";
import { FlakyDatabase, type Platform } from "./world.ts";

export const hourMs = 3_600_000;
export const minuteMs = 60_000;
/** 17:00, the slot that most situations begin with. */
export const fiveOClock = Date.parse("2026-11-23T17:00:00Z");

export const sixOClock = fiveOClock + hourMs;
export const sevenOClock = sixOClock + hourMs;

/** What a receiver that is down answers. */
export const down = {
	kind: "failed",
	reason: "The receiver answered 503",
	retryAfterMs: null,
} satisfies DeliveryOutcome;

/** Worlds that are ready and looked at for the first time, each on a platform of its own. */
export function worldsOf(
	withPlatform: (use: (platform: Platform) => Promise<void>) => Promise<void>,
) {
	return (use: (world: ScheduleWorld) => Promise<void>): Promise<void> =>
		withPlatform(async (platform) => use(await ScheduleWorld.begin(platform)));
}

/** A slot run that ends so, and whatever is to be told about it. */
export async function runSlot(
	world: ScheduleWorld,
	slotAtMs: number,
	...end: [verdict?: Verdict, failed?: number]
): Promise<void> {
	await world.cron(slotAtMs);
	world.nowMs += 5_000;
	await world.seal(slotAtMs, ...end);
	await world.ringUntil(world.nowMs + 2_000);
}

/** A run as the scheduler's world has it: what its coordinator would say. */
export interface FakeRun {
	state: RunState;
	readonly request: RunRequest | null;
	readonly startedAtMs: number;
	deadlineAtMs: number;
	starts: number;
	wakes: number;
	summary: Summary | null;
	/** Whether nothing is left to do after the seal. */
	isSettled: boolean;
}

/**
 * The one scheduler on real SQL, with a clock and an alarm that a test turns by hand, coordinators that say what a
 * test wants, and receivers that take or refuse. `restart` is a crash: a new instance on the same storage.
 */
export class ScheduleWorld {
	readonly platform: Platform;
	readonly database: FlakyDatabase;
	readonly job = new ScriptedJob(3, "hourly", { kind: "cron", cron: "0 * * * *" });
	jobs: ScriptedJob[] = [this.job];
	/** Ten minutes before the first slot. */
	nowMs = fiveOClock - 10 * minuteMs;
	scheduler: Scheduler;
	readonly runs = new Map<RunId, FakeRun>();
	/** Calls to coordinators fail: before they arrive, or after they were carried out. */
	unreachable: "before" | "after" | null = null;
	/** Runs whose coordinators never answer, whatever is asked. */
	readonly broken = new Set<RunId>();
	/** What happens while a coordinator is asked. */
	duringWake: (() => Promise<void>) | null = null;
	/** What happens before a coordinator hears of a start. */
	duringStart: (() => Promise<void>) | null = null;
	readonly told: { channel: "discord" | "webhook"; notice: Notice; atMs: number }[] = [];
	readonly heartbeats: Heartbeat[] = [];
	/** What receivers answer instead of taking it. */
	refusal: DeliveryOutcome | null = null;
	/** Nobody is configured to be told; holds from the next restart on. */
	isSilent = false;
	/** Times of alarms set. */
	readonly alarms: number[] = [];
	alarmAtMs: number | null = null;
	readonly logged: { event: string; fields: LogFields }[] = [];

	constructor(platform: Platform) {
		this.platform = platform;
		this.database = new FlakyDatabase(platform.database, (_, call) => call());
		this.scheduler = this.#create();
	}

	/** Ready, and looked at for the first time. */
	static async begin(platform: Platform): Promise<ScheduleWorld> {
		const world = new ScheduleWorld(platform);
		await world.restart();
		await world.scheduler.look();
		await world.ringUntil(world.nowMs);
		return world;
	}

	async restart(): Promise<void> {
		this.scheduler = this.#create();
		await this.scheduler.prepare();
	}

	/** Moves the clock to `atMs` and lets every alarm ring that is due on the way. */
	async ringUntil(atMs: number): Promise<void> {
		for (let rings = 0; rings < 2_000; rings += 1) {
			const dueAtMs = this.alarmAtMs;
			if (dueAtMs === null || dueAtMs > atMs) {
				this.nowMs = Math.max(this.nowMs, atMs);
				return;
			}
			this.nowMs = Math.max(this.nowMs, dueAtMs);
			this.alarmAtMs = null;
			await this.scheduler.onAlarm();
		}
		throw new Error("the alarm rings for ever");
	}

	/** The cron of a slot comes, `lateMs` after it was due. */
	async cron(slotAtMs: number, lateMs = 300): Promise<void> {
		await this.ringUntil(slotAtMs + lateMs);
		await this.scheduler.cronCame({ cron: "0 * * * *", scheduledAtMs: slotAtMs });
	}

	/** Clock and nothing else: neither cron nor alarm came. */
	sleepUntil(atMs: number): void {
		this.nowMs = atMs;
	}

	runOf(slotAtMs: number): FakeRun | undefined {
		return this.runs.get(runIdForSlot(this.job.name, slotAtMs));
	}

	/** Seals the run of a slot and lets the scheduler hear of it. */
	async seal(slotAtMs: number, verdict: Verdict = "succeeded", failed = 0): Promise<Summary> {
		const runId = runIdForSlot(this.job.name, slotAtMs);
		const run = this.runs.get(runId);
		const trigger = run?.request?.trigger ?? "cron";
		const summary = this.summary(runId, { slotAtMs, verdict, failed, trigger });
		if (run !== undefined) Object.assign(run, { state: "sealed", summary });
		await this.scheduler.runSealed(summary);
		return summary;
	}

	summary(
		runId: RunId,
		change: { slotAtMs?: number; verdict?: Verdict; failed?: number; trigger?: Trigger } = {},
	): Summary {
		const { slotAtMs, verdict = "succeeded", failed = 0, trigger = "manual" } = change;
		const startedAtMs = this.runs.get(runId)?.startedAtMs ?? this.nowMs - 5_000;
		const planned = 100;
		const succeeded = verdict === "failed" ? 0 : planned - failed;
		return {
			runId,
			job: this.job.name,
			trigger,
			slot: slotAtMs === undefined ? null : formatSlot(slotAtMs),
			rerunOf: null,
			reruns: [],
			state: "sealed",
			verdict,
			startedAt: formatTime(startedAtMs),
			sealedAt: formatTime(this.nowMs),
			durationMs: this.nowMs - startedAtMs,
			tasks: {
				planned,
				succeeded,
				failed: planned - succeeded,
				lost: 0,
				cancelled: 0,
				open: 0,
				recovered: 0,
			},
			balanced: true,
			yield: {},
			attempts: { total: 0, retried: 0, leasesExpired: 0, lateReports: 0, duplicateDeliveries: 0 },
			meters: {},
			errors: [],
			version: "0.0.0-test",
		};
	}

	/** Accounts of the slots shown, oldest first: `17:00 run`. */
	async accounts(): Promise<string[]> {
		const { jobs } = await this.scheduler.schedule();
		const slots = jobs[0]?.slots ?? [];
		return slots.map(({ slot, account }) => `${slot.slice(11, 16)} ${account}`).toReversed();
	}

	/** What was told, in order: `opened slot_missed`. */
	toldOn(channel: "discord" | "webhook" = "discord"): string[] {
		return this.told
			.filter((told) => told.channel === channel)
			.map(({ notice }) => `${notice.phase} ${notice.incident.kind}`);
	}

	#create(): Scheduler {
		const config = readConfig({});
		if (!config.ok) throw new Error("the standard configuration is wrong");
		const take = async <T>(list: T[], item: T): Promise<DeliveryOutcome> => {
			if (this.refusal !== null) return this.refusal;
			list.push(item);
			return { kind: "delivered" };
		};
		return new Scheduler({
			storage: this.platform.storage,
			setAlarm: (atMs) => {
				this.alarms.push(atMs);
				this.alarmAtMs = atMs;
			},
			getAlarm: async () => this.alarmAtMs,
			database: this.database,
			findCoordinator: (runId) => this.#coordinator(runId),
			jobs: createRegistry(this.jobs),
			channels: this.isSilent
				? { discord: null, webhook: null, heartbeat: null }
				: {
						discord: (notice) => take(this.told, { channel: "discord", notice, atMs: this.nowMs }),
						webhook: (notice) => take(this.told, { channel: "webhook", notice, atMs: this.nowMs }),
						heartbeat: (heartbeat) => take(this.heartbeats, heartbeat),
					},
			withinTime,
			config: config.value,
			nowMs: () => this.nowMs,
			dice: () => 0.5,
			log: (_, event, fields = {}) => void this.logged.push({ event, fields }),
		});
	}

	#coordinator(runId: RunId): CoordinatorApi {
		const call = async <T>(work: () => T): Promise<T> => {
			if (this.unreachable === "before" || this.broken.has(runId))
				throw new Error("Network connection lost");
			const answer = work();
			if (this.unreachable === "after") throw new Error("Network connection lost");
			return answer;
		};
		return {
			start: async (request: RunRequest) => {
				await this.duringStart?.();
				return call(() => {
					const known = this.runs.get(runId);
					if (known !== undefined) known.starts += 1;
					else this.#start(request);
					return { created: known === undefined, state: "planning" };
				});
			},
			wake: async () => {
				await this.duringWake?.();
				return call((): WakeAnswer => {
					const run = this.runs.get(runId);
					if (run === undefined) return { kind: "unknown_run" };
					run.wakes += 1;
					const { state, startedAtMs, deadlineAtMs } = run;
					const settled = state === "sealed" && run.isSettled;
					return { kind: "awake", woken: false, state, startedAtMs, deadlineAtMs, settled };
				});
			},
			summary: () => call(() => this.runs.get(runId)?.summary ?? { kind: "unknown_run" }),
		} as unknown as CoordinatorApi;
	}

	#start(request: RunRequest): void {
		this.runs.set(request.runId, {
			state: "running",
			request,
			startedAtMs: this.nowMs,
			deadlineAtMs: this.nowMs + 50 * minuteMs,
			starts: 1,
			wakes: 0,
			summary: null,
			isSettled: true,
		});
	}
}
