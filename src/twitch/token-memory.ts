import type { Result } from "../domain/result.ts";
import type { TwitchFailure } from "./failure.ts";
import type { MeteredTokenSource } from "./gate-client.ts";

/**
 * The token as this isolate last heard it, so that not every message asks the gate. The gate stays the one that
 * keeps and renews it: a token that Twitch refuses is replaced there, and remembered here again.
 */
export class TokenMemory {
	#token: string | undefined;

	/** `source` for one message, asked only for what is not remembered. */
	remembering(source: MeteredTokenSource): MeteredTokenSource {
		const remember = (answer: Result<string, TwitchFailure>) => {
			this.#token = answer.ok ? answer.value : undefined;
			return answer;
		};
		const token = () => this.#token;
		return {
			get requests() {
				return source.requests;
			},
			async getToken() {
				const known = token();
				return known === undefined ? remember(await source.getToken()) : { ok: true, value: known };
			},
			async replaceToken(failedToken) {
				return remember(await source.replaceToken(failedToken));
			},
		};
	}
}
