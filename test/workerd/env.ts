import type { D1Migration } from "cloudflare:test";
import { env as platformEnv } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";

/** The Worker's bindings, and what vitest.config.ts adds for the tests. */
export const env = platformEnv as unknown as Env & {
	readonly MIGRATIONS: D1Migration[];
	readonly ADMIN_TOKEN: string;
};
