import { describe, expect, it } from "vitest";
import type { Act } from "../../../src/domain/audit.ts";
import { auditStatements, isAuditId, listAudit, makeAuditId } from "../../../src/ledger/audit.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** The audit log's rows. */
const dayMs = 86_400_000;
const nowMs = Date.parse("2026-11-23T20:00:00Z");
const act: Act = {
	action: "run.cancel",
	who: { name: "hana@example.com", role: "operator", via: "access" },
	subject: "collect-clips-20261123T1700Z",
	detail: {},
};

function write(database: SqliteDatabase, atMs: number, requestKey: string | null = null) {
	const entry = { ...act, id: makeAuditId(atMs), atMs, result: null, requestKey };
	return database.batch(auditStatements(database, entry));
}

describe("the audit log", () => {
	it("keeps an entry 400 days, and then lets it go with the next ones", async () => {
		const database = SqliteDatabase.migrated();
		for (let days = 0; days < 50; days += 1) await write(database, nowMs - 500 * dayMs + days);
		await write(database, nowMs - 400 * dayMs + 1);
		await write(database, nowMs);
		await write(database, nowMs);
		await write(database, nowMs);
		const kept = await listAudit(database, null, 100);
		expect(kept.map(({ atMs }) => atMs)).toEqual([nowMs, nowMs, nowMs, nowMs - 400 * dayMs + 1]);
	});

	it("has a request that is repeated once", async () => {
		const database = SqliteDatabase.migrated();
		await write(database, nowMs, "the-same");
		await write(database, nowMs + 1, "the-same");
		await write(database, nowMs + 2, null);
		await write(database, nowMs + 3, null);
		expect(await listAudit(database, null, 100)).toHaveLength(3);
	});

	it("costs two rows a new entry with a key, one without", async () => {
		const database = SqliteDatabase.migrated();
		const rows = async (key: string | null) =>
			(await write(database, nowMs, key)).reduce(
				(sum, { meta }) => sum + (meta.rows_written ?? 0),
				0,
			);
		expect(await rows(null)).toBe(1);
	});

	it("is read page by page, and no page reads those before it", async () => {
		const database = SqliteDatabase.migrated();
		await listAudit(database, null, 50);
		await listAudit(database, makeAuditId(nowMs), 50);
		for (const query of database.queries) {
			expect(database.rows(`EXPLAIN QUERY PLAN ${query}`, "", 50)).toEqual([
				expect.objectContaining({ detail: "SEARCH audit USING PRIMARY KEY (audit_id<?)" }),
			]);
		}
		expect(database.queries).toHaveLength(2);
	});

	it("has ids in the order of time", () => {
		const ids = [0, 1, 999, nowMs, nowMs + 1].map(makeAuditId);
		expect(ids).toEqual([...ids].sort());
		for (const id of ids) expect(isAuditId(id)).toBe(true);
		for (const id of ["", "x", `${ids[0]}x`, `${ids[0]} `]) expect(isAuditId(id)).toBe(false);
	});
});
