import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { ObjectStorage, SqlValue, StorageCursor } from "../../durable-objects/storage.ts";

/**
 * An object's storage on `node:sqlite`, in memory: enough of `ctx.storage` for drizzle's `durable-sqlite` driver.
 */
export class SqliteStorage implements ObjectStorage {
	sqlite = new DatabaseSync(":memory:");

	readonly sql = {
		exec: <Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row> => this.#exec<Row>(query, bindings as SQLInputValue[]),
	};

	transactionSync<T>(closure: () => T): T {
		this.sqlite.exec("SAVEPOINT transaction_sync");
		try {
			const value = closure();
			this.sqlite.exec("RELEASE transaction_sync");
			return value;
		} catch (error) {
			this.sqlite.exec("ROLLBACK TO transaction_sync");
			this.sqlite.exec("RELEASE transaction_sync");
			throw error;
		}
	}

	/** As `deleteAll()` does. */
	wipe(): void {
		this.sqlite.close();
		this.sqlite = new DatabaseSync(":memory:");
	}

	#exec<Row extends Record<string, SqlValue>>(
		query: string,
		bindings: SQLInputValue[],
	): StorageCursor<Row> {
		const changes = () =>
			Number(this.sqlite.prepare("SELECT total_changes() AS changes").get()?.["changes"]);
		const before = changes();
		const statement = this.sqlite.prepare(query);
		const rows = statement.all(...bindings) as Row[];
		const names = statement.columns().map((column) => column.name);
		const rowsWritten = changes() - before;
		const values = rows[Symbol.iterator]();
		return {
			next: () => values.next(),
			toArray: () => rows,
			// An array's iterator has the `toArray` that drizzle calls, as workerd's has.
			raw: () => rows.map((row) => names.map((name) => row[name])).values(),
			rowsRead: rows.length,
			rowsWritten,
		};
	}
}
