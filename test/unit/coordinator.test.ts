import { nodePlatform } from "../support/node-world.ts";
import { describeCancelling } from "../support/suites/cancelling.ts";
import { describeConsuming } from "../support/suites/consuming.ts";
import { describeCrashes } from "../support/suites/crashes.ts";
import { describeFears } from "../support/suites/fears.ts";
import { describeInterruptions } from "../support/suites/interruptions.ts";
import { describeOutcomes } from "../support/suites/outcomes.ts";
import { describeRecovery } from "../support/suites/recovery.ts";
import { describeRun, type WithPlatform } from "../support/suites/run.ts";

/** The same situations as in test/workerd/coordinator.test.ts, on node:sqlite. */
const withPlatform: WithPlatform = (use) => use(nodePlatform());

describeRun(withPlatform);
describeOutcomes(withPlatform);
describeRecovery(withPlatform);
describeConsuming(withPlatform);
describeCancelling(withPlatform);
describeFears(withPlatform);
describeCrashes(withPlatform);
describeInterruptions(withPlatform);
