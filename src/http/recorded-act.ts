import type { Act } from "../domain/audit.ts";
import {
	auditStatements,
	finishEntry,
	makeAuditId,
	type NewEntry,
	withdrawEntry,
} from "../ledger/audit.ts";
import type { Database } from "../ledger/database.ts";
import { describeError, type Log } from "../log.ts";
import { digestText } from "./digest.ts";
import { HttpError } from "./errors.ts";

/** An act on an object, with its entry in the audit log. */
export interface RecordPorts {
	readonly database: Database;
	readonly log: Log;
}

export interface Done {
	readonly answer: Response;
	/** A short text for the entry. */
	readonly result: string;
}

/**
 * The entry comes first: what cannot be written down is not done, and the caller hears that nothing was. Refused, it
 * is taken back, because nothing happened. When the object's answer is lost, or the result cannot be written, the
 * entry stays without one: it may have been done, and that is what it says.
 * @param idempotencyKey of the request: repeated with it, the act has one entry
 */
export async function recordAct(
	{ database, log }: RecordPorts,
	act: Act,
	idempotencyKey: string | null,
	perform: () => Promise<Done>,
): Promise<Response> {
	const atMs = Date.now();
	const requestKey = idempotencyKey === null ? null : await keyOf(act, idempotencyKey);
	const entry: NewEntry = { ...act, id: makeAuditId(atMs), atMs, result: null, requestKey };
	await database.batch(auditStatements(database, entry));
	const settle = async (write: () => Promise<void>) => {
		try {
			await write();
		} catch (error) {
			// The act is not undone for it, and its caller is told the truth about the act.
			const { action, subject } = act;
			log("error", "audit_unfinished", { action, subject, error: describeError(error) });
		}
	};
	try {
		const { answer, result } = await perform();
		await settle(() => finishEntry(database, entry.id, result));
		return answer;
	} catch (error) {
		if (error instanceof HttpError) await settle(() => withdrawEntry(database, entry.id));
		throw error;
	}
}

/** Of this act only: a key that was used for another one is another key. */
async function keyOf({ action, subject, detail }: Act, key: string): Promise<string> {
	return `act:${await digestText(JSON.stringify([action, subject, detail, key]))}`;
}
