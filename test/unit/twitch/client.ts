import { ok } from "../../../src/domain/result.ts";
import type { TokenSource } from "../../../src/twitch/gate-client.ts";
import { HelixClient } from "../../../src/twitch/helix-client.ts";

export const nowMs = Date.parse("2026-11-23T17:00:05Z");
/** An error that is the caller's own. */
export const spent = new Error("budget");

export function createClient(
	fetcher: typeof fetch,
	tokens: TokenSource = fixedTokens(),
): HelixClient {
	return new HelixClient({
		apiUrl: "https://twitch.test/helix",
		clientId: "client-1",
		fetch: fetcher,
		now: () => nowMs,
		tokens,
		isOwnError: (error) => error === spent,
	});
}

/** Tokens named t1, t2, … */
export function fixedTokens(): TokenSource & { replaced: string[] } {
	const replaced: string[] = [];
	return {
		replaced,
		getToken: async () => ok("t1"),
		replaceToken: async (failed) => {
			replaced.push(failed);
			return ok(`t${replaced.length + 1}`);
		},
	};
}
