import type { Config } from "../../src/config.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { SendMessages } from "../../src/queue/producer.ts";
import type { WithinTime } from "../../src/time-limit.ts";
import type { AlarmPorts } from "../object-alarm.ts";
import type { ObjectStorage } from "../storage.ts";
import type { FindCoordinator } from "./api.ts";
import type { LivePorts } from "./live.ts";

/** Everything of the world that a coordinator touches. object.ts plugs in workerd's, tests and simulation theirs. */
export interface CoordinatorPorts extends AlarmPorts {
	readonly storage: ObjectStorage;
	/** Deletes everything of the object, its alarm too. */
	readonly destroy: () => Promise<void>;
	readonly database: Database;
	readonly send: SendMessages;
	readonly findCoordinator: FindCoordinator;
	readonly withinTime: WithinTime;
	/** Tells the scheduler of the seal; it may hear of it twice. Rejects when it could not be reached. */
	readonly tellSealed: (summary: Summary) => Promise<void>;
	readonly jobs: JobRegistry;
	readonly config: CoordinatorConfig;
	/** Whoever watches; left out where nobody can. */
	readonly live?: LivePorts;
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
