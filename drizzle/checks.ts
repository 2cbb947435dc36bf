import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** `column IN ('a', 'b')`, so that the database knows the same states as the code. */
export function isOneOf(column: SQLiteColumn, values: readonly string[]): SQL {
	return sql`${column} IN (${sql.raw(values.map((value) => `'${value}'`).join(", "))})`;
}
