import { describe, expect, it } from "vitest";
import { refuseBlocked, returnTry, spendTry } from "../../../src/http/guesses.ts";
import { takeTry, triesInAllMax, triesPerAddressMax } from "../../../src/ledger/sign-in-tries.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** What an isolate remembers of those who guess, beside the rows of D1. */
const nowMs = Date.parse("2026-11-23T20:00:00Z");
const log = () => {};
let made = 0;

function attemptOf(address: string) {
	made += 1;
	return { address, attempt: `guess-${made}` };
}

async function outcomesOf(database: SqliteDatabase, address: string, tries: number) {
	const ports = { database, nowMs, log };
	const spent = Array.from({ length: tries }, () => spendTry(ports, attemptOf(address)));
	return (await Promise.allSettled(spent)).filter(({ status }) => status === "fulfilled").length;
}

describe("an isolate", () => {
	it("lets one of many tries at once through that have no rows, because too many others guess", async () => {
		const database = SqliteDatabase.migrated();
		for (let tries = 0; tries < triesInAllMax; tries += 1) {
			await takeTry(database, attemptOf(`192.0.2.${tries}`), nowMs);
		}
		expect(await outcomesOf(database, "198.51.100.1", 20)).toBe(1);
		expect(await outcomesOf(database, "198.51.100.1", 5)).toBe(0);
	});

	it("forgets that an address had no tries left when one of them is given back", async () => {
		const database = SqliteDatabase.migrated();
		const address = "198.51.100.2";
		const right = attemptOf(address);
		await spendTry({ database, nowMs, log }, right);
		expect(await outcomesOf(database, address, triesPerAddressMax)).toBe(triesPerAddressMax - 1);
		expect(() => refuseBlocked(address, nowMs)).toThrow("Too many wrong tokens");
		await returnTry({ database, nowMs, log }, right);
		refuseBlocked(address, nowMs);
		expect(await outcomesOf(database, address, 2)).toBe(1);
	});
});
