import { applyD1Migrations, runInDurableObject } from "cloudflare:test";
import { beforeEach } from "vitest";
import { describeCancelling } from "../support/suites/cancelling.ts";
import { describeOutcomes } from "../support/suites/outcomes.ts";
import { describeRecovery } from "../support/suites/recovery.ts";
import { describeRun, type WithPlatform } from "../support/suites/run.ts";
import { env } from "./env.ts";

/** The same situations as in test/unit/coordinator.test.ts, on workerd's SQL storage and D1. */
const tables = ["clips", "run_requests", "run_tasks", "runs", "streamers"];
let objects = 0;

beforeEach(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

const withPlatform: WithPlatform = async (use) => {
	objects += 1;
	const stub = env.RUN_COORDINATOR.getByName(`platform-${objects}`);
	await runInDurableObject(stub, (_, { storage }) =>
		use({
			storage,
			database: env.DB,
			wipe: () => storage.deleteAll(),
			rows: async (query, ...values) =>
				(
					await env.DB.prepare(query)
						.bind(...values)
						.all()
				).results,
		}),
	);
};

describeRun(withPlatform);
describeOutcomes(withPlatform);
describeRecovery(withPlatform);
describeCancelling(withPlatform);
