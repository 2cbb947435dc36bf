import { describeCancelling } from "../support/suites/cancelling.ts";
import { describeConsuming } from "../support/suites/consuming.ts";
import { describeCrashes } from "../support/suites/crashes.ts";
import { describeFears } from "../support/suites/fears.ts";
import { describeInterruptions } from "../support/suites/interruptions.ts";
import { describeOutcomes } from "../support/suites/outcomes.ts";
import { describeRecovery } from "../support/suites/recovery.ts";
import { describeRun } from "../support/suites/run.ts";
import { usePlatforms } from "./platform.ts";

/** The same situations as in test/unit/coordinator.test.ts, on workerd's SQL storage and D1. */
const withPlatform = usePlatforms();

describeRun(withPlatform);
describeOutcomes(withPlatform);
describeRecovery(withPlatform);
describeConsuming(withPlatform);
describeCancelling(withPlatform);
describeFears(withPlatform);
describeCrashes(withPlatform);
describeInterruptions(withPlatform);
