/** Owns the app access tokens: who gets one, and which of them still open the door. */
import { Random } from "./random.ts";
import type { Reply } from "./reply.ts";

const TOKEN_LENGTH = 30;

export interface AppClient {
	clientId: string;
	clientSecret: string;
}

export class AppTokens {
	readonly #client: AppClient;
	readonly #seed: number;
	readonly #lifetimeSeconds: number;
	readonly #expiresAtMs = new Map<string, number>();
	#issued = 0;

	constructor(client: AppClient, seed: number, lifetimeSeconds: number) {
		this.#client = client;
		this.#seed = seed;
		this.#lifetimeSeconds = lifetimeSeconds;
	}

	/** Answers `POST /oauth2/token`; its errors have no `error` field, unlike Helix's. */
	issue(form: URLSearchParams, nowMs: number): Reply {
		const clientId = form.get("client_id");
		if (!clientId) return refuse(400, "missing client id");
		if (clientId !== this.#client.clientId) return refuse(400, "invalid client");
		if (!form.get("client_secret")) return refuse(400, "missing client secret");
		if (form.get("client_secret") !== this.#client.clientSecret) {
			return refuse(403, "invalid client secret");
		}
		if (form.get("grant_type") !== "client_credentials") return refuse(400, "invalid grant type");
		this.#issued += 1;
		// The clock is part of it, so that a restarted server does not hand out, as new, a token from
		// before.
		const [nowLow, nowHigh] = [nowMs % 0x1_0000_0000, Math.floor(nowMs / 0x1_0000_0000)];
		const random = new Random(this.#seed, this.#issued, nowLow, nowHigh, 50);
		const token = random.letters(TOKEN_LENGTH);
		this.#expiresAtMs.set(token, nowMs + this.#lifetimeSeconds * 1000);
		const body = { access_token: token, expires_in: this.#lifetimeSeconds, token_type: "bearer" };
		return { status: 200, body: JSON.stringify(body) };
	}

	/** Whether a request with these headers is let in. */
	accepts(authorization: string | undefined, clientId: unknown, nowMs: number): boolean {
		if (clientId !== this.#client.clientId || !authorization?.startsWith("Bearer ")) return false;
		const expiresAtMs = this.#expiresAtMs.get(authorization.slice("Bearer ".length));
		return expiresAtMs !== undefined && nowMs < expiresAtMs;
	}

	revokeAll(): void {
		this.#expiresAtMs.clear();
	}
}

function refuse(status: number, message: string): Reply {
	return { status, body: JSON.stringify({ status, message }) };
}
