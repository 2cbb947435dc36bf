import type { Config } from "../../src/config.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { Log } from "../../src/log.ts";
import type { SendMessages } from "../../src/queue/producer.ts";
import type { ObjectStorage } from "../storage.ts";
import type { FindCoordinator } from "./api.ts";

/** Everything of the world that a coordinator touches. object.ts plugs in workerd's, tests and simulation theirs. */
export interface CoordinatorPorts {
	readonly storage: ObjectStorage;
	/** The object's one alarm: sets it, replacing an earlier one. */
	readonly setAlarm: (atMs: number) => void;
	/** Deletes everything of the object, its alarm too. */
	readonly destroy: () => Promise<void>;
	readonly database: Database;
	readonly send: SendMessages;
	readonly findCoordinator: FindCoordinator;
	readonly jobs: JobRegistry;
	readonly config: CoordinatorConfig;
	readonly nowMs: () => number;
	/** In [0, 1). */
	readonly dice: () => number;
	readonly makeId: () => string;
	readonly log: Log;
	/** Of the deployed code, for the summary. */
	readonly version: string;
}

export type CoordinatorConfig = Pick<
	Config,
	| "tasksPerMessage"
	| "messagesInFlight"
	| "leaseMs"
	| "queuedMs"
	| "runDeadlineMs"
	| "maxAttempts"
	| "coordinatorRetentionMs"
	| "taskRetentionMs"
>;
