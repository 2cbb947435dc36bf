import type { Ground } from "./visits.ts";

/** Sealed runs that have no tasks: each in one way that really happens. */
export interface RunsWithoutTasks {
	/** D1 could not say who the streamers are. */
	readonly unplanned: string;
	/** An operator stopped it before that was known. */
	readonly stopped: string;
	/** No streamer was enabled. */
	readonly empty: string;
}

export async function makeRunsWithoutTasks(ground: Ground): Promise<RunsWithoutTasks> {
	const { api, rows, sealed } = ground.deployment;
	await rows("ALTER TABLE streamers RENAME TO streamers_gone");
	const stopped = await ground.start();
	await api(`/api/runs/${stopped}/cancel`, { method: "POST" });
	await sealed(stopped);
	const unplanned = await ground.start();
	await sealed(unplanned);
	await rows("ALTER TABLE streamers_gone RENAME TO streamers");
	await rows("UPDATE streamers SET enabled = 0");
	const empty = await ground.start();
	await sealed(empty);
	await rows("UPDATE streamers SET enabled = 1");
	return { unplanned, stopped, empty };
}
