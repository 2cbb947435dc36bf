/**
 * The part of `ctx.storage` that the objects use. The real one is a `DurableObjectStorage`; tests and the
 * simulation have one on `node:sqlite`. Both run under drizzle's `durable-sqlite` driver.
 */
export interface ObjectStorage {
	readonly sql: {
		exec<Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row>;
	};
	/** All or nothing; the closure must be synchronous. */
	transactionSync<T>(closure: () => T): T;
}

export type SqlValue = ArrayBuffer | string | number | null;

export interface StorageCursor<Row> {
	next(): { done?: boolean; value?: Row | undefined };
	toArray(): Row[];
	raw(): Iterable<unknown[]>;
	readonly rowsRead: number;
	readonly rowsWritten: number;
}

/** Rows read and written since the last `drain`, summed over the cursors of the wrapped storage. */
export class MeteredStorage implements ObjectStorage {
	readonly #storage: ObjectStorage;
	#cursors: { readonly rowsRead: number; readonly rowsWritten: number }[] = [];

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
	}

	readonly sql = {
		exec: <Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row> => {
			const cursor = this.#storage.sql.exec<Row>(query, ...bindings);
			this.#cursors.push(cursor);
			return cursor;
		},
	};

	transactionSync<T>(closure: () => T): T {
		return this.#storage.transactionSync(closure);
	}

	/** A cursor's figures are final once it has been read to its end, so they are summed late. */
	drain(): { rowsRead: number; rowsWritten: number } {
		let rowsRead = 0;
		let rowsWritten = 0;
		for (const cursor of this.#cursors) {
			rowsRead += cursor.rowsRead;
			rowsWritten += cursor.rowsWritten;
		}
		this.#cursors = [];
		return { rowsRead, rowsWritten };
	}
}
