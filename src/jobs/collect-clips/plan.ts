import type { Failure } from "../../domain/outcome.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type Database, DatabaseMeter } from "../../ledger/database.ts";
import type { Plan, PlanRequest } from "../job.ts";
import { findEnabledStreamers } from "./find-streamers.ts";
import { taskIdOfStreamer } from "./streamer-task.ts";
import { alignWindow, isWindow, trailingWindow } from "./window.ts";

/** One task a streamer who is enabled, or those of them that are listed; ids of others are left out. */
export async function planCollection(
	database: Database,
	request: PlanRequest,
	clipWindowHours: number,
): Promise<Result<Plan, Failure>> {
	if (request.window !== null && !isWindow(request.window)) return err(badWindow);
	const window =
		request.window === null
			? trailingWindow(request.startedAtMs, clipWindowHours)
			: alignWindow(request.window);
	const meter = new DatabaseMeter();
	const streamers = await findEnabledStreamers(database, meter);
	const all = new Set(streamers.map(taskIdOfStreamer));
	if (request.taskIds === null) return ok({ window, taskIds: [...all], meters: meter.counts() });
	// Picked here and not in SQL, because a task's id is not always the streamer's.
	const picked = new Set(request.taskIds.filter((taskId) => all.has(taskId)));
	return ok({ window, taskIds: [...picked], meters: meter.counts() });
}

const badWindow: Failure = {
	fingerprint: "bad-window",
	code: "bad_window",
	message: "The window must begin in 1970 or later and end after it begins.",
};
