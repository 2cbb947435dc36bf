import migrations from "../../drizzle/run-coordinator/migrations/migrations.js";
import type { TaskId } from "../../src/domain/ids.ts";
import { moveRun, type RunRequest } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { foldTotals } from "../../src/domain/totals.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";
import type { Log } from "../../src/log.ts";
import { isEmptyStorage, migrateStorage } from "../migrate.ts";
import { ObjectAlarm } from "../object-alarm.ts";
import { MeteredStorage } from "../storage.ts";
import { isForgettable, isSettled } from "./after-seal.ts";
import type {
	CancelAnswer,
	ClaimAnswer,
	ClaimRequest,
	CoordinatorApi,
	Report,
	ReportAnswer,
	ReturnAnswer,
	ReturnRequest,
	StartAnswer,
	TaskStates,
	TasksPage,
	TasksRequest,
	UnknownRun,
	UnknownTask,
	WakeAnswer,
} from "./api.ts";
import { cancelRun } from "./cancelling.ts";
import { claimTasks } from "./claims.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { fillMessages, sendMessages } from "./fan-out.ts";
import { foldStates } from "./folds.ts";
import { freePlaces, isDrained, nextWakeAtMs } from "./in-flight.ts";
import { LiveFeed } from "./live.ts";
import { planRun } from "./planning.ts";
import type { CoordinatorPorts } from "./ports.ts";
import { listStates, listTasks, readTask, summarizeRun } from "./reads.ts";
import { hearReport, takeBack } from "./reports.ts";
import { sealRun } from "./sealing.ts";
import { CoordinatorStore, type RunRow } from "./store.ts";
import { sweep } from "./sweep.ts";
import { reachedLimit } from "./task-policy.ts";

/**
 * The ledger of one run while it is open. Owns the run's rows and its alarm; knows nothing of Twitch or clips.
 *
 * 1. `start` writes the run and sets the alarm for now.
 * 2. The alarm plans, sends, sweeps and seals: whatever takes awaiting is done there and nowhere else.
 * 3. Claims and reports are synchronous steps on the rows. They only bring the alarm forward when there is work.
 * 4. Every step ends with an alarm for the next thing that can happen, so a crash anywhere is found by it.
 */
const unknownRun: UnknownRun = { kind: "unknown_run" };

export class Coordinator implements CoordinatorApi {
	readonly #context: CoordinatorContext;
	/** Whether this object holds a run's tables; looked up once, false until `start` made them. */
	#hasTables: boolean;
	readonly #alarm: ObjectAlarm;
	/** What whoever watches is told. */
	readonly live: LiveFeed;

	constructor(ports: CoordinatorPorts) {
		const storage = new MeteredStorage(ports.storage);
		const store = new CoordinatorStore(storage);
		this.#context = { ports, storage, store, reader: new CoordinatorStore(ports.storage) };
		this.#hasTables = !isEmptyStorage(ports.storage);
		this.live = new LiveFeed(this.#context, ports.live, () => this.#look());
		store.watcher = this.live;
		this.#alarm = new ObjectAlarm({ ...ports, log: this.#logOfRun }, () => this.#nextWakeAtMs());
	}

	/** To be awaited before anything else: brings the tables of a run that is there up to date. */
	async prepare(): Promise<void> {
		if (this.#hasTables) await migrateStorage(this.#context.ports.storage, migrations);
	}

	async start(request: RunRequest): Promise<StartAnswer> {
		const { ports, store } = this.#context;
		if (!this.#hasTables) await migrateStorage(ports.storage, migrations);
		this.#hasTables = true;
		// Looked up after the await: another start may have come in between.
		const known = store.findRun();
		if (known !== undefined) {
			this.#alarm.wakeAt(known.deadlineAtMs);
			return { created: false, state: known.state };
		}
		// No await from here on: the run and its alarm come into being together or not at all.
		const nowMs = ports.nowMs();
		store.insertRun(newRun(request, nowMs, ports.config.runDeadlineMs));
		this.#alarm.wakeAt(nowMs);
		ports.log("info", "run_started", { runId: request.runId, trigger: request.trigger });
		return { created: true, state: "planning" };
	}

	async claim(request: ClaimRequest): Promise<ClaimAnswer> {
		const { ports } = this.#context;
		return this.#step(
			(run, nowMs) => claimTasks(this.#context, run, request, nowMs),
			// A claim that finds nothing may have cleared the last message.
			(run, nowMs, { tasks }) =>
				tasks.length > 0 ? nowMs + ports.config.leaseMs : this.#wakeAfterReportMs(run, nowMs),
		);
	}

	async report(report: Report): Promise<ReportAnswer> {
		return this.#step(
			(run, nowMs) => hearReport(this.#context, run, report, nowMs),
			(run, nowMs) => this.#wakeAfterReportMs(run, nowMs),
		);
	}

	async returnMessage(request: ReturnRequest): Promise<ReturnAnswer> {
		return this.#step(
			(run, nowMs) => takeBack(this.#context, run, request, nowMs),
			(run, nowMs, answer) =>
				answer.kind === "returned" && answer.tasks > 0
					? nowMs
					: this.#wakeAfterReportMs(run, nowMs),
		);
	}

	async cancel(): Promise<CancelAnswer> {
		return this.#step(
			(run, nowMs) => cancelRun(this.#context, run, nowMs),
			(_, nowMs) => nowMs,
		);
	}

	async wake(): Promise<WakeAnswer> {
		if (this.#look() === undefined) return unknownRun;
		const woken = await this.#alarm.revive();
		// Looked up after the await: the run may have gone on meanwhile.
		const run = this.#look();
		if (run === undefined) return unknownRun;
		if (woken) this.#context.ports.log("warn", "run_woken", { runId: run.runId, state: run.state });
		const { state, startedAtMs, deadlineAtMs } = run;
		return { kind: "awake", woken, state, startedAtMs, deadlineAtMs, settled: isSettled(run) };
	}

	async summary(): Promise<Summary | UnknownRun> {
		const run = this.#look();
		if (run === undefined) return unknownRun;
		// Fixed once: a sealed run is what its seal says, whatever code reads it.
		if (run.state === "sealed" && run.summary !== null) return JSON.parse(run.summary);
		return summarizeRun(this.#context, run);
	}

	async tasks(request: TasksRequest): Promise<TasksPage | UnknownRun> {
		return this.#look() === undefined ? unknownRun : listTasks(this.#context, request);
	}

	async task(taskId: TaskId): Promise<TaskView | UnknownRun | UnknownTask> {
		return this.#look() === undefined ? unknownRun : readTask(this.#context, taskId);
	}

	async states(): Promise<TaskStates | UnknownRun> {
		return this.#look() === undefined ? unknownRun : listStates(this.#context);
	}

	/** Never throws: the platform would retry six times and then never again. */
	async onAlarm(): Promise<void> {
		if (this.#findRun() === undefined) return;
		await this.#alarm.ring(async () => {
			try {
				await this.#advance();
			} catch (error) {
				// While this one waited, an alarm that came twice has forgotten the run: its tables are missed by nobody.
				if (this.#hasTables) throw error;
			}
		});
	}

	/**
	 * One step on the rows, or nothing at all; then the alarm, if the step made work for it.
	 * @param wakeAtMs when that work is due; the alarm is only ever brought forward
	 */
	#step<T>(
		change: (run: RunRow, nowMs: number) => T,
		wakeAtMs: (run: RunRow, nowMs: number, answer: T) => number,
	): T | UnknownRun {
		const run = this.#findRun();
		if (run === undefined) return unknownRun;
		const { ports, store } = this.#context;
		const nowMs = ports.nowMs();
		const answer = store.atomically(() => change(run, nowMs));
		if (run.state === "running" || run.state === "planning") {
			// A flood of claims and reports makes no work for the alarm, and must find its end all the same.
			const limited = reachedLimit(ports.config, run) !== null;
			this.#alarm.wakeAt(limited ? nowMs : wakeAtMs(run, nowMs, answer));
		}
		return answer;
	}

	/** A report makes places for messages, or waits, or was the last one. */
	#wakeAfterReportMs(run: RunRow, nowMs: number): number {
		const { ports, store } = this.#context;
		const inFlight = store.countMessages();
		const firstDueAtMs = store.firstDueAtMs();
		const room = freePlaces(inFlight, ports.config) > 0;
		if (room && !run.fanOutDone) return nowMs;
		if (room && firstDueAtMs !== null) return firstDueAtMs;
		return isDrained(run, inFlight, firstDueAtMs) ? nowMs : run.deadlineAtMs;
	}

	async #advance(): Promise<void> {
		const { ports, store } = this.#context;
		let run = this.#findRun();
		if (run?.state === "planning" && (run.tryAgainAtMs ?? 0) <= ports.nowMs()) {
			if (!(await planRun(this.#context, run))) return this.#forget();
		}
		if (this.#findRun()?.state === "running") {
			store.atomically(() => this.#sweepAndFill());
			await sendMessages(this.#context);
			store.atomically(() => this.#beginSealing());
		}
		run = this.#findRun();
		if (run?.state === "sealing" && (run.tryAgainAtMs ?? 0) <= ports.nowMs()) {
			if (!(await sealRun(this.#context))) return this.#forget();
		}
		run = this.#findRun();
		if (run?.state === "sealed" && (await isForgettable(this.#context, run))) await this.#forget();
	}

	#sweepAndFill(): void {
		const { ports, store } = this.#context;
		const run = store.findRun();
		if (run?.state !== "running") return;
		const nowMs = ports.nowMs();
		const swept = sweep(this.#context, run, nowMs);
		const filled = fillMessages(this.#context, swept, nowMs);
		saveRun(this.#context, filled, {}, { coordinatorRequests: 1, alarms: 1 });
	}

	/** The rows decide: a run is done when none of them is open, not when a counter says so. */
	#beginSealing(): void {
		const { ports, store } = this.#context;
		const run = store.findRun();
		if (run?.state !== "running") return;
		if (!isDrained(run, store.countMessages(), store.firstDueAtMs())) return;
		const totals = foldTotals(run.plannedTasks ?? 0, foldStates(ports.storage));
		if (totals.open > 0) return;
		const sealing = { state: moveRun(run.state, "sealing"), failures: 0, tryAgainAtMs: null };
		saveRun(this.#context, run, sealing, {});
	}

	async #forget(): Promise<void> {
		this.#hasTables = false;
		try {
			await this.#context.ports.destroy();
		} catch (error) {
			// Still there, so it is tried again: a forgotten object without an alarm would stay for ever.
			this.#hasTables = true;
			throw error;
		}
	}

	/** When the rows want the next alarm; null when there is no run. */
	#nextWakeAtMs(): number | null {
		const run = this.#findRun();
		if (run === undefined) return null;
		const { ports, store } = this.#context;
		const { config } = ports;
		return nextWakeAtMs(run, store.messages(), store.firstDueAtMs(), config, ports.nowMs());
	}

	readonly #logOfRun: Log = (level, event, fields) => {
		const runId = this.#look()?.runId ?? "";
		this.#context.ports.log(level, event, { runId, ...fields });
	};

	/** For whoever looks at the run: not metered. */
	#look(): RunRow | undefined {
		return this.#hasTables ? this.#context.reader.findRun() : undefined;
	}

	#findRun(): RunRow | undefined {
		return this.#hasTables ? this.#context.store.findRun() : undefined;
	}
}

function newRun(request: RunRequest, nowMs: number, runDeadlineMs: number): RunRow {
	return {
		runId: request.runId,
		job: request.job,
		trigger: request.trigger,
		slotAtMs: request.slotAtMs,
		rerunOf: request.rerunOf,
		requestedTaskIds: request.taskIds,
		windowFromMs: request.window?.fromMs ?? null,
		windowToMs: request.window?.toMs ?? null,
		state: "planning",
		startedAtMs: nowMs,
		deadlineAtMs: nowMs + runDeadlineMs,
		plannedTasks: null,
		planningFailure: null,
		fanOutAfter: null,
		fanOutDone: false,
		lastMessageNo: 0,
		claimedMessageNo: 0,
		lastClaimAtMs: null,
		cancelledAtMs: null,
		timedOut: false,
		lateReports: 0,
		duplicateDeliveries: 0,
		meters: { coordinatorRequests: 1 },
		failures: 0,
		tryAgainAtMs: null,
		sealedUpTo: null,
		sealedYield: {},
		summary: null,
		verdict: null,
		sealedAtMs: null,
		confirmedAtMs: null,
		startsAfter: [],
		sealUntold: false,
	};
}
