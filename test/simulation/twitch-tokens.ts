import { ok, type Result } from "../../src/domain/result.ts";
import type { TwitchFailure } from "../../src/twitch/failure.ts";
import {
	GateClient,
	type MeteredTokenSource,
	type TokenSource,
} from "../../src/twitch/gate-client.ts";
import { TokenMemory } from "../../src/twitch/token-memory.ts";
import type { Faults } from "./faults.ts";

type Token = Result<string, TwitchFailure>;

/** The app access token: one at a time, kept in one place, which all consumers of the one isolate remember. */
export class SimulatedTokens {
	readonly #faults: Faults;
	readonly #memory = new TokenMemory();
	#tokens = 1;
	/** Twitch takes the newest token, until it has expired. */
	#hasExpired = false;

	constructor(faults: Faults) {
		this.#faults = faults;
	}

	/** A source for one message: the shipped client and memory, over a gate that may have none. */
	open(): MeteredTokenSource {
		const faults = this.#faults;
		const gate: TokenSource = {
			getToken: async () => this.#unlessNone(faults.strike("token-none", 0.5)),
			replaceToken: async (failed) => {
				const fails = faults.strike("token-none", 0.5) || faults.strike("token-kept");
				if (!fails && failed === this.#newest) this.#renew();
				return this.#unlessNone(fails);
			},
		};
		return this.#memory.remembering(new GateClient(gate));
	}

	/** Whether Twitch lets in who comes with it. */
	isTaken(authorization: string): boolean {
		if (!this.#hasExpired && this.#faults.strike("token-expire", 0.2)) this.#hasExpired = true;
		return !this.#hasExpired && authorization === `Bearer ${this.#newest}`;
	}

	get #newest(): string {
		return `token-${this.#tokens}`;
	}

	#renew(): void {
		this.#tokens += 1;
		this.#hasExpired = false;
	}

	#unlessNone(isNone: boolean): Token {
		// As when the object cannot be reached: the client makes a failure of it.
		if (isNone) throw new Error("no token");
		return ok(this.#newest);
	}
}
