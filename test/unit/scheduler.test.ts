import { nodePlatform } from "../support/node-world.ts";
import { describeIncidents } from "../support/suites/incidents.ts";
import type { WithPlatform } from "../support/suites/run.ts";
import { describeSchedule } from "../support/suites/schedule.ts";

/** The same situations as in test/workerd/scheduler.test.ts, on node:sqlite. */
const withPlatform: WithPlatform = (use) => use(nodePlatform());

describeSchedule(withPlatform);
describeIncidents(withPlatform);
