import { type DrizzleSqliteDODatabase, drizzle } from "drizzle-orm/durable-sqlite";
import type { ObjectStorage } from "./storage.ts";

/** drizzle on an object's storage. Its type wants the whole DurableObjectStorage; it uses what ObjectStorage has. */
export function openDatabase(storage: ObjectStorage): DrizzleSqliteDODatabase {
	return drizzle(storage as unknown as Parameters<typeof drizzle>[0]);
}

/**
 * Statements whose SQL is built once an isolate, and not by each of its objects each time: building one takes longer
 * than running it.
 *
 * @param prepare is called at the first use
 * @returns gives the statements, for this storage. Run what is asked of them before anything else is: they are the next
 *   object's then. All of it is synchronous, so nobody comes in between.
 */
export function shareStatements<Statements>(
	prepare: (db: DrizzleSqliteDODatabase) => Statements,
): (storage: ObjectStorage) => Statements {
	let current: ObjectStorage;
	let statements: Statements | undefined;
	const turn: ObjectStorage = {
		sql: { exec: (query, ...bindings) => current.sql.exec(query, ...bindings) },
		transactionSync: (closure) => current.transactionSync(closure),
	};
	return (storage) => {
		current = storage;
		statements ??= prepare(openDatabase(turn));
		return statements;
	};
}
