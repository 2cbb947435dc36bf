import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { ObjectStorage, SqlValue, StorageCursor } from "../../durable-objects/storage.ts";

/** SQL on node:sqlite whose statements are prepared once: preparing costs more than most of them. */
export class PreparedDatabase {
	readonly sqlite = new DatabaseSync(":memory:");
	readonly #statements = new Map<string, { statement: StatementSync; names: string[] }>();
	/** What triggers of the watch call. */
	violated: (what: string) => void = () => undefined;

	constructor() {
		this.sqlite.function("violated", (what) => {
			this.violated(String(what));
			return null;
		});
	}

	run(
		query: string,
		values: readonly unknown[],
	): { names: string[]; rows: SqlValue[][]; written: number } {
		let known = this.#statements.get(query);
		if (known === undefined) {
			const statement = this.sqlite.prepare(query);
			statement.setReturnArrays(true);
			known = { statement, names: statement.columns().map((column) => column.name) };
			this.#statements.set(query, known);
		}
		const { statement, names } = known;
		if (names.length === 0) {
			const { changes } = statement.run(...(values as SQLInputValue[]));
			return { names, rows: [], written: Number(changes) };
		}
		const rows = statement.all(...(values as SQLInputValue[])) as unknown as SqlValue[][];
		return { names, rows, written: 0 };
	}

	rows<Row = Record<string, unknown>>(query: string, ...values: unknown[]): Row[] {
		const { names, rows } = this.run(query, values);
		return rows.map((row) => toObject(names, row)) as Row[];
	}
}

/** An object's storage. `watch` is told once there are tables with rows, to put its triggers on them. */
export class SimulatedStorage implements ObjectStorage {
	database = new PreparedDatabase();
	readonly #watch: (database: PreparedDatabase) => void;
	readonly #firstRow: string;
	#watched = false;

	/** @param firstRow how the statement begins that follows the migrations */
	constructor(firstRow: string, watch: (database: PreparedDatabase) => void) {
		this.#firstRow = firstRow;
		this.#watch = watch;
	}

	readonly sql = {
		exec: <Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row> => {
			if (!this.#watched && query.startsWith(this.#firstRow)) {
				this.#watched = true;
				this.#watch(this.database);
			}
			const { names, rows, written } = this.database.run(query, bindings);
			const values = rows.values();
			return {
				next: () => {
					const { done, value } = values.next();
					return value === undefined
						? { done: done ?? true }
						: { value: toObject(names, value) as Row };
				},
				toArray: () => rows.map((row) => toObject(names, row)) as Row[],
				raw: () => values,
				rowsRead: rows.length,
				rowsWritten: written,
			};
		},
	};

	transactionSync<T>(closure: () => T): T {
		this.database.run("SAVEPOINT step", []);
		try {
			const value = closure();
			this.database.run("RELEASE step", []);
			return value;
		} catch (error) {
			this.database.run("ROLLBACK TO step", []);
			this.database.run("RELEASE step", []);
			throw error;
		}
	}

	/** As `deleteAll()` does. */
	wipe(): void {
		this.database.sqlite.close();
		this.database = new PreparedDatabase();
		this.#watched = false;
	}

	get isEmpty(): boolean {
		return !this.#watched;
	}

	close(): void {
		this.database.sqlite.close();
	}
}

function toObject(names: readonly string[], row: readonly SqlValue[]): Record<string, SqlValue> {
	const object: Record<string, SqlValue> = {};
	for (let index = 0; index < names.length; index += 1) {
		object[names[index] as string] = row[index] as SqlValue;
	}
	return object;
}
