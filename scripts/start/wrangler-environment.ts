import { join } from "node:path";
import { varNames } from "../../src/config.ts";
import type { StateFolder } from "./state-folder.ts";

/** The Worker gets its vars and secrets by another way; CLOUDFLARE_ENV would choose another part of wrangler.toml. */
const removed: readonly string[] = [...varNames, "CLOUDFLARE_ENV", "FORCE_COLOR"];

/** The environment in which wrangler works for us: asks nobody, tells nobody, and looks nothing up on the network. */
export function wranglerEnvironment(state: StateFolder): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(([name]) => !removed.includes(name));
	return {
		...Object.fromEntries(kept),
		CI: "true",
		NO_COLOR: "1",
		TMPDIR: state.temporary,
		WRANGLER_SEND_METRICS: "false",
		WRANGLER_SEND_ERROR_REPORTS: "false",
		// Its banner asks npm for a newer wrangler, and `Request.cf` asks Cloudflare where this machine is.
		WRANGLER_HIDE_BANNER: "true",
		CLOUDFLARE_CF_FETCH_ENABLED: "false",
		WRANGLER_CI_DISABLE_CONFIG_WATCHING: "true",
		// Wrangler's own views of the data: they need no token, and recording for them takes time.
		X_LOCAL_EXPLORER: "false",
		X_LOCAL_OBSERVABILITY: "false",
		WRANGLER_LOG_PATH: join(state.path, "wrangler-logs"),
		// Where running Workers find each other by name: several daichos are strangers.
		WRANGLER_REGISTRY_PATH: join(state.temporary, "registry"),
	};
}
