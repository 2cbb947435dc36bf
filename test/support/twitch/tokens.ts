/** Owns the app access tokens: who gets one, and which of them still open the door. */
import type { FaultSwitches } from "./faults/switches.ts";
import { Random } from "./random.ts";
import type { Reply } from "./reply.ts";

const TOKEN_LENGTH = 30;

const SHORT_LIFETIME_SECONDS = 20;
const REQUESTS_OF_A_TOKEN = 250;

export interface AppClient {
	clientId: string;
	clientSecret: string;
}

interface Token {
	expiresAtMs: number;
	/** Requests let in with it since the faults were switched. */
	uses: number;
}

export class AppTokens {
	readonly #client: AppClient;
	readonly #seed: number;
	readonly #lifetimeSeconds: number;
	readonly #faults: FaultSwitches;
	readonly #tokens = new Map<string, Token>();
	#issued = 0;
	/** By the fault, since the faults were switched. */
	#revoked = 0;

	constructor(client: AppClient, seed: number, lifetimeSeconds: number, faults: FaultSwitches) {
		this.#client = client;
		this.#seed = seed;
		this.#lifetimeSeconds = lifetimeSeconds;
		this.#faults = faults;
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
		const seconds = this.#decideLifetime();
		this.#tokens.set(token, { expiresAtMs: nowMs + seconds * 1000, uses: 0 });
		const body = { access_token: token, expires_in: seconds, token_type: "bearer" };
		return { status: 200, body: JSON.stringify(body) };
	}

	/** Whether a request with these headers is let in. */
	accepts(authorization: string | undefined, clientId: unknown, nowMs: number): boolean {
		if (clientId !== this.#client.clientId || !authorization?.startsWith("Bearer ")) return false;
		const text = authorization.slice("Bearer ".length);
		const token = this.#tokens.get(text);
		if (token === undefined || nowMs >= token.expiresAtMs) return false;
		if (this.#isUsedUp(token)) {
			this.#tokens.delete(text);
			this.#revoked += 1;
			this.#faults.hit("revoked-tokens");
			return false;
		}
		token.uses += 1;
		return true;
	}

	revokeAll(): void {
		this.#tokens.clear();
	}

	/** Counts anew what the faults have done so far. */
	faultsSwitched(): void {
		this.#revoked = 0;
		for (const token of this.#tokens.values()) token.uses = 0;
	}

	#isUsedUp({ uses }: Token): boolean {
		if (!this.#faults.isOn("revoked-tokens")) return false;
		const requests = this.#faults.number("revoked-tokens", "requests", REQUESTS_OF_A_TOKEN);
		// The first goes early, so that a short run meets one; the others last, because a client that
		// was given a new token takes a second refusal soon after for a wrong secret, and is right.
		return uses >= (this.#revoked === 0 ? Math.ceil(requests / 4) : requests);
	}

	#decideLifetime(): number {
		if (!this.#faults.isOn("short-tokens")) return this.#lifetimeSeconds;
		this.#faults.hit("short-tokens");
		return this.#faults.number("short-tokens", "seconds", SHORT_LIFETIME_SECONDS);
	}
}

function refuse(status: number, message: string): Reply {
	return { status, body: JSON.stringify({ status, message }) };
}
