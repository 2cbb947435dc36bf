import type { Result } from "../domain/result.ts";
import type { TwitchFailure } from "./failure.ts";
import type { TokenSource } from "./gate-client.ts";

/**
 * The token of one message: asked for once and replaced at most once, however many of its tasks meet a 401.
 *
 * Asked a second time for a replacement it answers the one that it has, so that who was refused with that
 * very token sees the same again, and stops.
 */
export class SharedToken implements TokenSource {
	readonly #source: TokenSource;
	#token: Promise<Result<string, TwitchFailure>> | undefined;
	#replacement: Promise<Result<string, TwitchFailure>> | undefined;

	constructor(source: TokenSource) {
		this.#source = source;
	}

	getToken(): Promise<Result<string, TwitchFailure>> {
		if (this.#replacement !== undefined) return this.#replacement;
		this.#token ??= this.#source.getToken();
		return this.#token;
	}

	replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>> {
		this.#replacement ??= this.#source.replaceToken(failedToken);
		return this.#replacement;
	}
}
