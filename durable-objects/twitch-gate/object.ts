import { DurableObject } from "cloudflare:workers";
import migrations from "../../drizzle/twitch-gate/migrations/migrations.js";
import { readConfigOrDefaults } from "../../src/config.ts";
import type { Result } from "../../src/domain/result.ts";
import type { Env } from "../../src/env.ts";
import { createLog } from "../../src/log.ts";
import type { TwitchFailure } from "../../src/twitch/failure.ts";
import type { GateApi } from "./api.ts";
import { Gate } from "./gate.ts";

/** Only plugs the platform in; gate.ts is the thing. */
export class TwitchGate extends DurableObject<Env> implements GateApi {
	readonly #gate: Gate;

	constructor(state: DurableObjectState, env: Env) {
		super(state, env);
		const config = readConfigOrDefaults(env, createLog("twitch-gate"));
		this.#gate = new Gate({
			storage: state.storage,
			migrations,
			// Looked up at each call, so that tests can put another one in its place.
			fetch: (input, init) => fetch(input, init),
			now: Date.now,
			authUrl: config.twitchAuthUrl,
			clientId: config.twitchClientId,
			clientSecret: config.twitchClientSecret,
		});
	}

	getToken(): Promise<Result<string, TwitchFailure>> {
		return this.#gate.getToken();
	}

	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>> {
		return this.#gate.replaceToken(failedToken);
	}
}
