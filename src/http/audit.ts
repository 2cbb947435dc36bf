import type { AuditEntry } from "../domain/audit.ts";
import { formatTime } from "../domain/summary.ts";
import { isAuditId, listAudit } from "../ledger/audit.ts";
import type { Database } from "../ledger/database.ts";
import { listAuditMax } from "../limits.ts";
import { badRequest } from "./errors.ts";
import { readLimit } from "./params.ts";

/** `GET /api/audit`: who did what, newest first. */
const listAuditStandard = 50;

export async function getAudit(database: Database, query: URLSearchParams): Promise<Response> {
	const limit = readLimit(query, listAuditStandard, listAuditMax);
	const cursor = query.get("cursor");
	if (cursor !== null && !isAuditId(cursor)) {
		throw badRequest("invalid_cursor", "cursor is what the answer before gave as its nextCursor.");
	}
	const entries = await listAudit(database, cursor, limit);
	const last = entries.length === limit ? entries.at(-1)?.id : undefined;
	return Response.json({ entries: entries.map(viewEntry), nextCursor: last ?? null });
}

function viewEntry({ id, atMs, who, action, subject, detail, result }: AuditEntry) {
	return { id, at: formatTime(atMs), who, action, subject, detail, result };
}
