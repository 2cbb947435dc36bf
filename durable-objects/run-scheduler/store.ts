import { and, asc, desc, eq, gt, isNotNull, isNull, lt, lte, min, ne, sql } from "drizzle-orm";
import { type DrizzleSqliteDODatabase, drizzle } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-scheduler/schema.ts";
import type { JobName, RunId } from "../../src/domain/ids.ts";
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
		// drizzle's type wants the whole DurableObjectStorage; it uses what ObjectStorage has.
		this.#db = drizzle(storage as unknown as Parameters<typeof drizzle>[0]);
		this.incidents = new IncidentStore(this.#db);
	}

	/** All or nothing: an error inside leaves the rows as they were. */
	atomically<T>(step: () => T): T {
		return this.#storage.transactionSync(step);
	}

	listSchedules(): ScheduleRow[] {
		return this.#db.select().from(schema.schedules).orderBy(asc(schema.schedules.job)).all();
	}

	findSchedule(job: JobName): ScheduleRow | undefined {
		return this.#db.select().from(schema.schedules).where(eq(schema.schedules.job, job)).get();
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
		return this.#db
			.select()
			.from(schema.slots)
			.where(and(eq(schema.slots.job, job), eq(schema.slots.slotAtMs, slotAtMs)))
			.get();
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
		const { slots } = schema;
		return this.#db
			.select({ slotAtMs: slots.slotAtMs })
			.from(slots)
			.where(and(eq(slots.job, job), sql`${slots.slotAtMs} >= ${fromMs}`, ne(slots.account, "due")))
			.all()
			.map(({ slotAtMs }) => slotAtMs);
	}

	/** The newest slot before this one that has a run. */
	findRunSlotBefore(job: JobName, slotAtMs: number): SlotRow | undefined {
		const { slots } = schema;
		return this.#db
			.select()
			.from(slots)
			.where(and(eq(slots.job, job), lt(slots.slotAtMs, slotAtMs), isNotNull(slots.runId)))
			.orderBy(desc(slots.slotAtMs))
			.limit(1)
			.get();
	}

	/** Slots whose run has not confirmed its start and was not given up, oldest first. */
	listUnstarted(): SlotRow[] {
		const { slots } = schema;
		return this.#db
			.select()
			.from(slots)
			.where(and(isNotNull(slots.runId), isNull(slots.startedAtMs), ne(slots.account, "missed")))
			.orderBy(asc(slots.slotAtMs))
			.all();
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
		return this.#db.select().from(schema.runs).where(eq(schema.runs.runId, runId)).get();
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
		const { runs } = schema;
		return this.#db
			.select()
			.from(runs)
			.where(lte(runs.nextLookAtMs, nowMs))
			.orderBy(asc(runs.nextLookAtMs))
			.limit(limit)
			.all();
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
		const { proofs } = schema;
		return this.#db.select().from(proofs).where(eq(proofs.kind, kind)).get()?.atMs ?? null;
	}

	/** Whether it did not come within `everyMs`. One from the future, of a clock that was ahead, is none. */
	isOlder(kind: ProofKind, everyMs: number, nowMs: number): boolean {
		const atMs = this.findProof(kind);
		return atMs === null || atMs > nowMs || nowMs - atMs >= everyMs;
	}

	saveProof(kind: ProofKind, atMs: number): void {
		this.#db
			.insert(schema.proofs)
			.values({ kind, atMs })
			.onConflictDoUpdate({ target: schema.proofs.kind, set: { atMs } })
			.run();
	}

	/** When the next run is to be looked at and the next delivery to be tried; null for none. */
	firstLookAtMs(): number | null {
		return (
			this.#db
				.select({ atMs: min(schema.runs.nextLookAtMs) })
				.from(schema.runs)
				// Or the index is not used.
				.where(isNotNull(schema.runs.nextLookAtMs))
				.get()?.atMs ?? null
		);
	}

	/** Deletes what is older than anybody asks for; heartbeats sooner, as nobody asks for them at all. */
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
