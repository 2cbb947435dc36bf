import { type TaskId, toTaskId } from "../../domain/ids.ts";
import { bulkParameters } from "../../ledger/bulk.ts";
import type { Database } from "../../ledger/database.ts";
import type { TaskDescription } from "../job.ts";

/** As Twitch allows them; whatever else stands in the table is no part of an address. */
const loginForm = /^[a-z0-9_]{1,40}$/i;

/** What people call the streamers of these tasks; also of those who are not collected any more. */
export async function describeStreamers(
	database: Database,
	taskIds: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, TaskDescription>> {
	const described = new Map<TaskId, TaskDescription>();
	for (const ids of bulkParameters(taskIds)) {
		const { results } = await database
			.prepare(
				`SELECT broadcaster_id AS id, login, display_name AS displayName FROM streamers
				WHERE broadcaster_id IN (SELECT value FROM json_each(?1))`,
			)
			.bind(ids)
			.all<{ id: string; login: string; displayName: string }>();
		for (const { id, login, displayName } of results) {
			const url = loginForm.test(login) ? `https://www.twitch.tv/${login}` : null;
			described.set(toTaskId(id), { name: displayName || login || id, url });
		}
	}
	return described;
}
