import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { openDatabase } from "./shared-statements.ts";
import type { ObjectStorage, SqlValue, StorageCursor } from "./storage.ts";

/** What drizzle-kit writes beside an object's migrations (`migrations.js`), the SQL as text. */
export interface Migrations {
	readonly journal: {
		readonly entries: readonly {
			readonly idx: number;
			readonly when: number;
			readonly tag: string;
			readonly breakpoints: boolean;
		}[];
	};
	/** `m0000` and so on, one for each entry of the journal. */
	readonly migrations: Readonly<Record<string, string>>;
}

/**
 * Brings an object's tables up to date; writes nothing when they are.
 *
 * Either all of it happens or none. Rejects with the statement that failed and the database's own words:
 * drizzle's migrator rolls back by throwing, and what it throws has lost both.
 */
export async function migrateStorage(
	storage: ObjectStorage,
	{ journal, migrations }: Migrations,
): Promise<void> {
	const watched = new WatchedStorage(storage);
	const database = openDatabase(watched);
	try {
		await migrate(database, {
			journal: { entries: [...journal.entries] },
			migrations: { ...migrations },
		});
	} catch (error) {
		throw watched.failure ?? error;
	}
}

/** Whether nobody has made a table in this object yet; asking makes none. */
export function isEmptyStorage(storage: ObjectStorage): boolean {
	// The platform keeps tables of its own in the same file, such as `_cf_METADATA` once an alarm was set.
	const [row] = storage.sql
		.exec<{ tables: number }>(
			`SELECT count(*) AS tables FROM sqlite_master
			WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'`,
		)
		.toArray();
	return row?.tables === 0;
}

class WatchedStorage implements ObjectStorage {
	readonly #storage: ObjectStorage;
	failure: Error | undefined;

	constructor(storage: ObjectStorage) {
		this.#storage = storage;
	}

	readonly sql = {
		exec: <Row extends Record<string, SqlValue>>(
			query: string,
			...bindings: unknown[]
		): StorageCursor<Row> => {
			try {
				return this.#storage.sql.exec<Row>(query, ...bindings);
			} catch (error) {
				const reason = error instanceof Error ? error.message : String(error);
				this.failure ??= new Error(`A migration failed (${reason}) at: ${query.trim()}`, {
					cause: error,
				});
				throw error;
			}
		},
	};

	transactionSync<T>(closure: () => T): T {
		return this.#storage.transactionSync(closure);
	}
}
