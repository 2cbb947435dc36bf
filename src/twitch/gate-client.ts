import { err, type Result } from "../domain/result.ts";
import { withinTime } from "../time-limit.ts";
import type { TwitchFailure } from "./failure.ts";

/** Where the one app access token comes from. Failures: `credentials`, `auth_unavailable`. */
export interface TokenSource {
	getToken(): Promise<Result<string, TwitchFailure>>;
	/** A token that Twitch takes instead of `failedToken`, which it refused with a 401. */
	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>>;
}

/** A source that costs something to ask. */
export interface MeteredTokenSource extends TokenSource {
	/** Calls so far. */
	readonly requests: number;
}

/** The TwitchGate object as one message's consumer sees it: calls are counted, and a call that fails is a value. */
export class GateClient implements MeteredTokenSource {
	readonly #gate: TokenSource;
	#requests = 0;

	/** @param gate the stub of the object */
	constructor(gate: TokenSource) {
		this.#gate = gate;
	}

	get requests(): number {
		return this.#requests;
	}

	getToken(): Promise<Result<string, TwitchFailure>> {
		return this.#ask(() => this.#gate.getToken());
	}

	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>> {
		return this.#ask(() => this.#gate.replaceToken(failedToken));
	}

	async #ask(
		call: () => Promise<Result<string, TwitchFailure>>,
	): Promise<Result<string, TwitchFailure>> {
		this.#requests += 1;
		try {
			return await withinTime(call());
		} catch {
			// What the object threw may quote its SQL; its own log has it.
			return err({
				kind: "auth_unavailable",
				message: "The TwitchGate object did not answer; its log says why.",
			});
		}
	}
}
