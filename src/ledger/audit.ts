import type { Role, Via } from "../domain/actor.ts";
import type { Act, AuditAction, AuditEntry } from "../domain/audit.ts";
import type { Database, Statement } from "./database.ts";

/**
 * Who did what. An entry is written before the act and gets its result after it: what is not written down is not
 * done, and an act whose answer was lost stands there without a result. A request that is repeated with its key has
 * one entry.
 */
const keptMs = 400 * 86_400_000;
const forgottenAtOnce = 20;
const auditIdForm = /^\d{13}-[0-9a-f]{16}$/;
/** The character behind the digits, with one of which each id begins. */
const afterAllIds = ":";

/** Ids are in the order of time, so that a page of entries is a range of them. */
export function makeAuditId(nowMs: number): string {
	const random = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
	return `${String(nowMs).padStart(13, "0")}-${random}`;
}

export function isAuditId(value: string): boolean {
	return auditIdForm.test(value);
}

export interface NewEntry extends Act {
	readonly id: string;
	readonly atMs: number;
	readonly result: string | null;
	/** Null for a request that has no key. */
	readonly requestKey: string | null;
}

/** To go in with what they are about, or alone. Entries of more than 400 days ago go out. */
export function auditStatements(database: Database, entry: NewEntry): Statement[] {
	return [
		database
			.prepare(`${insertEntry} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING`)
			.bind(...entryValues(entry), entry.result, entry.requestKey),
		forgetStatement(database, entry.atMs),
	];
}

/** As `auditStatements`, for the run that `run_requests` has for this request and no earlier one; that is the result. */
export function auditRunStatements(
	database: Database,
	entry: Omit<NewEntry, "result">,
	requestedAtMs: number,
): Statement[] {
	return [
		database
			.prepare(
				`${insertEntry} SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, run_id, request_key FROM run_requests
				WHERE request_key = ?8 AND requested_at_ms = ?9 ON CONFLICT DO NOTHING`,
			)
			.bind(...entryValues(entry), entry.requestKey, requestedAtMs),
		forgetStatement(database, entry.atMs),
	];
}

/** What an earlier request with this key wrote, or this one; `result` is null while its answer is not known. */
export function entryOfRequestStatement(database: Database, requestKey: string): Statement {
	return database
		.prepare("SELECT audit_id AS id, result FROM audit WHERE request_key = ?1")
		.bind(requestKey);
}

/** After the act. An entry that an earlier request with the same key made has its result already. */
export async function finishEntry(database: Database, id: string, result: string): Promise<void> {
	await database
		.prepare("UPDATE audit SET result = ?2 WHERE audit_id = ?1 AND result IS NULL")
		.bind(id, result)
		.all();
}

/** The act was refused, so nothing happened. */
export async function withdrawEntry(database: Database, id: string): Promise<void> {
	await database.prepare("DELETE FROM audit WHERE audit_id = ?1 AND result IS NULL").bind(id).all();
}

interface AuditRow {
	readonly audit_id: string;
	readonly action: AuditAction;
	readonly actor_name: string;
	readonly actor_role: Role;
	readonly actor_via: Via;
	readonly subject: string;
	readonly detail: string;
	readonly result: string | null;
}

/** @returns up to `limit` entries, newest first, older than the entry `before` */
export async function listAudit(
	database: Database,
	before: string | null,
	limit: number,
): Promise<AuditEntry[]> {
	const { results } = await database
		.prepare(
			`SELECT audit_id, action, actor_name, actor_role, actor_via, subject, detail, result FROM audit
			WHERE audit_id < ?1 ORDER BY audit_id DESC LIMIT ?2`,
		)
		// With an OR for no cursor, a page would read every newer entry to find its own.
		.bind(before ?? afterAllIds, limit)
		.all<AuditRow>();
	return results.map((row) => ({
		id: row.audit_id,
		atMs: Number(row.audit_id.slice(0, 13)),
		action: row.action,
		who: { name: row.actor_name, role: row.actor_role, via: row.actor_via },
		subject: row.subject,
		detail: JSON.parse(row.detail),
		result: row.result,
	}));
}

const insertEntry = `
	INSERT INTO audit (
		audit_id, action, actor_name, actor_role, actor_via, subject, detail, result, request_key
	)`;

function entryValues({ id, action, who, subject, detail }: Omit<NewEntry, "result">): unknown[] {
	return [id, action, who.name, who.role, who.via, subject, JSON.stringify(detail)];
}

function forgetStatement(database: Database, nowMs: number): Statement {
	return database
		.prepare(
			`DELETE FROM audit WHERE audit_id IN (
				SELECT audit_id FROM audit WHERE audit_id < ?1 ORDER BY audit_id LIMIT ${forgottenAtOnce}
			)`,
		)
		.bind(String(Math.max(0, nowMs - keptMs)).padStart(13, "0"));
}
