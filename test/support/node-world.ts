import type { ClaimGranted } from "../../durable-objects/run-coordinator/api.ts";
import type { CoordinatorConfig } from "../../durable-objects/run-coordinator/ports.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { ScriptedJob, taskIdOf } from "./scripted-job.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import { SqliteStorage } from "./sqlite-storage.ts";
import { type Platform, World } from "./world.ts";

/** Worlds on node:sqlite, and a consumer's calls made by hand. */
export function nodePlatform(
	database = SqliteDatabase.migrated(),
): Platform & { database: SqliteDatabase } {
	const storage = new SqliteStorage();
	return {
		storage,
		database,
		wipe: async () => storage.wipe(),
		rows: async (query, ...values) => database.rows(query, ...(values as string[])),
	};
}

/** Started, planned and sent. */
export async function running(
	tasks: number | ScriptedJob,
	config: Partial<CoordinatorConfig> = {},
): Promise<World> {
	const world = await created(tasks, config);
	await world.ring();
	return world;
}

/** Started, and its alarm has not rung yet. */
export async function created(
	tasks: number | ScriptedJob,
	config: Partial<CoordinatorConfig> = {},
): Promise<World> {
	const job = typeof tasks === "number" ? new ScriptedJob(tasks) : tasks;
	const world = new World(nodePlatform(), job, config);
	await world.start();
	return world;
}

export async function claim(
	world: World,
	body = world.take().body,
	claimId = "by-hand",
): Promise<ClaimGranted> {
	const answer = await world.coordinator.claim({ ...body, claimId: claimId as never, delivery: 1 });
	if (answer.kind !== "granted") throw new Error("not granted");
	return answer;
}

/** The outcome of some of a lease's tasks, by their numbers. */
export function report(
	world: World,
	lease: ClaimGranted,
	indexes: readonly number[],
	outcome: Outcome,
	meters = {},
) {
	return world.coordinator.report({
		messageNo: lease.messageNo,
		leaseToken: lease.leaseToken,
		results: indexes.map((index) => ({
			taskId: taskIdOf(index),
			outcome,
			yield: {},
			meters: {},
			warnings: [],
		})),
		meters,
	});
}
