import { and, asc, desc, eq, isNotNull, isNull, lt, lte, min, sql } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-scheduler/schema.ts";
import type { JobName } from "../../src/domain/ids.ts";
import type { IncidentKind } from "../../src/domain/incident.ts";

/** The rows of incidents and of what is told: reads and writes, synchronous, and decides nothing. */
export type IncidentRow = typeof schema.incidents.$inferSelect;
export type DeliveryRow = typeof schema.deliveries.$inferSelect;

export class IncidentStore {
	readonly #db: DrizzleSqliteDODatabase;

	constructor(db: DrizzleSqliteDODatabase) {
		this.#db = db;
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
		return (
			this.#db
				.select()
				.from(deliveries)
				// Written out, not bound: SQLite takes a partial index only for the very condition it was made with.
				.where(sql`${deliveries.channel} = 'heartbeat'`)
				.orderBy(desc(deliveries.createdAtMs), desc(deliveries.messageId))
				.limit(1)
				.get()
		);
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

	firstDeliveryAtMs(): number | null {
		const { deliveries } = schema;
		const [row] = this.#db
			.select({ atMs: min(deliveries.nextAttemptAtMs) })
			.from(deliveries)
			.where(isNotNull(deliveries.nextAttemptAtMs))
			.all();
		return row?.atMs ?? null;
	}

	/** Deletes incidents that were over before then, and what was told before then; heartbeats have a time of their own. */
	forget(olderThanMs: number, heartbeatsOlderThanMs: number): void {
		const { incidents, deliveries } = schema;
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
}
