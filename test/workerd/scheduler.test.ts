import { describeScheduler } from "../support/suites/schedule/all.ts";
import { usePlatforms } from "./platform.ts";

/** The same situations as in test/unit/scheduler.test.ts, on workerd's SQL storage and D1. */
const withPlatform = usePlatforms();

describeScheduler(withPlatform);
