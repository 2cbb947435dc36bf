import { and, asc, count, eq, gt, inArray, isNotNull, isNull, lte, min, sql } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import * as schema from "../../drizzle/run-coordinator/schema.ts";
import type { ClaimId, TaskId } from "../../src/domain/ids.ts";
import { type Attempt, openTaskStates, type Task, type TaskState } from "../../src/domain/task.ts";
import { bulkParameters } from "../../src/ledger/bulk.ts";
import { openDatabase, shareStatements } from "../shared-statements.ts";
import type { ObjectStorage } from "../storage.ts";

/**
 * The ledger's rows in the object's own SQLite: reads and writes, and decides nothing.
 *
 * All of it is synchronous, so that what is read and written without an `await` between is one step. Tasks go
 * in and out in bulk, as one JSON parameter: an object's SQL takes 100 bound values a statement.
 */
export type RunRow = typeof schema.run.$inferSelect;
export type MessageRow = typeof schema.messages.$inferSelect;

/** Hears of what is saved, inside the step that saves it: it may be rolled back yet. Must not throw. */
export interface StoreWatcher {
	tasksPlanned(): void;
	tasksSaved(tasks: readonly Task[]): void;
	runSaved(): void;
}

export class CoordinatorStore {
	/** Set once, when somebody wants to hear. */
	watcher: StoreWatcher | undefined;
	readonly #storage: ObjectStorage;
	readonly #db: DrizzleSqliteDODatabase;

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
		this.#db = openDatabase(storage);
	}

	get #reads() {
		return readsOf(this.#storage);
	}

	/** All or nothing: an error inside leaves the ledger as it was. */
	atomically<T>(step: () => T): T {
		return this.#storage.transactionSync(step);
	}

	findRun(): RunRow | undefined {
		return this.#reads.run.get();
	}

	insertRun(row: RunRow): void {
		this.#db.insert(schema.run).values(row).run();
	}

	updateRun(change: Partial<RunRow>): void {
		this.#db.update(schema.run).set(change).run();
		this.watcher?.runSaved();
	}

	insertPlannedTasks(taskIds: readonly TaskId[]): void {
		for (const ids of bulkParameters(taskIds)) {
			this.#db.run(sql`
				INSERT INTO tasks (task_id, state, attempts, deferrals, retries, leases_expired, recoveries, warnings)
				SELECT value, 'planned', 0, 0, 0, 0, 0, '[]' FROM json_each(${ids})`);
		}
		this.watcher?.tasksPlanned();
	}

	/** The state of every task, in the order of ids. */
	listStates(): { taskId: TaskId; state: TaskState }[] {
		const { taskId, state } = schema.tasks;
		return this.#db.select({ taskId, state }).from(schema.tasks).orderBy(asc(taskId)).all();
	}

	/** In the order of their ids; unknown ids are left out. */
	findTasks(taskIds: readonly TaskId[]): Task[] {
		return this.#reads.tasks.all({ ids: JSON.stringify(taskIds) });
	}

	saveTasks(tasks: readonly Task[]): void {
		for (const rows of bulkParameters(tasks)) {
			this.#db.run(sql`
				UPDATE tasks SET
					state = next.value ->> 'state',
					attempts = next.value ->> 'attempts',
					deferrals = next.value ->> 'deferrals',
					retries = next.value ->> 'retries',
					leases_expired = next.value ->> 'leasesExpired',
					recoveries = next.value ->> 'recoveries',
					lease_token = next.value ->> 'leaseToken',
					claimed_at_ms = next.value ->> 'claimedAtMs',
					lease_expires_at_ms = next.value ->> 'leaseExpiresAtMs',
					not_before_ms = next.value ->> 'notBeforeMs',
					continuation = next.value ->> 'continuation',
					yield = next.value ->> 'yield',
					error = next.value ->> 'error',
					warnings = next.value ->> 'warnings',
					closed_at_ms = next.value ->> 'closedAtMs'
				FROM json_each(${rows}) AS next
				WHERE tasks.task_id = next.value ->> 'taskId'`);
		}
		if (tasks.length > 0) this.watcher?.tasksSaved(tasks);
	}

	appendAttempts(attempts: readonly Attempt[]): void {
		for (const rows of bulkParameters(attempts)) {
			this.#db.run(sql`
				INSERT INTO attempts (task_id, attempt, claimed_at_ms, ended_at_ms, outcome, error, yield, meters)
				SELECT value ->> 'taskId', value ->> 'attempt', value ->> 'claimedAtMs', value ->> 'endedAtMs',
					value ->> 'outcome', value ->> 'error', value ->> 'yield', value ->> 'meters'
				FROM json_each(${rows})`);
		}
	}

	attemptsOf(taskIds: readonly TaskId[]): Attempt[] {
		return this.#db
			.select()
			.from(schema.attempts)
			.where(
				sql`${schema.attempts.taskId} IN (SELECT value FROM json_each(${JSON.stringify(taskIds)}))`,
			)
			.orderBy(asc(schema.attempts.taskId), asc(schema.attempts.attempt))
			.all();
	}

	/** Those whose turn to be sent comes next: planned, with an id after `after`. */
	nextPlanned(after: TaskId | null, limit: number): TaskId[] {
		return this.#reads.nextPlanned.all({ after: after ?? "", limit }).map((row) => row.taskId);
	}

	/** Tasks whose wait is over, the longest over first. */
	dueTasks(nowMs: number, limit: number): Task[] {
		return this.#reads.dueTasks.all({ nowMs, limit });
	}

	/** When the first wait is over, epoch milliseconds; null when no task waits. */
	firstDueAtMs(): number | null {
		return this.#reads.firstDue.get()?.atMs ?? null;
	}

	/** A page in the order of ids, of some states or of all. */
	pageTasks(after: TaskId | null, limit: number, states?: readonly TaskState[]): Task[] {
		return this.#db
			.select()
			.from(schema.tasks)
			.where(
				and(
					after === null ? undefined : gt(schema.tasks.taskId, after),
					states === undefined ? undefined : inArray(schema.tasks.state, [...states]),
				),
			)
			.orderBy(asc(schema.tasks.taskId))
			.limit(limit)
			.all();
	}

	pageOpenTasks(after: TaskId | null, limit: number): Task[] {
		return this.pageTasks(after, limit, openTaskStates);
	}

	messages(): MessageRow[] {
		return this.#reads.messages.all();
	}

	findMessage(messageNo: number): MessageRow | undefined {
		return this.#reads.message.get({ messageNo });
	}

	/** The lease that was given to this claim, under whatever number. */
	findLease(claimId: ClaimId): MessageRow | undefined {
		return this.#reads.lease.get({ claimId });
	}

	countMessages(): number {
		return this.#reads.inFlight.get()?.messages ?? 0;
	}

	insertMessage(row: MessageRow): void {
		this.#db.insert(schema.messages).values(row).run();
	}

	updateMessage(messageNo: number, change: Partial<MessageRow>): void {
		this.#db
			.update(schema.messages)
			.set(change)
			.where(eq(schema.messages.messageNo, messageNo))
			.run();
	}

	/** The queue has taken these; one that was claimed or replaced meanwhile stays as it is. */
	markSent(messageNos: readonly number[], nowMs: number): void {
		this.#db
			.update(schema.messages)
			.set({ sentAtMs: nowMs, visibleAtMs: sql`max(${schema.messages.visibleAtMs}, ${nowMs})` })
			.where(
				and(
					isNull(schema.messages.sentAtMs),
					isNull(schema.messages.claimId),
					sql`${schema.messages.messageNo} IN (SELECT value FROM json_each(${JSON.stringify(messageNos)}))`,
				),
			)
			.run();
	}

	deleteMessage(messageNo: number): void {
		this.#db.delete(schema.messages).where(eq(schema.messages.messageNo, messageNo)).run();
	}

	deleteMessages(): void {
		this.#db.delete(schema.messages).run();
	}
}

/** What every claim, report and alarm asks. */
const readsOf = shareStatements((db) => {
	const { messages, run, tasks } = schema;
	const { placeholder } = sql;
	const ids = sql`(SELECT value FROM json_each(${placeholder("ids")}))`;
	const fromTasks = () => db.select().from(tasks);
	const fromMessages = () => db.select().from(messages);
	return {
		run: db.select().from(run).prepare(),
		tasks: fromTasks().where(sql`${tasks.taskId} IN ${ids}`).orderBy(asc(tasks.taskId)).prepare(),
		nextPlanned: db
			.select({ taskId: tasks.taskId })
			.from(tasks)
			.where(and(eq(tasks.state, "planned"), gt(tasks.taskId, placeholder("after"))))
			.orderBy(asc(tasks.taskId))
			.limit(placeholder("limit"))
			.prepare(),
		dueTasks: fromTasks()
			.where(lte(tasks.notBeforeMs, placeholder("nowMs")))
			.orderBy(asc(tasks.notBeforeMs), asc(tasks.taskId))
			.limit(placeholder("limit"))
			.prepare(),
		firstDue: db
			.select({ atMs: min(tasks.notBeforeMs) })
			.from(tasks)
			.where(isNotNull(tasks.notBeforeMs))
			.prepare(),
		messages: fromMessages().orderBy(asc(messages.messageNo)).prepare(),
		message: fromMessages()
			.where(eq(messages.messageNo, placeholder("messageNo")))
			.prepare(),
		lease: fromMessages()
			.where(eq(messages.claimId, placeholder("claimId")))
			.prepare(),
		inFlight: db.select({ messages: count() }).from(messages).prepare(),
	};
});
