import type { WithPlatform } from "../run.ts";
import { describeAccounts } from "./accounts.ts";
import { describeBadRuns } from "./bad-runs.ts";
import { describeBadStarts } from "./bad-starts.ts";
import { describeCronAndAlarm } from "./cron-and-alarm.ts";
import { describeOpenRuns } from "./open-runs.ts";
import { describePause } from "./pause.ts";
import { describeTelling } from "./telling.ts";

/** The schedule and its incidents, on any platform's SQL. */
export function describeScheduler(withPlatform: WithPlatform): void {
	describeCronAndAlarm(withPlatform);
	describeBadStarts(withPlatform);
	describeAccounts(withPlatform);
	describePause(withPlatform);
	describeBadRuns(withPlatform);
	describeTelling(withPlatform);
	describeOpenRuns(withPlatform);
}
