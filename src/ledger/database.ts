/**
 * The part of D1 that this project uses, so that the same SQL runs on D1 and, in tests and the simulation, on
 * `node:sqlite`. A `D1Database` is one.
 */
export interface Database {
	prepare(query: string): Statement;
	/** All or nothing, one round trip; answers in order. */
	batch<Row = Record<string, unknown>>(statements: Statement[]): Promise<StatementResult<Row>[]>;
}

export interface Statement {
	bind(...values: unknown[]): Statement;
	all<Row = Record<string, unknown>>(): Promise<StatementResult<Row>>;
}

export interface StatementResult<Row = Record<string, unknown>> {
	results: Row[];
	meta: { rows_read?: number; rows_written?: number };
}

/** What D1 calls used, by the names that the summary's meters have. */
export class DatabaseMeter {
	#queries = 0;
	#rowsRead = 0;
	#rowsWritten = 0;

	/** One round trip, of one statement or a batch. */
	add(results: readonly { meta: { rows_read?: number; rows_written?: number } }[]): void {
		this.#queries += 1;
		for (const { meta } of results) {
			this.#rowsRead += meta.rows_read ?? 0;
			this.#rowsWritten += meta.rows_written ?? 0;
		}
	}

	counts(): { d1Queries: number; d1RowsRead: number; d1RowsWritten: number } {
		return {
			d1Queries: this.#queries,
			d1RowsRead: this.#rowsRead,
			d1RowsWritten: this.#rowsWritten,
		};
	}
}
