import { applyD1Migrations, runInDurableObject } from "cloudflare:test";
import { beforeEach } from "vitest";
import type { WithPlatform } from "../support/suites/run.ts";
import { env } from "./env.ts";

/** workerd's SQL storage of a fresh object, and D1 with empty tables. */
const tables = ["clips", "run_requests", "run_tasks", "runs", "streamers"];
let objects = 0;

export function usePlatforms(): WithPlatform {
	beforeEach(async () => {
		await applyD1Migrations(env.DB, env.MIGRATIONS);
		await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
	});
	return async (use) => {
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
}
