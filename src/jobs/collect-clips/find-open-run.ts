import type { RunId } from "../../domain/ids.ts";
import type { Database, Statement } from "../../ledger/database.ts";

/** One row if the run takes clips; none once it is closed, or when it was never opened. */
export function findOpenRun(database: Database, runId: RunId): Statement {
	return database
		.prepare("SELECT 1 AS isOpen FROM runs WHERE run_id = ?1 AND closed_at_ms IS NULL")
		.bind(runId);
}
