import type { CoordinatorApi, FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import { Coordinator } from "../../durable-objects/run-coordinator/coordinator.ts";
import type { SchedulerApi } from "../../durable-objects/run-scheduler/api.ts";
import { Scheduler } from "../../durable-objects/run-scheduler/scheduler.ts";
import type { RunId } from "../../src/domain/ids.ts";
import { createCollectClips } from "../../src/jobs/collect-clips/collect-clips.ts";
import { createRegistry, type JobRegistry } from "../../src/jobs/job.ts";
import { answeringInTime } from "../../src/ledger/answer-in-time.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { LogFields } from "../../src/log.ts";
import { Consumer } from "../../src/queue/consumer.ts";
import { handleDeadLetter } from "../../src/queue/dead-letter.ts";
import { type WithinTime, withinTime } from "../../src/time-limit.ts";
import { Random } from "../support/twitch/random.ts";
import { Channels } from "./channels.ts";
import { Chronicle } from "./chronicle.ts";
import { SimulatedD1 } from "./d1.ts";
import { type FaultLimits, Faults } from "./faults.ts";
import { FollowerJob } from "./follower-job.ts";
import { Kernel } from "./kernel.ts";
import { type Journey, type Nature, travel } from "./network.ts";
import { SimulatedObject } from "./object.ts";
import { Process, SimulatedError } from "./process.ts";
import { deadLetterSettings, SimulatedQueue, taskSettings } from "./queue.ts";
import { drawSettings, type Settings } from "./settings.ts";
import { type PreparedDatabase, SimulatedStorage } from "./storage.ts";
import { SimulatedTwitch } from "./twitch.ts";
import { Watch } from "./watch.ts";

const hourMs = 3_600_000;

/** Everything of daicho but HTTP and the entry, as shipped, in a world that one seed decides. */
export class World implements Nature {
	readonly seed: number;
	readonly settings: Settings;
	readonly kernel: Kernel;
	readonly faults: Faults;
	readonly random: Random;
	readonly chronicle = new Chronicle();
	readonly watch: Watch;
	readonly d1: SimulatedD1;
	readonly twitch: SimulatedTwitch;
	readonly channels: Channels;
	readonly coordinators = new Map<RunId, SimulatedObject<Coordinator>>();
	readonly scheduler: SimulatedObject<Scheduler>;
	/** Objects whose alarm the platform had given up when the bad days were over. */
	readonly deadWhenFair = new Set<string>();
	/** Makes starts of runs fail, whatever the seed says: they have not arrived, or are not answered. */
	startsFail: "before" | "after" | null = null;
	/** What operators were answered first for each key. */
	readonly answers = new Map<string, string>();
	/** Lines of the log by their event. */
	readonly logged = new Map<string, number>();
	readonly queue: SimulatedQueue;
	readonly deadLetters: SimulatedQueue;
	readonly #dice: Random;
	#ids = 0;

	constructor(
		seed: number,
		d1: PreparedDatabase,
		limits: FaultLimits = {},
		traced = false,
		settings = drawSettings(seed),
	) {
		this.seed = seed;
		this.settings = settings;
		this.kernel = new Kernel(this.settings.startMs, traced);
		this.faults = new Faults(seed, limits, (kind) => this.kernel.note(`! ${kind}`));
		this.random = new Random(seed, 1);
		this.#dice = new Random(seed, 2);
		this.watch = new Watch(this.kernel, this.settings, this.chronicle);
		this.watch.onD1(d1);
		this.d1 = new SimulatedD1(this, d1);
		this.twitch = new SimulatedTwitch(
			this,
			seed,
			settings,
			(settings.slots + 2) * hourMs,
			this.watch.violated,
		);
		this.watch.toldTo = this.twitch.toldTo;
		this.channels = new Channels(this, this.watch.violated);
		d1.run(
			`INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms)
			SELECT value, 'login' || value, 'Name ' || value, 1, 0 FROM json_each(?1)`,
			[JSON.stringify(this.twitch.broadcasterIds)],
		);
		this.deadLetters = this.#createDeadLetters();
		this.queue = this.#createQueue();
		this.scheduler = this.#createScheduler();
	}

	/** A process that is no object's: a consumer, the cron, an operator. */
	createProcess(name: string): Process {
		return new Process(name, this, false, () => undefined);
	}

	readonly log = (level: string, event: string, fields: LogFields = {}): void => {
		this.logged.set(event, (this.logged.get(event) ?? 0) + 1);
		this.kernel.tell(() => `${level} ${event} ${JSON.stringify(fields)}`);
		const { error } = fields;
		const isBug =
			event === "run_unbalanced" ||
			event === "job_threw" ||
			event === "run_limit_reached" ||
			event.endsWith("_unreadable") ||
			(typeof error === "string" && !isExpected(error));
		if (isBug) this.watch.violated("logged", `${event} ${JSON.stringify(fields)}`);
	};

	/** The coordinators as one process reaches them. */
	coordinatorsFor(caller: Process): FindCoordinator {
		return (runId) => {
			const call = <T>(name: string, invoke: (api: Coordinator) => Promise<T>) =>
				this.#call(caller, `${runId} ${name}`, () => this.coordinator(runId), invoke);
			const object = () => this.coordinator(runId);
			const { watch } = this;
			const stub: Pick<
				CoordinatorApi,
				"start" | "claim" | "report" | "returnMessage" | "cancel" | "wake" | "summary"
			> = {
				start: (request) =>
					call("start", async (api) => {
						this.watch.beforeStart(object(), request, (id) => this.coordinators.get(id));
						if (this.startsFail === "before") throw new SimulatedError("Network connection lost.");
						const answer = await api.start(request);
						if (this.startsFail === "after") throw new SimulatedError("Network connection lost.");
						return answer;
					}),
				claim: (request) =>
					call("claim", (api) => watch.claim(object(), request, () => api.claim(request))),
				report: (report) =>
					call("report", (api) =>
						watch.report(object(), report, caller.name, () => api.report(report)),
					),
				returnMessage: (request) => call("return", (api) => api.returnMessage(request)),
				cancel: () =>
					call("cancel", async (api) => {
						const answer = await api.cancel();
						if (answer.kind === "cancelled") this.chronicle.cancelled.add(runId);
						return answer;
					}),
				wake: () => call("wake", (api) => api.wake()),
				summary: () => call("summary", (api) => api.summary()),
			};
			return stub as CoordinatorApi;
		};
	}

	/** The scheduler as one process reaches it. */
	schedulerFor(caller: Process): SchedulerApi {
		const call = <T>(name: string, invoke: (api: Scheduler) => Promise<T>) =>
			this.#call(caller, `schedule ${name}`, () => this.scheduler, invoke);
		const stub: Pick<SchedulerApi, "cronCame" | "look" | "runSealed" | "pause" | "resume"> = {
			cronCame: (event) => call("cron", (api) => api.cronCame(event)),
			look: () => call("look", (api) => api.look()),
			runSealed: (summary) => call("runSealed", (api) => api.runSealed(summary)),
			pause: (request) =>
				call("pause", (api) => {
					this.chronicle.pauses.push({ fromMs: this.kernel.nowMs, untilMs: request.untilMs });
					return api.pause(request);
				}),
			resume: (job) => call("resume", (api) => api.resume(job)),
		};
		return stub as SchedulerApi;
	}

	/** From here on nothing goes wrong that has not gone wrong already. */
	becomeFair(): void {
		this.faults.over = true;
		this.kernel.note("the bad days are over");
		for (const object of [...this.coordinators.values(), this.scheduler]) {
			if (object.alarmGivenUp) this.deadWhenFair.add(object.name);
		}
	}

	makeId(kind: string): string {
		this.#ids += 1;
		return `${kind}-${this.#ids}`;
	}

	/** As whoever plugs it into an object or a job does it. */
	databaseFor(process: Process): Database {
		return answeringInTime(this.d1.reachedBy(process), withinTimeOf(process));
	}

	jobsFor(process: Process): JobRegistry {
		const dice = () => this.#dice.unit();
		const collectClips = createCollectClips({
			database: this.databaseFor(process),
			apiUrl: "https://twitch.example/helix",
			clientId: "client",
			requestTimeoutMs: this.settings.config.requestTimeoutMs,
			openTokens: () => this.twitch.tokens.open(),
			clipWindowHours: 24,
			sleep: process.sleep,
			dice,
		});
		return createRegistry([collectClips, new FollowerJob()]);
	}

	#call<Api extends Coordinator | Scheduler, T>(
		caller: Process,
		name: string,
		target: () => SimulatedObject<Api>,
		invoke: (api: Api) => Promise<T>,
	): Promise<T> {
		const { faults, kernel, random } = this;
		const label = `${caller.name} > ${name}`;
		const careful = async (api: Api): Promise<T> => {
			try {
				return await invoke(api);
			} catch (error) {
				if (!isSimulated(error)) this.watch.violated("threw", `${name}: ${String(error)}`);
				throw error;
			}
		};
		const isDouble = faults.draw("call-double");
		const slowMs = faults.strike("call-slow") ? faults.of("call-slow").below(120_000) : 0;
		const hangs = faults.draw("call-hang", 0.3);
		const journey: Journey = {
			label,
			latencyMs: random.between(1, 40) + slowMs,
			refused: faults.draw("call-lost") && { kind: "call-lost", says: "Network connection lost." },
			unanswered: faults.draw("call-unanswered") && {
				kind: "call-unanswered",
				says: "the object was reset",
			},
			hangs: hangs
				? { kind: "call-hang", when: faults.of("call-hang").pick(["before", "after"]) }
				: null,
		};
		return travel(this, caller, journey, () => {
			if (isDouble && faults.happens("call-double")) {
				const laterMs = faults.of("call-double").below(5_000);
				kernel.after(laterMs, `${label} once more`, () => {
					target()
						.receive(careful)
						.catch(() => undefined);
				});
			}
			return target().receive(careful);
		});
	}

	coordinator(runId: RunId): SimulatedObject<Coordinator> {
		const known = this.coordinators.get(runId);
		if (known !== undefined) return known;
		const storage = new SimulatedStorage("run", 'insert into "run"', (database) =>
			this.watch.onCoordinator(database, runId),
		);
		const object = new SimulatedObject<Coordinator>(runId, this, storage, (self, process) => {
			return new Coordinator({
				storage,
				setAlarm: self.setAlarm,
				getAlarm: () => self.getAlarm(process),
				destroy: () => {
					this.watch.beforeDestroy(self, process.nowMs());
					return self.destroy(process);
				},
				database: this.databaseFor(process),
				send: this.queue.sendFrom(process),
				findCoordinator: this.coordinatorsFor(process),
				withinTime: withinTimeOf(process),
				tellSealed: (summary) => this.schedulerFor(process).runSealed(summary),
				jobs: this.jobsFor(process),
				config: this.settings.config,
				nowMs: process.nowMs,
				dice: () => this.#dice.unit(),
				log: this.log,
				version: "0.0.0-simulated",
			});
		});
		object.onRung = (beganAtMs) => this.watch.afterRing(object, beganAtMs);
		this.coordinators.set(runId, object);
		return object;
	}

	#createScheduler(): SimulatedObject<Scheduler> {
		const storage = new SimulatedStorage("schedule", 'insert into "schedules"', (database) => {
			this.chronicle.scheduledSinceMs = this.kernel.nowMs;
			this.watch.onScheduler(database);
		});
		return new SimulatedObject<Scheduler>("schedule", this, storage, (self, process) => {
			return new Scheduler({
				storage,
				setAlarm: self.setAlarm,
				getAlarm: () => self.getAlarm(process),
				database: this.databaseFor(process),
				findCoordinator: this.coordinatorsFor(process),
				jobs: this.jobsFor(process),
				channels: this.channels.reachedBy(process),
				withinTime: withinTimeOf(process),
				config: this.settings.config,
				nowMs: process.nowMs,
				dice: () => this.#dice.unit(),
				log: this.log,
			});
		});
	}

	#createDeadLetters(): SimulatedQueue {
		return new SimulatedQueue(this, {
			name: "dead-letters",
			...deadLetterSettings,
			deadLetters: null,
			handle: (process, body) =>
				handleDeadLetter(body, {
					findCoordinator: this.coordinatorsFor(process),
					withinTime: withinTimeOf(process),
					log: this.log,
				}),
		});
	}

	#createQueue(): SimulatedQueue {
		return new SimulatedQueue(this, {
			name: "consumer",
			...taskSettings,
			deadLetters: this.deadLetters,
			handle: (process, body, delivery) => {
				const consumer = new Consumer({
					findCoordinator: this.coordinatorsFor(process),
					jobs: this.jobsFor(process),
					fetch: this.twitch.fetchFor(process),
					nowMs: process.nowMs,
					dice: () => this.#dice.unit(),
					makeId: () => this.makeId("claim"),
					sleep: process.sleep,
					withinTime: withinTimeOf(process),
					config: this.settings.config,
					log: this.log,
				});
				return consumer.handle(body, delivery);
			},
		});
	}
}

function withinTimeOf(process: Process): WithinTime {
	return (answer, limitMs) => process.hear(withinTime(answer, limitMs));
}

const waitedLongEnough = /^Error: no answer within \d+ s$/;

/** What the world did to it; anything else in a log is a bug. */
function isExpected(error: string): boolean {
	return error.includes("SimulatedError") || waitedLongEnough.test(error);
}

function isSimulated(error: unknown): boolean {
	if (error instanceof AggregateError) return error.errors.every(isSimulated);
	if (!(error instanceof Error)) return false;
	return error.name === "SimulatedError" || waitedLongEnough.test(String(error));
}
