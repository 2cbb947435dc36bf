import type { Database, DatabaseMeter } from "../../ledger/database.ts";

/** The ids of all streamers who are to be collected, in the order of the table's key. */
export async function findEnabledStreamers(
	database: Database,
	meter: DatabaseMeter,
): Promise<string[]> {
	const answer = await database
		.prepare("SELECT broadcaster_id AS broadcasterId FROM streamers WHERE enabled = 1")
		.all<{ broadcasterId: string }>();
	meter.add([answer]);
	return answer.results.map(({ broadcasterId }) => broadcasterId);
}
