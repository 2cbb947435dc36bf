import { err, ok, type Result } from "../domain/result.ts";
import { isRecord, readRefusal } from "./answer.ts";
import { describeLostAnswer, hideSecrets, type TwitchFailure } from "./failure.ts";

export interface AppToken {
	readonly accessToken: string;
	readonly obtainedAtMs: number;
	readonly expiresAtMs: number;
}

export interface AppTokenRequest {
	/** With its path, without a slash at the end: `https://id.twitch.tv/oauth2`. */
	readonly authUrl: string;
	readonly clientId: string;
	readonly clientSecret: string;
	readonly fetch: typeof fetch;
	readonly now: () => number;
	/** For the whole answer. */
	readonly timeoutMs: number;
}

/** Believed of a token that does not say how long it lives; Twitch's say about 60 days. */
const unnamedLifetimeMs = 3_600_000;

/**
 * Asks Twitch for an app access token (client credentials; there is no refresh token).
 *
 * Failures: `credentials` when Twitch refused id or secret, `auth_unavailable` for everything that may pass.
 */
export async function requestAppToken(
	request: AppTokenRequest,
): Promise<Result<AppToken, TwitchFailure>> {
	const { fetch, now, authUrl, clientId, clientSecret } = request;
	const obtainedAtMs = now();
	let body: unknown;
	try {
		const response = await fetch(`${authUrl}/token`, {
			method: "POST",
			body: new URLSearchParams({
				client_id: clientId,
				client_secret: clientSecret,
				grant_type: "client_credentials",
			}),
			// A redirect would take the secret along.
			redirect: "manual",
			signal: AbortSignal.timeout(request.timeoutMs),
		});
		if (!response.ok) return err(await describeRefusal(response, clientSecret));
		body = JSON.parse(await response.text());
	} catch (error) {
		return err(describeTrouble(error, clientSecret));
	}
	const accessToken = isRecord(body) ? body["access_token"] : undefined;
	if (typeof accessToken !== "string" || accessToken === "") {
		return err({ kind: "auth_unavailable", message: "Twitch's answer held no access token." });
	}
	const lifetimeMs = decodeLifetime(isRecord(body) ? body["expires_in"] : undefined);
	return ok({ accessToken, obtainedAtMs, expiresAtMs: obtainedAtMs + lifetimeMs });
}

async function describeRefusal(response: Response, secret: string): Promise<TwitchFailure> {
	const { status } = response;
	const words = hideSecrets(await readRefusal(response), [secret]);
	const answered = `${status}${words === "" ? "" : `: ${words}`}`;
	if (status === 400 || status === 401 || status === 403) {
		return {
			kind: "credentials",
			status,
			message: `Twitch refused the client id or secret (${answered}). Check the secrets TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET.`,
		};
	}
	const advice = status < 500 && status !== 429 ? " Check TWITCH_AUTH_URL." : "";
	return {
		kind: "auth_unavailable",
		status,
		message: `Twitch gave no token (${answered}).${advice}`,
	};
}

function describeTrouble(error: unknown, secret: string): TwitchFailure {
	const message =
		error instanceof SyntaxError
			? "the answer was no JSON"
			: hideSecrets(describeLostAnswer(error).message, [secret]);
	return { kind: "auth_unavailable", message: `Twitch gave no token: ${message}` };
}

/** @param seconds as Twitch said it */
function decodeLifetime(seconds: unknown): number {
	return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
		? seconds * 1_000
		: unnamedLifetimeMs;
}
