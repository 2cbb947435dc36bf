import { readConfig } from "../../src/config.ts";
import { requestAppToken } from "../../src/twitch/app-token.ts";
import { startSimulatedTwitch } from "../../test/support/twitch/server.ts";
import type { SampleStreamer } from "./database.ts";
import type { Ending } from "./ending.ts";
import type { Options } from "./options.ts";
import { Refusal } from "./refusal.ts";

/** The Twitch that the Worker asks. */
export interface Twitch {
	readonly apiUrl: string;
	readonly authUrl: string;
	readonly clientId: string;
	readonly clientSecret: string;
}

export interface SimulatedTwitch extends Twitch {
	readonly streamers: readonly SampleStreamer[];
}

const variables = [
	"TWITCH_CLIENT_ID",
	"TWITCH_CLIENT_SECRET",
	"TWITCH_API_URL",
	"TWITCH_AUTH_URL",
] as const;
const checkTimeoutMs = 10_000;

/**
 * The Twitch that the environment names; undefined when it names none, which asks for the simulated one.
 * Half a Twitch is a mistake and is said, rather than taken for none.
 */
export function readTwitch(env: NodeJS.ProcessEnv): Twitch | undefined {
	const given = Object.fromEntries(
		variables.map((name) => [name, env[name]?.trim()] as const).filter(([, value]) => value),
	);
	const [first] = Object.keys(given);
	if (first === undefined) return undefined;
	const missing = variables.slice(0, 2).filter((name) => given[name] === undefined);
	if (missing.length > 0) {
		throw new Refusal(
			`${first} is set, and ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not. Set TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET to use that Twitch, or none of ${variables.join(", ")} for the simulated one.`,
		);
	}
	const config = readConfig(given);
	if (!config.ok) throw new Refusal(`${config.error.join("; ")}.`);
	return {
		apiUrl: config.value.twitchApiUrl,
		authUrl: config.value.twitchAuthUrl,
		clientId: config.value.twitchClientId ?? "",
		clientSecret: config.value.twitchClientSecret ?? "",
	};
}

/** Asks for a token once, so that wrong credentials and a Twitch that is not there are known before anything runs. */
export async function requireReachable(twitch: Twitch): Promise<void> {
	let lost: string | undefined;
	const token = await requestAppToken({
		...twitch,
		fetch: async (input, init) => {
			try {
				return await fetch(input as string, init as RequestInit);
			} catch (error) {
				lost = describeLoss(error);
				throw error;
			}
		},
		now: Date.now,
		timeoutMs: checkTimeoutMs,
	});
	if (token.ok) return;
	if (lost !== undefined) {
		throw new Refusal(
			`Twitch cannot be reached at ${twitch.authUrl} (${lost}). Check the connection and TWITCH_AUTH_URL.`,
		);
	}
	throw new Refusal(
		token.error.kind === "credentials"
			? token.error.message
			: `${token.error.message} It was asked at ${twitch.authUrl}/token.`,
	);
}

/** In this process: its event loop has nothing else to do while a run goes on. */
export async function simulateTwitch(
	ending: Ending,
	seed: number,
	{ streamers, latencyMs, faults }: Pick<Options, "streamers" | "latencyMs" | "faults">,
): Promise<SimulatedTwitch> {
	// Without faults it is not told of any: a good day's order of clips moves between pages, too.
	const bad = Object.keys(faults).length > 0 ? { faults } : {};
	const twitch = await startSimulatedTwitch({ seed, streamers, latencyMs, ...bad });
	ending.beforeExit((now) => (now ? undefined : twitch.close()));
	return twitch;
}

function describeLoss(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.name === "TimeoutError") return `no answer within ${checkTimeoutMs / 1_000} s`;
	// fetch hides the reason in its cause.
	const { cause } = error as { cause?: { code?: string; message?: string } };
	const code = cause?.code;
	const words: Record<string, string> = {
		ECONNREFUSED: "connection refused",
		ECONNRESET: "connection lost",
		ENOTFOUND: "no such host",
		EAI_AGAIN: "the host's name could not be looked up",
		UND_ERR_CONNECT_TIMEOUT: "no connection in time",
	};
	return (code === undefined ? undefined : words[code]) ?? code ?? cause?.message ?? error.message;
}
