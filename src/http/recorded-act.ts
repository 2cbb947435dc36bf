import type { Act } from "../domain/audit.ts";
import {
	auditStatements,
	entryOfRequestStatement,
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

/** How an act is done, and how it is answered when it was done before. */
export interface Doing {
	readonly perform: () => Promise<Done>;
	/** @param result what `perform` gave then */
	readonly replay: (result: string) => Promise<Response>;
}

/**
 * The entry comes first: what cannot be written down is not done, and the caller hears that nothing was. Refused, it
 * is taken back, because nothing happened. When the object's answer is lost, or the result cannot be written, the
 * entry stays without one: it may have been done, and that is what it says, until the request comes again.
 * @param idempotencyKey of the request: repeated with it, the act has one entry. Once that has its result, the act is
 *   not done again: a pause that comes late and twice must not undo the resume that came between
 */
export async function recordAct(
	{ database, log }: RecordPorts,
	act: Act,
	idempotencyKey: string | null,
	{ perform, replay }: Doing,
): Promise<Response> {
	const entry = await writeEntry(database, act, idempotencyKey);
	if (entry.result !== null) return replay(entry.result);
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
		// Whatever an earlier request of this key did, this entry is its, too.
		if (error instanceof HttpError && entry.isNew) {
			await settle(() => withdrawEntry(database, entry.id));
		}
		throw error;
	}
}

async function writeEntry(database: Database, act: Act, idempotencyKey: string | null) {
	const atMs = Date.now();
	const id = makeAuditId(atMs);
	const requestKey = idempotencyKey === null ? null : await keyOf(act, idempotencyKey);
	const entry: NewEntry = { ...act, id, atMs, result: null, requestKey };
	const look = requestKey === null ? [] : [entryOfRequestStatement(database, requestKey)];
	const answers = await database.batch<{ id: string; result: string | null }>([
		...look,
		...auditStatements(database, entry),
	]);
	const [before] = look.length === 0 ? [] : (answers[0]?.results ?? []);
	return before === undefined ? { id, result: null, isNew: true } : { ...before, isNew: false };
}

/** Of this act only: a key that was used for another one is another key. */
async function keyOf({ action, subject, detail }: Act, key: string): Promise<string> {
	return `act:${await digestText(JSON.stringify([action, subject, detail, key]))}`;
}
