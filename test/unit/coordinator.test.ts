import { SqliteDatabase } from "../support/sqlite-database.ts";
import { SqliteStorage } from "../support/sqlite-storage.ts";
import { describeCancelling } from "../support/suites/cancelling.ts";
import { describeRecovery } from "../support/suites/recovery.ts";
import { describeRun, type WithPlatform } from "../support/suites/run.ts";

/** The same situations as in test/workerd/coordinator.test.ts, on node:sqlite. */
const withPlatform: WithPlatform = async (use) => {
	const storage = new SqliteStorage();
	const database = SqliteDatabase.migrated();
	await use({
		storage,
		database,
		wipe: async () => storage.wipe(),
		rows: async (query, ...values) => database.rows(query, ...(values as string[])),
	});
};

describeRun(withPlatform);
describeRecovery(withPlatform);
describeCancelling(withPlatform);
