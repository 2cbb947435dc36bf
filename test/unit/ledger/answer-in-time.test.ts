import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answeringInTime } from "../../../src/ledger/answer-in-time.ts";
import type { Database } from "../../../src/ledger/database.ts";
import { withinTime } from "../../../src/time-limit.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** D1 may never answer; whoever asked goes on all the same. */
describe("D1 with a time limit", () => {
	beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
	afterEach(() => vi.useRealTimers());

	const never = () => new Promise<never>(() => undefined);
	const silent: Database = {
		prepare: () => ({ bind: () => silent.prepare(""), all: never }),
		batch: never,
	};

	it("answers as it does without one, bound values, order and all", async () => {
		const plain = SqliteDatabase.migrated();
		const database = answeringInTime(plain, withinTime);
		const insert = database.prepare("INSERT INTO ended_sessions VALUES (?1, ?2)");
		await database.batch([insert.bind("a", 1), insert.bind("b", 2)]);
		const select = database.prepare("SELECT * FROM ended_sessions WHERE expires_at_ms > ?1");
		const { results } = await select.bind(1).all();
		expect(results).toEqual(plain.rows("SELECT * FROM ended_sessions WHERE expires_at_ms = 2"));
		await expect(database.batch([insert.bind("c", 3), insert.bind("a", 4)])).rejects.toThrow(
			/UNIQUE/,
		);
		expect(plain.rows("SELECT 1 FROM ended_sessions")).toHaveLength(2);
		expect(vi.getTimerCount()).toBe(0);
	});

	it.each([
		["a batch", (database: Database) => database.batch([database.prepare("SELECT 1").bind()])],
		["a statement", (database: Database) => database.prepare("SELECT 1").bind().all()],
	])("%s that is never answered has failed 15 s after D1 itself has ended it", async (_, ask) => {
		const failed = vi.fn();
		ask(answeringInTime(silent, withinTime)).catch(failed);
		await vi.advanceTimersByTimeAsync(44_999);
		expect(failed).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(failed).toHaveBeenCalledWith(new Error("no answer within 45 s"));
	});
});
