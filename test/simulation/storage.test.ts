import { describe, expect, it } from "vitest";
import migrations from "../../drizzle/run-coordinator/migrations/migrations.js";
import { isEmptyStorage, migrateStorage } from "../../durable-objects/migrate.ts";
import { SimulatedStorage } from "./storage.ts";

const storageWithTables = async () => {
	const storage = new SimulatedStorage("run", 'insert into "run"', () => undefined);
	await migrateStorage(storage, migrations);
	return storage;
};
const ask = (storage: SimulatedStorage) => storage.sql.exec("SELECT * FROM run").toArray();

describe("a simulated object's storage", () => {
	it("has no tables before somebody makes some, also where others had theirs", async () => {
		(await storageWithTables()).release();
		const storage = new SimulatedStorage("run", 'insert into "run"', () => undefined);
		expect(isEmptyStorage(storage)).toBe(true);
		expect(() => ask(storage)).toThrow("no such table: run");
		expect(isEmptyStorage(storage)).toBe(true);
		await migrateStorage(storage, migrations);
		expect(ask(storage)).toEqual([]);
	});

	it("has none after it was wiped, whoever still asks, until somebody makes them again", async () => {
		const storage = await storageWithTables();
		expect(ask(storage)).toEqual([]);
		storage.wipe();
		expect(() => ask(storage)).toThrow("no such table: run");
		expect(() => storage.sql.exec("UPDATE tasks SET attempts = 1")).toThrow("no such table: tasks");
		expect(isEmptyStorage(storage)).toBe(true);
		await migrateStorage(storage, migrations);
		expect(ask(storage)).toEqual([]);
	});
});
