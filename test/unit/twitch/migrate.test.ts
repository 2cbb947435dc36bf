import { expect, test } from "vitest";
import { isEmptyStorage, migrateStorage } from "../../../durable-objects/migrate.ts";
import { SqliteStorage } from "../../support/sqlite-storage.ts";

function migrationsOf(...files: string[]) {
	return {
		journal: {
			entries: files.map((_, idx) => ({ idx, when: idx + 1, tag: `000${idx}`, breakpoints: true })),
		},
		migrations: Object.fromEntries(files.map((file, idx) => [`m000${idx}`, file])),
	};
}

const first =
	"CREATE TABLE a (id text PRIMARY KEY) STRICT, WITHOUT ROWID;\n--> statement-breakpoint\nCREATE INDEX a_by_id ON a (id);";

test("asking whether an object is empty makes nothing in it", () => {
	const storage = new SqliteStorage();
	expect(isEmptyStorage(storage)).toBe(true);
	expect(storage.sql.exec("SELECT * FROM sqlite_master").toArray()).toEqual([]);
});

test("the platform's own tables make an object no less empty", () => {
	const storage = new SqliteStorage();
	storage.sqlite.exec("CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)");
	expect(isEmptyStorage(storage)).toBe(true);
});

test("tables are made once, later migrations are added, and a second time writes nothing", async () => {
	const storage = new SqliteStorage();
	await migrateStorage(storage, migrationsOf(first));
	storage.sql.exec("INSERT INTO a VALUES ('kept')");
	const next = migrationsOf(first, "ALTER TABLE a ADD COLUMN b text;");
	await migrateStorage(storage, next);
	const before = storage.sql.exec("SELECT total_changes() AS changes").toArray();
	await migrateStorage(storage, next);
	expect(storage.sql.exec("SELECT total_changes() AS changes").toArray()).toEqual(before);
	expect(storage.sql.exec("SELECT * FROM a").toArray()).toEqual([{ id: "kept", b: null }]);
	expect(isEmptyStorage(storage)).toBe(false);
});

test("a migration that fails names its statement and the reason, and leaves nothing behind", async () => {
	const storage = new SqliteStorage();
	const broken = migrationsOf(
		first,
		"CREATE TABLE c (id text);--> statement-breakpoint\nDROP TABLE d;",
	);
	await expect(migrateStorage(storage, broken)).rejects.toThrow(
		/no such table: d.*at: DROP TABLE d;/s,
	);
	expect(isEmptyStorage(storage)).toBe(true);
});

test("a migration that the journal names and nobody brought is named", async () => {
	const lacking = { ...migrationsOf(first), migrations: {} };
	await expect(migrateStorage(new SqliteStorage(), lacking)).rejects.toThrow("0000");
});
