import { describe, expect, it } from "vitest";
import { BlockedAddresses } from "../../../src/auth/blocked-addresses.ts";
import { clientAddressOf } from "../../../src/auth/client-address.ts";
import {
	giveTryBack,
	takeTry,
	triesInAllMax,
	triesPerAddressMax,
	triesWindowMs,
} from "../../../src/ledger/sign-in-tries.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** Guessing tokens: how often, from where, and for how long not. */
const nowMs = Date.parse("2026-11-23T20:00:00Z");
const minuteMs = 60_000;
let made = 0;

function guess(database: SqliteDatabase, address: string, atMs = nowMs) {
	made += 1;
	return takeTry(database, { address, attempt: `guess-${made}` }, atMs);
}

async function use(database: SqliteDatabase, address: string, tries: number, atMs = nowMs) {
	for (let tried = 0; tried < tries; tried += 1) {
		expect(await guess(database, address, atMs)).toMatchObject({ ok: true });
	}
}

describe("somebody who guesses", () => {
	it("has ten tries in ten minutes, is told how long to wait, and then has new ones", async () => {
		const database = SqliteDatabase.migrated();
		await use(database, "192.0.2.1", 4);
		await use(database, "192.0.2.1", triesPerAddressMax - 4, nowMs + minuteMs);
		const laterMs = nowMs + 2 * minuteMs;
		const refused = { ok: false, error: { retryAfterMs: triesWindowMs - 2 * minuteMs } };
		expect(await guess(database, "192.0.2.1", laterMs)).toEqual(refused);
		const freeMs = nowMs + triesWindowMs;
		await use(database, "192.0.2.1", 4, freeMs);
		expect(await guess(database, "192.0.2.1", freeMs)).toMatchObject({ ok: false });
	});

	it("does not keep others out", async () => {
		const database = SqliteDatabase.migrated();
		await use(database, "192.0.2.1", triesPerAddressMax);
		expect(await guess(database, "192.0.2.1")).toMatchObject({ ok: false });
		expect(await guess(database, "192.0.2.2")).toMatchObject({ ok: true });
	});

	it("a hundred times at once gets ten looked at", async () => {
		const database = SqliteDatabase.migrated();
		const all = await Promise.all(Array.from({ length: 100 }, () => guess(database, "192.0.2.1")));
		expect(all.filter(({ ok }) => ok)).toHaveLength(triesPerAddressMax);
	});

	it("and is refused leaves no row", async () => {
		const database = SqliteDatabase.migrated();
		await use(database, "192.0.2.1", triesPerAddressMax);
		for (let tried = 0; tried < 20; tried += 1) await guess(database, "192.0.2.1");
		expect(database.rows("SELECT * FROM sign_in_tries")).toHaveLength(triesPerAddressMax);
	});

	it("the same thing again and again has guessed once", async () => {
		const database = SqliteDatabase.migrated();
		const same = { address: "192.0.2.1", attempt: "the token of last month" };
		for (let tried = 0; tried < 50; tried += 1) {
			expect(await takeTry(database, same, nowMs + tried)).toMatchObject({ ok: true });
		}
		await use(database, "192.0.2.1", triesPerAddressMax - 1);
		expect(await guess(database, "192.0.2.1")).toMatchObject({ ok: false });
	});

	it("right is given the try back", async () => {
		const database = SqliteDatabase.migrated();
		for (let signIns = 0; signIns < 3 * triesPerAddressMax; signIns += 1) {
			const attempt = { address: "192.0.2.1", attempt: `right-${signIns}` };
			expect(await takeTry(database, attempt, nowMs)).toMatchObject({ ok: true });
			await giveTryBack(database, attempt);
		}
		expect(database.rows("SELECT * FROM sign_in_tries")).toEqual([]);
	});
});

describe("many who guess together", () => {
	it("have one try each, and who has not guessed still gets in", async () => {
		const database = SqliteDatabase.migrated();
		await use(database, "192.0.2.0", 1);
		for (let address = 1; address <= triesInAllMax / triesPerAddressMax; address += 1) {
			for (let tries = 0; tries < triesPerAddressMax; tries += 1) {
				await guess(database, `192.0.2.${address}`);
			}
		}
		expect(await guess(database, "192.0.2.0")).toMatchObject({ ok: false });
		for (const address of ["198.51.100.1", "198.51.100.2"]) {
			expect(await guess(database, address)).toEqual({ ok: true, value: { isRecorded: false } });
		}
	});

	it("write no more rows than a hundred in ten minutes, however many they are", async () => {
		const database = SqliteDatabase.migrated();
		let written = 0;
		const batch = database.batch.bind(database);
		database.batch = async (statements) => {
			const results = await batch(statements);
			for (const { meta } of results) written += meta.rows_written ?? 0;
			return results as never;
		};
		for (let address = 0; address < 3 * triesInAllMax; address += 1) {
			await guess(database, `2001:db8:0:${address}::/64`);
		}
		expect(written).toBe(triesInAllMax);
	});

	it("are forgotten when they stop", async () => {
		const database = SqliteDatabase.migrated();
		for (let address = 0; address < 50; address += 1) await use(database, `192.0.2.${address}`, 1);
		await guess(database, "198.51.100.1", nowMs + triesWindowMs);
		expect(database.rows("SELECT address FROM sign_in_tries")).toEqual([
			{ address: "198.51.100.1" },
		]);
	});
});

describe("an address", () => {
	it.each([
		["203.0.113.7", "203.0.113.7"],
		["::ffff:203.0.113.7", "203.0.113.7"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
		["2001:0DB8:1:2::6", "2001:db8:1:2::/64"],
		["2001:db8::6", "2001:db8:0:0::/64"],
		["::1", "0:0:0:0::/64"],
		["", "unknown"],
		["somewhere", "unknown"],
		["203.0.113.7, 10.0.0.1", "unknown"],
		["x".repeat(5_000), "unknown"],
	])("%s counts as %s", (address, counted) => {
		expect(clientAddressOf(new Headers({ "cf-connecting-ip": address }))).toBe(counted);
	});

	it("that is not there is one with all others that are not", () => {
		expect(clientAddressOf(new Headers())).toBe("unknown");
	});

	it("is blocked until its time, and a thousand others do not fill the memory", () => {
		const blocked = new BlockedAddresses();
		blocked.block("192.0.2.1", nowMs + 5);
		expect(blocked.remainingMs("192.0.2.1", nowMs)).toBe(5);
		expect(blocked.remainingMs("192.0.2.1", nowMs + 5)).toBe(0);
		blocked.block("192.0.2.1", nowMs + 5);
		blocked.free("192.0.2.1");
		expect(blocked.remainingMs("192.0.2.1", nowMs)).toBe(0);
		for (let address = 0; address < 1_001; address += 1) blocked.block(`${address}`, nowMs + 5);
		expect(blocked.remainingMs("0", nowMs)).toBe(0);
		expect(blocked.remainingMs("1000", nowMs)).toBe(5);
	});
});
