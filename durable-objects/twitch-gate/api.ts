import type { Result } from "../../src/domain/result.ts";
import type { TwitchFailure } from "../../src/twitch/failure.ts";

/** What the one TwitchGate object answers to; every call may be repeated. */
export interface GateApi {
	/** The app access token in use. Fails with `credentials` or `auth_unavailable`. */
	getToken(): Promise<Result<string, TwitchFailure>>;
	/** Another one, when `failedToken` is still the one in use. Fails alike. */
	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>>;
}

/** The one object: `env.TWITCH_GATE.getByName(gateObjectName)`. */
export const gateObjectName = "twitch";
