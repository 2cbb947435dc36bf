import type { CoordinatorApi, StartAnswer } from "../../durable-objects/run-coordinator/api.ts";
import { Coordinator } from "../../durable-objects/run-coordinator/coordinator.ts";
import type { LivePorts } from "../../durable-objects/run-coordinator/live.ts";
import type { CoordinatorConfig } from "../../durable-objects/run-coordinator/ports.ts";
import type { ObjectStorage } from "../../durable-objects/storage.ts";
import { readConfig } from "../../src/config.ts";
import { type RunId, runIdForRequest, runIdForSlot } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { createRegistry } from "../../src/jobs/job.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { LogFields } from "../../src/log.ts";
import { Consumer, type Disposition } from "../../src/queue/consumer.ts";
import { handleDeadLetter } from "../../src/queue/dead-letter.ts";
import type { OutgoingMessage } from "../../src/queue/producer.ts";
import { withinTime } from "../../src/time-limit.ts";
import { ScriptedJob } from "./scripted-job.ts";

/** @param name of what is called: `send`, `d1`, `start`, `tell`, `claim`, `perform` or `report` */
export type Around = <T>(name: string, call: () => Promise<T>) => Promise<T>;

/** What a platform lends a test: the storage of one fresh object, and D1 with its tables. */
export interface Platform {
	readonly storage: ObjectStorage;
	readonly database: Database;
	/** Deletes all of the object's storage, as `deleteAll()` does. */
	readonly wipe: () => Promise<void>;
	/** Rows of D1. */
	readonly rows: (query: string, ...values: unknown[]) => Promise<Record<string, unknown>[]>;
}

export const slotAtMs = Date.parse("2026-11-23T17:00:00Z");

/**
 * One run's coordinator and its consumers on real SQL, with a clock, a queue and an alarm that a test turns by
 * hand. `restart` is a crash: a new instance on the same storage.
 */
export class World {
	readonly platform: Platform;
	readonly job: ScriptedJob;
	readonly database: FlakyDatabase;
	readonly config: CoordinatorConfig;
	nowMs = slotAtMs + 412;
	coordinator: Coordinator;
	/** What was put into the queue and not yet taken out, oldest first. */
	queue: OutgoingMessage[] = [];
	/** Makes sending fail: after the messages are in the queue, or before. */
	sendFails: "before" | "after" | null = null;
	/** Stands around each call that the coordinator and its consumers wait for; see interruption.ts. */
	around: Around = (_, call) => call();
	/** What happens between the queue's taking messages and its answer. */
	duringSend: (() => Promise<void>) | null = null;
	/** Runs that this one started, and whether starting fails. */
	readonly startedAfter: RunRequest[] = [];
	startFails = false;
	/** Times of alarms set, the last one being the one that is set. */
	readonly alarms: number[] = [];
	/** What the platform says: null while none is set, as after it rang or was given up. */
	platformAlarmAtMs: number | null = null;
	/** What the scheduler was told of sealed runs, and whether it can be reached. */
	readonly told: Summary[] = [];
	/** Whoever watches; heard of by the next `restart`. */
	live: LivePorts | undefined;
	tellFails = false;
	readonly logged: { event: string; fields: LogFields }[] = [];
	destroyed = false;
	#ids = 0;

	constructor(platform: Platform, job: ScriptedJob, config: Partial<CoordinatorConfig> = {}) {
		const standard = readConfig({});
		if (!standard.ok) throw new Error("the standard configuration is wrong");
		this.platform = platform;
		this.job = job;
		this.config = { ...standard.value, ...config };
		this.database = new FlakyDatabase(platform.database, (name, call) => this.around(name, call));
		this.coordinator = this.#createCoordinator();
	}

	async restart(): Promise<void> {
		this.coordinator = this.#createCoordinator();
		await this.coordinator.prepare();
	}

	get runId(): RunId {
		return runIdForSlot(this.job.name, slotAtMs);
	}

	start(change: Partial<RunRequest> = {}): Promise<StartAnswer> {
		return this.coordinator.start({
			runId: this.runId,
			job: this.job.name,
			trigger: "cron",
			slotAtMs,
			rerunOf: null,
			taskIds: null,
			window: null,
			...change,
		});
	}

	/** Lets the alarm ring now, due or not: the platform may ring early, late and twice. */
	ring(): Promise<void> {
		this.platformAlarmAtMs = null;
		return this.coordinator.onAlarm();
	}

	get alarmAtMs(): number {
		const atMs = this.alarms.at(-1);
		if (atMs === undefined) throw new Error("no alarm is set");
		return atMs;
	}

	/** Moves the clock to the alarm that is set, and lets it ring. */
	async ringWhenDue(): Promise<void> {
		this.nowMs = Math.max(this.nowMs, this.alarmAtMs);
		await this.ring();
	}

	/** Takes the oldest message that is visible out of the queue. */
	take(): OutgoingMessage {
		const message = this.queue.shift();
		if (message === undefined) throw new Error("the queue is empty");
		return message;
	}

	deliver(message: OutgoingMessage, delivery = 1): Promise<Disposition> {
		return this.consumer().handle(message.body, delivery);
	}

	consumer(coordinator: CoordinatorApi = this.coordinator): Consumer {
		return new Consumer({
			findCoordinator: () => coordinator,
			jobs: createRegistry([this.job]),
			fetch: () => Promise.reject(new Error("this job sends nothing")),
			nowMs: () => this.nowMs,
			dice: () => 0.5,
			makeId: () => this.#makeId("claim"),
			sleep: async () => undefined,
			withinTime,
			config: { requestTimeoutMs: 10_000, requestsPerInvocation: 45 },
			log: this.#log,
		});
	}

	returnDeadLetter(message: OutgoingMessage): Promise<Disposition> {
		return handleDeadLetter(message.body, {
			findCoordinator: () => this.coordinator,
			withinTime,
			log: this.#log,
		});
	}

	/** Delivers and rings until the run is sealed. Throws when it does not get there. */
	async finish(): Promise<Summary> {
		for (let steps = 0; steps < 5_000; steps += 1) {
			const summary = await this.summary();
			if (summary.state === "sealed") return summary;
			const message = this.queue.shift();
			if (message === undefined) {
				await this.ringWhenDue();
				continue;
			}
			const disposition = await this.deliver(message);
			if (disposition.kind === "retry") this.queue.push(message);
			if (this.alarmAtMs <= this.nowMs) await this.ring();
		}
		throw new Error("the run does not seal");
	}

	async summary(): Promise<Summary> {
		const summary = await this.coordinator.summary();
		if ("kind" in summary) throw new Error("unknown run");
		return summary;
	}

	#createCoordinator(): Coordinator {
		return new Coordinator({
			storage: this.platform.storage,
			setAlarm: (atMs) => {
				this.alarms.push(atMs);
				this.platformAlarmAtMs = atMs;
			},
			getAlarm: async () => this.platformAlarmAtMs,
			destroy: async () => {
				this.destroyed = true;
				await this.platform.wipe();
			},
			database: this.database,
			send: (messages) => this.around("send", () => this.#send(messages)),
			findCoordinator: () =>
				({
					start: (request: RunRequest) =>
						this.around("start", async () => {
							if (this.startFails) throw new Error("Network connection lost");
							this.startedAfter.push(request);
							return { created: true, state: "planning" };
						}),
				}) as unknown as CoordinatorApi,
			withinTime,
			tellSealed: (summary) =>
				this.around("tell", async () => {
					this.told.push(summary);
					if (this.tellFails) throw new Error("Network connection lost");
				}),
			jobs: createRegistry([this.job, new ScriptedJob(0, "follower", after(this.job))]),
			config: this.config,
			nowMs: () => this.nowMs,
			dice: () => 0.5,
			log: this.#log,
			...(this.live === undefined ? {} : { live: this.live }),
			version: "0.0.0-test",
		});
	}

	async #send(messages: readonly OutgoingMessage[]): Promise<void> {
		if (this.sendFails === "before") throw new Error("Queue is overloaded");
		this.queue.push(...messages);
		await this.duringSend?.();
		if (this.sendFails === "after") throw new Error("Network connection lost");
	}

	readonly #log = (_level: string, event: string, fields: LogFields = {}) => {
		this.logged.push({ event, fields });
	};

	#makeId(kind: string): string {
		this.#ids += 1;
		return `${kind}-${this.#ids}`;
	}
}

function after(job: ScriptedJob) {
	return { kind: "after", job: job.name } as const;
}

export function manualRunId(job: ScriptedJob): RunId {
	return runIdForRequest(job.name, slotAtMs + 1);
}

/** D1 that a test can take down: before a call, or after the call was carried out and before it is answered. */
export class FlakyDatabase implements Database {
	readonly #database: Database;
	readonly #around: Around;
	fails: "before" | "after" | null = null;
	/** Calls that still get through before it fails. */
	passes = 0;
	calls = 0;

	constructor(database: Database, around: Around) {
		this.#database = database;
		this.#around = around;
	}

	prepare(query: string) {
		return this.#wrap(this.#database.prepare(query));
	}

	batch<Row>(statements: Parameters<Database["batch"]>[0]) {
		const inner = statements.map((statement) => wrapped.get(statement) ?? statement);
		return this.#call(() => this.#database.batch<Row>(inner));
	}

	#wrap(statement: ReturnType<Database["prepare"]>): ReturnType<Database["prepare"]> {
		const wrapper = {
			bind: (...values: unknown[]) => this.#wrap(statement.bind(...values)),
			all: <Row>() => this.#call(() => statement.all<Row>()),
		};
		wrapped.set(wrapper, statement);
		return wrapper;
	}

	#call<T>(call: () => Promise<T>): Promise<T> {
		return this.#around("d1", () => this.#callOrFail(call));
	}

	async #callOrFail<T>(call: () => Promise<T>): Promise<T> {
		this.calls += 1;
		const passes = this.passes > 0;
		if (passes) this.passes -= 1;
		if (this.fails === "before" && !passes) {
			throw new Error("D1_ERROR: Network connection lost.");
		}
		const answer = await call();
		if (passes) return answer;
		if (this.fails === "after") throw new Error("D1_ERROR: storage caused object to be reset.");
		return answer;
	}
}

/** The real statement behind each wrapper: a batch needs its own. */
const wrapped = new WeakMap<object, ReturnType<Database["prepare"]>>();
