import migrations from "../../drizzle/run-scheduler/migrations/migrations.js";
import type { JobName } from "../../src/domain/ids.ts";
import { runIncidentKinds } from "../../src/domain/run-judgement.ts";
import { nextSlot, previousSlots } from "../../src/domain/schedule.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { incidentsMax } from "../../src/limits.ts";
import { migrateStorage } from "../migrate.ts";
import { ObjectAlarm } from "../object-alarm.ts";
import type {
	CronEvent,
	IncidentsView,
	JobScheduleView,
	PauseRequest,
	SchedulerApi,
	ScheduleView,
	SlotDuty,
	UnknownJob,
} from "./api.ts";
import type { SchedulerContext } from "./context.ts";
import { closeIncident, openIncident } from "./incident-book.ts";
import { sendDeliveries } from "./outbox.ts";
import type { SchedulerPorts } from "./ports.ts";
import { hearSeal, isLedgerDue, lookAfterRuns } from "./run-watch.ts";
import { viewIncidents, viewJob, viewSchedule } from "./schedule-view.ts";
import { dueSlots } from "./slot-accounts.ts";
import { keepSlots } from "./slot-keeping.ts";
import { isPaused, settleChange, settlePause } from "./slot-skipping.ts";
import { confirmStarts } from "./slot-starting.ts";
import { SchedulerStore } from "./store.ts";

/**
 * Which slots had their run. Cron and alarm each can start one, and each notices when the other is dead; requests
 * notice when the alarm is.
 *
 * 1. The cron comes: its slot is run now, unless the run before is open or the schedule is paused.
 * 2. The alarm rings CRON_GRACE_SECONDS after each slot: if the slot has no account yet, it is decided then.
 * 3. The alarm also asks open runs whether they are alive, and sends what is to be told.
 * 4. Sealed runs report here; what is wrong becomes an incident, told once when it begins and once when it is over.
 */
const unknownJob: UnknownJob = { kind: "unknown_job" };
const restMs = 1_000;
const proofEveryMs = 60_000;
const dayMs = 86_400_000;
const keptMs = 90 * dayMs;

export class Scheduler implements SchedulerApi {
	readonly #ports: SchedulerPorts;
	readonly #store: SchedulerStore;
	readonly #context: SchedulerContext;
	readonly #alarm: ObjectAlarm;
	/** The look at the alarm that is under way; all who come meanwhile wait for it. */
	#checking: Promise<void> | null = null;

	constructor(ports: SchedulerPorts) {
		this.#ports = ports;
		this.#store = new SchedulerStore(ports.storage);
		this.#alarm = new ObjectAlarm(ports, () => this.#nextWakeAtMs(), restMs);
		this.#context = { ports, store: this.#store, alarm: this.#alarm };
	}

	/** To be awaited before anything else. */
	prepare(): Promise<void> {
		return migrateStorage(this.#ports.storage, migrations);
	}

	async cronCame({ cron, scheduledAtMs }: CronEvent): Promise<void> {
		await this.#checkAlarm();
		this.#store.atomically(() => {
			this.#store.saveProof("cron", this.#ports.nowMs());
			closeIncident(this.#context, "cron_dead", "");
		});
		const due = this.#store.listSchedules().filter((schedule) => schedule.cron === cron);
		if (due.length === 0) this.#ports.log("error", "cron_without_job", { cron });
		for (const schedule of due) {
			// Off the grid, as when fired by hand, it stands for the newest slot.
			const [slotAtMs = null] = previousSlots(cron, scheduledAtMs, 1);
			await keepSlots(this.#context, schedule, slotAtMs);
		}
	}

	async look(): Promise<void> {
		await this.#checkAlarm();
		const nowMs = this.#ports.nowMs();
		if (this.#store.isOlder("http", proofEveryMs, nowMs)) this.#store.saveProof("http", nowMs);
		if (isLedgerDue(this.#context)) this.#alarm.wakeAt(nowMs);
	}

	async runSealed(summary: Summary): Promise<void> {
		await this.#checkAlarm();
		hearSeal(this.#context, summary);
	}

	async schedule(): Promise<ScheduleView> {
		await this.#checkAlarm();
		return viewSchedule(this.#context, await this.#ports.getAlarm());
	}

	async incidents(pastMax: number = incidentsMax): Promise<IncidentsView> {
		await this.#checkAlarm();
		return viewIncidents(this.#context, pastMax);
	}

	async pause({ job, untilMs, reason }: PauseRequest): Promise<JobScheduleView | UnknownJob> {
		await this.#checkAlarm();
		const schedule = this.#store.findSchedule(job);
		if (schedule === undefined) return unknownJob;
		const nowMs = this.#ports.nowMs();
		const pausedAtMs = isPaused(schedule, nowMs) ? schedule.pausedAtMs : nowMs;
		const paused = { ...schedule, pausedAtMs, pausedUntilMs: untilMs, pauseReason: reason };
		this.#store.atomically(() => {
			settlePause(this.#context, schedule);
			this.#store.saveSchedule(paused);
		});
		this.#ports.log("info", "schedule_paused", { job, untilMs, reason });
		return viewJob(this.#context, paused);
	}

	async resume(job: JobName): Promise<JobScheduleView | UnknownJob> {
		await this.#checkAlarm();
		const schedule = this.#store.findSchedule(job);
		if (schedule === undefined) return unknownJob;
		const resumed = { ...schedule, pausedAtMs: null, pausedUntilMs: null, pauseReason: null };
		this.#store.atomically(() => {
			settlePause(this.#context, schedule);
			this.#store.saveSchedule(resumed);
		});
		this.#ports.log("info", "schedule_resumed", { job });
		return viewJob(this.#context, resumed);
	}

	async dutyOf(job: JobName, slotAtMs: number): Promise<SlotDuty> {
		await this.#checkAlarm();
		const schedule = this.#store.findSchedule(job);
		const account = this.#store.findSlot(job, slotAtMs)?.account;
		if (account === "paused") return "paused";
		const isExpected = schedule !== undefined && slotAtMs > schedule.expectedSinceMs;
		return isExpected || account !== undefined ? "expected" : "unknown";
	}

	/** Never throws: the platform would retry six times and then never again. */
	async onAlarm(): Promise<void> {
		await this.#alarm.ring(async () => {
			this.#store.atomically(() => {
				this.#keepSchedules();
				this.#store.saveProof("alarm", this.#ports.nowMs());
				closeIncident(this.#context, "alarm_dead", "");
			});
			// One thing's trouble is not another's: what can be told is told while a coordinator cannot be reached.
			const done = await Promise.allSettled([
				this.#keepAllSlots(),
				lookAfterRuns(this.#context),
				sendDeliveries(this.#context),
			]);
			this.#forgetDaily();
			const failed = done.filter((step) => step.status === "rejected");
			if (failed.length > 0) throw new AggregateError(failed.map((step) => step.reason));
		});
	}

	async #keepAllSlots(): Promise<void> {
		await confirmStarts(this.#context);
		for (const schedule of this.#store.listSchedules()) {
			await keepSlots(this.#context, schedule, null);
		}
	}

	/** Not with each ring: it reads all that is kept, and the Free plan's reads of a day are numbered. */
	#forgetDaily(): void {
		const nowMs = this.#ports.nowMs();
		if (!this.#store.isOlder("forget", dayMs, nowMs)) return;
		this.#store.saveProof("forget", nowMs);
		this.#store.forget(nowMs - keptMs, nowMs - dayMs);
	}

	/** Sets the alarm again if it is dead, and then says so, unless it is the very first time. */
	#checkAlarm(): Promise<void> {
		this.#checking ??= this.#check().finally(() => {
			this.#checking = null;
		});
		return this.#checking;
	}

	async #check(): Promise<void> {
		const isNew = this.#store.listSchedules().length === 0;
		const isChanged = this.#store.atomically(() => this.#keepSchedules());
		const wasDead = await this.#alarm.revive();
		// One that lives was set for the slots as they were.
		if (isChanged) this.#alarm.wakeAt(this.#nextWakeAtMs() ?? Number.POSITIVE_INFINITY);
		if (!wasDead || isNew) return;
		const lastSeenAtMs = this.#store.findProof("alarm");
		openIncident(this.#context, {
			kind: "alarm_dead",
			job: "",
			evidence: lastSeenAtMs === null ? {} : { lastSeenAtMs },
		});
	}

	/**
	 * The jobs of this deployment decide which slots are expected, from now on.
	 * @returns whether that is anything new
	 */
	#keepSchedules(): boolean {
		let isChanged = false;
		const known = new Map(this.#store.listSchedules().map((row) => [row.job, row]));
		for (const { name: job, schedule } of this.#ports.jobs.values()) {
			const row = known.get(job);
			known.delete(job);
			if (schedule.kind !== "cron" || row?.cron === schedule.cron) continue;
			isChanged = true;
			if (row !== undefined) settleChange(this.#context, row, schedule.cron);
			const pause = {
				pausedAtMs: row?.pausedAtMs ?? null,
				pausedUntilMs: row?.pausedUntilMs ?? null,
				pauseReason: row?.pauseReason ?? null,
			};
			const expectedSinceMs = this.#ports.nowMs();
			this.#store.saveSchedule({ job, cron: schedule.cron, expectedSinceMs, ...pause });
		}
		for (const job of known.keys()) {
			this.#store.deleteSchedule(job);
			// No run and no slot of it will come that could be the end of them.
			for (const kind of [...runIncidentKinds, "slot_late", "slot_missed"] as const) {
				closeIncident(this.#context, kind, job);
			}
		}
		return isChanged;
	}

	/** When something can happen next; null when nothing can. */
	#nextWakeAtMs(): number | null {
		const nowMs = this.#ports.nowMs();
		const { cronGraceMs } = this.#ports.config;
		const wakes = this.#store.listSchedules().flatMap((schedule) => {
			const [newest] = dueSlots(this.#context, schedule);
			const next = nextSlot(schedule.cron, nowMs) + cronGraceMs;
			if (newest === undefined) return [next];
			const postponed = this.#store.findSlot(schedule.job, newest)?.tryAgainAtMs;
			return [next, postponed ?? newest + cronGraceMs];
		});
		for (const slot of this.#store.listUnstarted()) wakes.push(slot.tryAgainAtMs ?? nowMs);
		for (const atMs of [this.#store.firstLookAtMs(), this.#store.incidents.firstDeliveryAtMs()]) {
			if (atMs !== null) wakes.push(atMs);
		}
		return wakes.length === 0 ? null : Math.max(nowMs, Math.min(...wakes));
	}
}
