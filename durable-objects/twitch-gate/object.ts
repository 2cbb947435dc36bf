import { DurableObject } from "cloudflare:workers";
import migrations from "../../drizzle/twitch-gate/migrations/migrations.js";
import type { Result } from "../../src/domain/result.ts";
import type { TwitchFailure } from "../../src/twitch/failure.ts";
import type { GateApi } from "./api.ts";
import { Gate } from "./gate.ts";

/** What the gate needs of the Worker's vars and secrets. */
export interface TwitchGateEnv {
	readonly TWITCH_AUTH_URL: string;
	readonly TWITCH_CLIENT_ID?: string;
	readonly TWITCH_CLIENT_SECRET?: string;
}

/** Only plugs the platform in; gate.ts is the thing. */
export class TwitchGate extends DurableObject<TwitchGateEnv> implements GateApi {
	readonly #gate: Gate;

	constructor(state: DurableObjectState, env: TwitchGateEnv) {
		super(state, env);
		this.#gate = new Gate({
			storage: state.storage,
			migrations,
			// Looked up at each call, so that tests can put another one in its place.
			fetch: (input, init) => fetch(input, init),
			now: Date.now,
			authUrl: env.TWITCH_AUTH_URL.replace(/\/+$/, ""),
			clientId: env.TWITCH_CLIENT_ID || undefined,
			clientSecret: env.TWITCH_CLIENT_SECRET || undefined,
		});
	}

	getToken(): Promise<Result<string, TwitchFailure>> {
		return this.#gate.getToken();
	}

	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>> {
		return this.#gate.replaceToken(failedToken);
	}
}
