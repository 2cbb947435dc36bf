import { expect, it } from "vitest";
import { findOpenRuns } from "../../../src/ledger/open-runs.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";

/** Asked every five minutes for as long as daicho is deployed: what is long over must cost nothing. */
it("open runs are found without reading those that are over, and requests that were answered", async () => {
	const database = SqliteDatabase.migrated();
	expect(await findOpenRuns(database, 0)).toEqual([]);
	const plans = database.queries.map((query) =>
		database.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`).map(({ detail }) => detail),
	);
	expect(plans).toEqual([
		["SCAN runs USING INDEX runs_unsealed"],
		[
			"SEARCH run_requests USING INDEX run_requests_by_time (requested_at_ms>?)",
			"CORRELATED SCALAR SUBQUERY 1",
			"SEARCH runs USING PRIMARY KEY (run_id=?)",
		],
		["SEARCH runs USING INDEX runs_by_start (started_at_ms>?)"],
	]);
});
