import type { Config } from "../../src/config.ts";
import type { JobRegistry } from "../../src/jobs/job.ts";
import type { Database } from "../../src/ledger/database.ts";
import type { Channels } from "../../src/notify/channels.ts";
import type { WithinTime } from "../../src/time-limit.ts";
import type { AlarmPorts } from "../object-alarm.ts";
import type { FindCoordinator } from "../run-coordinator/api.ts";
import type { ObjectStorage } from "../storage.ts";

/** Everything of the world that the scheduler touches. object.ts plugs in workerd's, tests and simulation theirs. */
export interface SchedulerPorts extends AlarmPorts {
	readonly storage: ObjectStorage;
	readonly database: Database;
	readonly findCoordinator: FindCoordinator;
	readonly jobs: JobRegistry;
	readonly channels: Channels;
	readonly withinTime: WithinTime;
	readonly config: SchedulerConfig;
}

export type SchedulerConfig = Pick<
	Config,
	"cronGraceMs" | "runDeadlineMs" | "toleratedFailurePercent" | "publicUrl"
>;
