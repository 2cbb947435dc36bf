import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Database, Statement, StatementResult } from "../../src/ledger/database.ts";
import { readMigrations } from "./migrations.ts";

/**
 * D1 on `node:sqlite`: the port's three methods, in memory, with D1's promise that a batch is one transaction.
 */
export class SqliteDatabase implements Database {
	readonly sqlite = new DatabaseSync(":memory:");
	/** Set to make the next calls fail as D1 does when it is down; the statements then do not run. */
	failure: Error | null = null;
	/** What was prepared, oldest first. */
	readonly queries: string[] = [];

	static migrated(): SqliteDatabase {
		const database = new SqliteDatabase();
		for (const statement of readMigrations("drizzle/d1/migrations")) {
			database.sqlite.exec(statement);
		}
		return database;
	}

	prepare(query: string): Statement {
		this.queries.push(query);
		return new SqliteStatement(this, query, []);
	}

	async batch<Row>(statements: Statement[]): Promise<StatementResult<Row>[]> {
		await Promise.resolve();
		if (this.failure !== null) throw this.failure;
		this.sqlite.exec("BEGIN IMMEDIATE");
		try {
			const results = statements.map((statement) => (statement as SqliteStatement).run<Row>());
			this.sqlite.exec("COMMIT");
			return results;
		} catch (error) {
			this.sqlite.exec("ROLLBACK");
			throw error;
		}
	}

	rows<Row = Record<string, unknown>>(query: string, ...values: SQLInputValue[]): Row[] {
		return this.sqlite
			.prepare(query)
			.all(...values)
			.map((row) => ({ ...row })) as Row[];
	}
}

class SqliteStatement implements Statement {
	readonly #database: SqliteDatabase;
	readonly #query: string;
	readonly #values: unknown[];

	constructor(database: SqliteDatabase, query: string, values: unknown[]) {
		this.#database = database;
		this.#query = query;
		this.#values = values;
	}

	bind(...values: unknown[]): Statement {
		return new SqliteStatement(this.#database, this.#query, values);
	}

	async all<Row>(): Promise<StatementResult<Row>> {
		await Promise.resolve();
		if (this.#database.failure !== null) throw this.#database.failure;
		return this.run<Row>();
	}

	run<Row>(): StatementResult<Row> {
		const before = this.#totalChanges();
		const rows = this.#database.sqlite
			.prepare(this.#query)
			.all(...(this.#values as SQLInputValue[])) as Row[];
		return { results: rows, meta: { rows_written: this.#totalChanges() - before } };
	}

	#totalChanges(): number {
		const row = this.#database.sqlite.prepare("SELECT total_changes() AS changes").get();
		return Number(row?.["changes"]);
	}
}
