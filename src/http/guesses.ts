import { BlockedAddresses } from "../auth/blocked-addresses.ts";
import type { Database } from "../ledger/database.ts";
import { giveTryBack, type Try, takeTry, triesWindowMs } from "../ledger/sign-in-tries.ts";
import { describeError, type Log } from "../log.ts";
import { HttpError } from "./errors.ts";

/**
 * Showing a token that may be wrong: how often, by the tries in D1 and by what this isolate remembers. Whoever is
 * known here to have no tries left is refused without asking D1, so that guessing on uses up none of its day.
 */
export interface TryPorts {
	readonly database: Database;
	readonly nowMs: number;
	readonly log: Log;
}

/** Of this isolate. */
const blockedAddresses = new BlockedAddresses();
/** How long an address whose wrong token could not be counted has to wait: else nothing would count while D1 is down. */
const uncountedWaitMs = 10_000;

/** Throws a 429 for an address that has no tries left, as far as this isolate knows. */
export function refuseBlocked(address: string, nowMs: number): void {
	const blockedMs = blockedAddresses.remainingMs(address, nowMs);
	if (blockedMs > 0) throw tooManyAttempts(blockedMs);
}

/** Throws a 429 when there are no tries left. */
export async function spendTry({ database, nowMs }: TryPorts, spent: Try): Promise<void> {
	const { address } = spent;
	refuseBlocked(address, nowMs);
	const taken = await takeTry(database, spent, nowMs);
	if (!taken.ok) {
		const { retryAfterMs } = taken.error;
		blockedAddresses.block(address, nowMs + retryAfterMs);
		throw tooManyAttempts(retryAfterMs);
	}
	if (taken.value.isRecorded) return;
	// Looked at again after the await: of many at once, one has the try that nothing but this isolate remembers.
	refuseBlocked(address, nowMs);
	blockedAddresses.block(address, nowMs + triesWindowMs);
}

/** The token was right. */
export async function returnTry({ database }: TryPorts, spent: Try): Promise<void> {
	await giveTryBack(database, spent);
	blockedAddresses.free(spent.address);
}

/** A token that is known to be wrong. It is refused all the same when it cannot be counted. */
export async function countWrongToken(ports: TryPorts, spent: Try): Promise<void> {
	try {
		await spendTry(ports, spent);
	} catch (error) {
		if (error instanceof HttpError) throw error;
		ports.log("error", "wrong_token_uncounted", { error: describeError(error) });
		blockedAddresses.block(spent.address, ports.nowMs + uncountedWaitMs);
	}
}

function tooManyAttempts(retryAfterMs: number): HttpError {
	const seconds = Math.ceil(retryAfterMs / 1_000);
	return new HttpError(
		"too_many_attempts",
		`Too many wrong tokens came from your network. Try again in ${seconds} s.`,
		{ "retry-after": String(seconds) },
	);
}
