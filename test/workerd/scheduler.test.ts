import { describeIncidents } from "../support/suites/incidents.ts";
import { describeSchedule } from "../support/suites/schedule.ts";
import { usePlatforms } from "./platform.ts";

/** The same situations as in test/unit/scheduler.test.ts, on workerd's SQL storage and D1. */
const withPlatform = usePlatforms();

describeSchedule(withPlatform);
describeIncidents(withPlatform);
