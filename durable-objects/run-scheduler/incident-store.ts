import { and, asc, desc, eq, isNotNull, isNull, lt, lte, min, sql } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-scheduler/schema.ts";
import type { JobName } from "../../src/domain/ids.ts";
import type { IncidentKind } from "../../src/domain/incident.ts";
import { openDatabase, shareStatements } from "../shared-statements.ts";
import type { ObjectStorage } from "../storage.ts";

/** The rows of incidents and of what is told: reads and writes, synchronous, and decides nothing. */
export type IncidentRow = typeof schema.incidents.$inferSelect;
export type DeliveryRow = typeof schema.deliveries.$inferSelect;

export class IncidentStore {
	readonly #storage: ObjectStorage;
	readonly #db: DrizzleSqliteDODatabase;

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
		this.#db = openDatabase(storage);
	}

	get #reads() {
		return readsOf(this.#storage);
	}

	findOpenIncident(kind: IncidentKind, job: JobName | ""): IncidentRow | undefined {
		return this.#reads.openIncident.get({ kind, job });
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
		return this.#reads.delivery.get({ messageId, channel });
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
		return this.#reads.dueDeliveries.all({ nowMs, limit });
	}

	firstDeliveryAtMs(): number | null {
		return this.#reads.firstDelivery.get()?.atMs ?? null;
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

/** What each ring of the alarm asks. */
const readsOf = shareStatements((db) => {
	const { deliveries, incidents } = schema;
	const { placeholder } = sql;
	return {
		openIncident: db
			.select()
			.from(incidents)
			.where(
				and(
					eq(incidents.kind, placeholder("kind")),
					eq(incidents.job, placeholder("job")),
					isNull(incidents.closedAtMs),
				),
			)
			.prepare(),
		delivery: db
			.select()
			.from(deliveries)
			.where(
				and(
					eq(deliveries.messageId, placeholder("messageId")),
					eq(deliveries.channel, placeholder("channel")),
				),
			)
			.prepare(),
		dueDeliveries: db
			.select()
			.from(deliveries)
			.where(lte(deliveries.nextAttemptAtMs, placeholder("nowMs")))
			.orderBy(asc(deliveries.nextAttemptAtMs), asc(deliveries.createdAtMs))
			.limit(placeholder("limit"))
			.prepare(),
		firstDelivery: db
			.select({ atMs: min(deliveries.nextAttemptAtMs) })
			.from(deliveries)
			.where(isNotNull(deliveries.nextAttemptAtMs))
			.prepare(),
	};
});
