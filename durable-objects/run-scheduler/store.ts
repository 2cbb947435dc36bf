import { and, asc, desc, eq, gt, isNotNull, isNull, lt, lte, min, ne, sql } from "drizzle-orm";
import { type DrizzleSqliteDODatabase, drizzle } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-scheduler/schema.ts";
import type { JobName, RunId } from "../../src/domain/ids.ts";
import type { IncidentKind } from "../../src/domain/incident.ts";
import type { ObjectStorage } from "../storage.ts";

/** The scheduler's rows: reads and writes, synchronous, and decides nothing. */
export type ScheduleRow = typeof schema.schedules.$inferSelect;
export type SlotRow = typeof schema.slots.$inferSelect;
export type RunRow = typeof schema.runs.$inferSelect;
export type ProofKind = (typeof schema.proofs.$inferSelect)["kind"];
export type IncidentRow = typeof schema.incidents.$inferSelect;
export type DeliveryRow = typeof schema.deliveries.$inferSelect;

export class SchedulerStore {
	readonly #storage: ObjectStorage;
	readonly #db: DrizzleSqliteDODatabase;

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
		// drizzle's type wants the whole DurableObjectStorage; it uses what ObjectStorage has.
		this.#db = drizzle(storage as unknown as Parameters<typeof drizzle>[0]);
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

	findOpenIncident(kind: IncidentKind, job: JobName | ""): IncidentRow | undefined {
		const { incidents } = schema;
		return this.#db
			.select()
			.from(incidents)
			.where(and(eq(incidents.kind, kind), eq(incidents.job, job), isNull(incidents.closedAtMs)))
			.get();
	}

	findIncident(incidentId: string): IncidentRow | undefined {
		const { incidents } = schema;
		return this.#db.select().from(incidents).where(eq(incidents.incidentId, incidentId)).get();
	}

	/** Newest first. */
	listIncidents(open: boolean, limit: number): IncidentRow[] {
		const { incidents } = schema;
		return this.#db
			.select()
			.from(incidents)
			.where(open ? isNull(incidents.closedAtMs) : isNotNull(incidents.closedAtMs))
			.orderBy(desc(incidents.openedAtMs), desc(incidents.incidentId))
			.limit(limit)
			.all();
	}

	saveIncident(row: IncidentRow): void {
		const { incidentId, ...set } = row;
		this.#db
			.insert(schema.incidents)
			.values(row)
			.onConflictDoUpdate({ target: schema.incidents.incidentId, set })
			.run();
	}

	/** What is there already stays as it is: the same thing is never told twice. */
	addDelivery(row: DeliveryRow): void {
		this.#db.insert(schema.deliveries).values(row).onConflictDoNothing().run();
	}

	findDelivery(messageId: string, channel: DeliveryRow["channel"]): DeliveryRow | undefined {
		const { deliveries } = schema;
		return this.#db
			.select()
			.from(deliveries)
			.where(and(eq(deliveries.messageId, messageId), eq(deliveries.channel, channel)))
			.get();
	}

	updateDelivery(row: DeliveryRow): void {
		const { deliveries } = schema;
		const { messageId, channel, ...set } = row;
		this.#db
			.update(deliveries)
			.set(set)
			.where(and(eq(deliveries.messageId, messageId), eq(deliveries.channel, channel)))
			.run();
	}

	listDeliveries(incidentId: string): DeliveryRow[] {
		const { deliveries } = schema;
		return this.#db
			.select()
			.from(deliveries)
			.where(eq(deliveries.incidentId, incidentId))
			.orderBy(asc(deliveries.createdAtMs), asc(deliveries.channel))
			.all();
	}

	findNewestHeartbeat(): DeliveryRow | undefined {
		const { deliveries } = schema;
		return this.#db
			.select()
			.from(deliveries)
			// Written out, not bound: SQLite takes a partial index only for the very condition it was made with.
			.where(sql`${deliveries.channel} = 'heartbeat'`)
			.orderBy(desc(deliveries.createdAtMs), desc(deliveries.messageId))
			.limit(1)
			.get();
	}

	/** Longest due first. */
	listDueDeliveries(nowMs: number, limit: number): DeliveryRow[] {
		const { deliveries } = schema;
		return this.#db
			.select()
			.from(deliveries)
			.where(lte(deliveries.nextAttemptAtMs, nowMs))
			.orderBy(asc(deliveries.nextAttemptAtMs), asc(deliveries.createdAtMs))
			.limit(limit)
			.all();
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

	firstDeliveryAtMs(): number | null {
		const { deliveries } = schema;
		const [row] = this.#db
			.select({ atMs: min(deliveries.nextAttemptAtMs) })
			.from(deliveries)
			.where(isNotNull(deliveries.nextAttemptAtMs))
			.all();
		return row?.atMs ?? null;
	}

	/** Deletes what is older than anybody asks for; heartbeats sooner, as nobody asks for them at all. */
	forget(olderThanMs: number, heartbeatsOlderThanMs: number): void {
		const { runs, incidents, deliveries } = schema;
		this.#db
			.delete(runs)
			.where(and(lt(runs.startedAtMs, olderThanMs), isNull(runs.nextLookAtMs)))
			.run();
		this.#db.delete(incidents).where(lt(incidents.closedAtMs, olderThanMs)).run();
		this.#db
			.delete(deliveries)
			.where(and(lt(deliveries.createdAtMs, olderThanMs), isNull(deliveries.nextAttemptAtMs)))
			.run();
		this.#db
			.delete(deliveries)
			.where(
				and(
					eq(deliveries.channel, "heartbeat"),
					lt(deliveries.createdAtMs, heartbeatsOlderThanMs),
					isNull(deliveries.nextAttemptAtMs),
				),
			)
			.run();
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
