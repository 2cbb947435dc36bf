import { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, lte, min, ne, sql } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-scheduler/schema.ts";
import type { JobName, RunId } from "../../src/domain/ids.ts";
import { openDatabase, shareStatements } from "../shared-statements.ts";
import type { ObjectStorage } from "../storage.ts";
import { IncidentStore } from "./incident-store.ts";

/** The scheduler's rows: reads and writes, synchronous, and decides nothing. */
export type ScheduleRow = typeof schema.schedules.$inferSelect;
export type SlotRow = typeof schema.slots.$inferSelect;
export type RunRow = typeof schema.runs.$inferSelect;
export type ProofKind = (typeof schema.proofs.$inferSelect)["kind"];

export class SchedulerStore {
	readonly #storage: ObjectStorage;
	readonly #db: DrizzleSqliteDODatabase;
	readonly incidents: IncidentStore;

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
		this.#db = openDatabase(storage);
		this.incidents = new IncidentStore(storage);
	}

	get #statements() {
		return statementsOf(this.#storage);
	}

	/** All or nothing: an error inside leaves the rows as they were. */
	atomically<T>(step: () => T): T {
		return this.#storage.transactionSync(step);
	}

	listSchedules(): ScheduleRow[] {
		return this.#statements.schedules.all();
	}

	findSchedule(job: JobName): ScheduleRow | undefined {
		return this.#statements.schedule.get({ job });
	}

	saveSchedule(row: ScheduleRow): void {
		const { job, ...set } = row;
		this.#db
			.insert(schema.schedules)
			.values(row)
			.onConflictDoUpdate({ target: schema.schedules.job, set })
			.run();
	}

	deleteSchedule(job: JobName): void {
		this.#db.delete(schema.schedules).where(eq(schema.schedules.job, job)).run();
	}

	findSlot(job: JobName, slotAtMs: number): SlotRow | undefined {
		return this.#statements.slot.get({ job, slotAtMs });
	}

	/** Newest first. */
	listSlots(job: JobName, limit: number): SlotRow[] {
		return this.#db
			.select()
			.from(schema.slots)
			.where(eq(schema.slots.job, job))
			.orderBy(desc(schema.slots.slotAtMs))
			.limit(limit)
			.all();
	}

	/** Slots of the job at or after `fromMs` that have their account. */
	listDecided(job: JobName, fromMs: number): number[] {
		return this.#statements.decided.all({ job, fromMs }).map(({ slotAtMs }) => slotAtMs);
	}

	/** The newest slot before this one that has a run. */
	findRunSlotBefore(job: JobName, slotAtMs: number): SlotRow | undefined {
		return this.#statements.runSlotBefore.get({ job, slotAtMs });
	}

	/** Slots whose run has not confirmed its start and was not given up, oldest first. */
	listUnstarted(): SlotRow[] {
		return this.#statements.unstarted.all();
	}

	saveSlot(row: SlotRow): void {
		const { job, slotAtMs, ...set } = row;
		this.#db
			.insert(schema.slots)
			.values(row)
			.onConflictDoUpdate({ target: [schema.slots.job, schema.slots.slotAtMs], set })
			.run();
	}

	findRun(runId: RunId): RunRow | undefined {
		return this.#statements.run.get({ runId });
	}

	saveRun(row: RunRow): void {
		const { runId, ...set } = row;
		this.#db
			.insert(schema.runs)
			.values(row)
			.onConflictDoUpdate({ target: schema.runs.runId, set })
			.run();
	}

	/** Runs to be looked at now, longest due first. */
	listLooks(nowMs: number, limit: number): RunRow[] {
		return this.#statements.looks.all({ nowMs, limit });
	}

	/** Sealed runs of slots that started later, oldest first. */
	listSealedAfter(job: JobName, startedAtMs: number): RunRow[] {
		const { runs } = schema;
		return this.#db
			.select()
			.from(runs)
			.where(
				and(
					eq(runs.job, job),
					gt(runs.startedAtMs, startedAtMs),
					isNotNull(runs.sealedAtMs),
					isNotNull(runs.slotAtMs),
				),
			)
			.orderBy(asc(runs.startedAtMs))
			.all();
	}

	findProof(kind: ProofKind): number | null {
		return this.#statements.proof.get({ kind })?.atMs ?? null;
	}

	/** Whether it did not come within `everyMs`. One from the future, of a clock that was ahead, is none. */
	isOlder(kind: ProofKind, everyMs: number, nowMs: number): boolean {
		const atMs = this.findProof(kind);
		return atMs === null || atMs > nowMs || nowMs - atMs >= everyMs;
	}

	saveProof(kind: ProofKind, atMs: number): void {
		this.#statements.saveProof.run({ kind, atMs });
	}

	/** When the next run is to be looked at; null for none. */
	firstLookAtMs(): number | null {
		return this.#statements.firstLook.get()?.atMs ?? null;
	}

	/** Deletes what is older than anybody asks for; heartbeats sooner, of which only the last one is asked for. */
	forget(olderThanMs: number, heartbeatsOlderThanMs: number): void {
		const { runs } = schema;
		this.#db
			.delete(runs)
			.where(and(lt(runs.startedAtMs, olderThanMs), isNull(runs.nextLookAtMs)))
			.run();
		this.incidents.forget(olderThanMs, heartbeatsOlderThanMs);
	}

	/** Keeps the newest slots of a job. */
	forgetSlots(job: JobName, keep: number): void {
		const { slots } = schema;
		const [oldest] = this.#db
			.select({ slotAtMs: slots.slotAtMs })
			.from(slots)
			.where(eq(slots.job, job))
			.orderBy(desc(slots.slotAtMs))
			.limit(1)
			.offset(keep - 1)
			.all();
		if (oldest === undefined) return;
		this.#db
			.delete(slots)
			.where(and(eq(slots.job, job), lt(slots.slotAtMs, oldest.slotAtMs)))
			.run();
	}
}

/** What each ring of the alarm asks. */
const statementsOf = shareStatements((db) => {
	const { proofs, runs, schedules, slots } = schema;
	const { placeholder } = sql;
	const fromSlots = () => db.select().from(slots);
	const ofJob = eq(slots.job, placeholder("job"));
	const slotAtMs = placeholder("slotAtMs");
	return {
		schedules: db.select().from(schedules).orderBy(asc(schedules.job)).prepare(),
		schedule: db
			.select()
			.from(schedules)
			.where(eq(schedules.job, placeholder("job")))
			.prepare(),
		slot: fromSlots()
			.where(and(ofJob, eq(slots.slotAtMs, slotAtMs)))
			.prepare(),
		decided: db
			.select({ slotAtMs: slots.slotAtMs })
			.from(slots)
			.where(and(ofJob, gte(slots.slotAtMs, placeholder("fromMs")), ne(slots.account, "due")))
			.prepare(),
		runSlotBefore: fromSlots()
			.where(and(ofJob, lt(slots.slotAtMs, slotAtMs), isNotNull(slots.runId)))
			.orderBy(desc(slots.slotAtMs))
			.limit(1)
			.prepare(),
		unstarted: fromSlots()
			.where(and(isNotNull(slots.runId), isNull(slots.startedAtMs), ne(slots.account, "missed")))
			.orderBy(asc(slots.slotAtMs))
			.prepare(),
		run: db
			.select()
			.from(runs)
			.where(eq(runs.runId, placeholder("runId")))
			.prepare(),
		looks: db
			.select()
			.from(runs)
			.where(lte(runs.nextLookAtMs, placeholder("nowMs")))
			.orderBy(asc(runs.nextLookAtMs))
			.limit(placeholder("limit"))
			.prepare(),
		firstLook: db
			.select({ atMs: min(runs.nextLookAtMs) })
			.from(runs)
			// Or the index is not used.
			.where(isNotNull(runs.nextLookAtMs))
			.prepare(),
		proof: db
			.select()
			.from(proofs)
			.where(eq(proofs.kind, placeholder("kind")))
			.prepare(),
		saveProof: db
			.insert(proofs)
			.values({ kind: placeholder("kind"), atMs: placeholder("atMs") })
			.onConflictDoUpdate({ target: proofs.kind, set: { atMs: sql`excluded.at_ms` } })
			.prepare(),
	};
});
