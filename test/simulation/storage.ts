import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { ObjectStorage, SqlValue, StorageCursor } from "../../durable-objects/storage.ts";
import type { ClauseId, Violated } from "./clauses.ts";

/** SQL on node:sqlite whose statements are prepared once: preparing costs more than most of them. */
export class PreparedDatabase {
	readonly sqlite = new DatabaseSync(":memory:");
	readonly #statements = new Map<string, { statement: StatementSync; names: string[] }>();
	/** What triggers of the watch call. */
	violated: Violated = () => undefined;
	/** Whose consumer is at work; triggers of the watch ask for it. */
	writer = "";
	/** What triggers of the watch ask for, by name. */
	limits: Readonly<Record<string, number>> = {};
	#tables: string[] = [];

	constructor() {
		this.sqlite.function("violated", (clause, what) => {
			this.violated(String(clause) as ClauseId, String(what));
			return null;
		});
		this.sqlite.function("writer", () => this.writer);
		this.sqlite.function("limit_of", (name) => this.limits[String(name)] ?? 0);
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

	/** All but drizzle's own list of migrations, in the order of their names. */
	get tables(): readonly string[] {
		if (this.#tables.length === 0) {
			this.#tables = this.rows<{ name: string }>(
				"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '__drizzle*' ORDER BY name",
			).map(({ name }) => name);
		}
		return this.#tables;
	}

	/** Every row goes, and nothing is watched. */
	empty(): void {
		this.violated = () => undefined;
		for (const name of this.tables) this.run(`DELETE FROM ${name}`, []);
	}

	rows<Row = Record<string, unknown>>(query: string, ...values: unknown[]): Row[] {
		const { names, rows } = this.run(query, values);
		return rows.map((row) => toObject(names, row)) as Row[];
	}
}

/**
 * Databases of seeds that are over, by what they were for: with their tables, triggers and prepared statements, and
 * without rows. Making one takes longer than a short run.
 */
const spares = new Map<string, PreparedDatabase[]>();

const asksForTables = /FROM sqlite_master/;
const makesTables = /^\s*CREATE TABLE/i;
const firstTable = /\b(?:FROM|INTO|UPDATE)\s+["`]?(\w+)/i;

/**
 * An object's storage. Its database is used again: until somebody makes its tables, which then finds them made, it has
 * none, whoever asks for what.
 */
export class SimulatedStorage implements ObjectStorage {
	readonly database: PreparedDatabase;
	readonly #kind: string;
	readonly #watch: (database: PreparedDatabase) => void;
	readonly #firstRow: string;
	/** `total_changes()` before the first row. */
	rowsBefore = 0;
	#isEmpty = true;
	#hasRows = false;

	/**
	 * @param kind of object
	 * @param firstRow how the statement begins that follows the migrations
	 * @param watch is told of the database once it has its tables
	 */
	constructor(kind: string, firstRow: string, watch: (database: PreparedDatabase) => void) {
		this.#kind = kind;
		this.#firstRow = firstRow;
		this.#watch = watch;
		this.database = this.#take();
	}

	readonly sql = {
		exec: <Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row> => {
			if (this.#isEmpty) {
				if (asksForTables.test(query)) return cursorOf(["tables"], [[0]], 0);
				if (!makesTables.test(query)) throw new Error(`no such table: ${nameTable(query)}`);
				this.#isEmpty = false;
			}
			if (!this.#hasRows && query.startsWith(this.#firstRow)) {
				this.#hasRows = true;
				const [counted] = this.database.rows<{ rows: number }>("SELECT total_changes() AS rows");
				this.rowsBefore = counted?.rows ?? 0;
				this.#watch(this.database);
			}
			const { names, rows, written } = this.database.run(query, bindings);
			return cursorOf<Row>(names, rows, written);
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
		this.database.empty();
		this.#isEmpty = true;
		this.#hasRows = false;
	}

	/** Whether nothing stands in it. */
	get isEmpty(): boolean {
		return !this.#hasRows;
	}

	/** For the next one. */
	release(): void {
		this.database.empty();
		spares.get(this.#kind)?.push(this.database);
	}

	#take(): PreparedDatabase {
		const known = spares.get(this.#kind) ?? [];
		spares.set(this.#kind, known);
		return known.pop() ?? new PreparedDatabase();
	}
}

function nameTable(query: string): string {
	return firstTable.exec(query)?.[1] ?? query;
}

function cursorOf<Row>(
	names: readonly string[],
	rows: readonly SqlValue[][],
	rowsWritten: number,
): StorageCursor<Row> {
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
		rowsWritten,
	};
}

function toObject(names: readonly string[], row: readonly SqlValue[]): Record<string, SqlValue> {
	const object: Record<string, SqlValue> = {};
	for (let index = 0; index < names.length; index += 1) {
		object[names[index] as string] = row[index] as SqlValue;
	}
	return object;
}
