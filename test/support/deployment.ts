import { createTestHarness, type TestHarness, type WorkerHandle } from "wrangler";
import type { RunId } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { Env } from "../../src/env.ts";
import {
	type SimulatedTwitch,
	type SimulatedTwitchOptions,
	startSimulatedTwitch,
} from "./twitch/server.ts";

/** The built Worker on workerd, with its queues, D1 and objects, against a simulated Twitch over HTTP. */
export interface Deployment {
	readonly twitch: SimulatedTwitch;
	readonly worker: WorkerHandle<Env>;
	readonly harness: TestHarness;
	/** With the admin's token, unless the headers say otherwise. */
	api(path: string, init?: RequestInit): Promise<Response>;
	/** Rows of D1. */
	rows<Row = Record<string, unknown>>(query: string, ...values: unknown[]): Promise<Row[]>;
	/** Waits until the run is sealed. */
	sealed(runId: RunId | string): Promise<Summary>;
	close(): Promise<void>;
}

export const adminToken = "an-admin-token-of-the-tests";
const sealPollMs = 25;
/** Retries alone take a run of bad days two thirds of a minute. */
const sealTimeoutMs = 100_000;

export async function deploy(
	twitchOptions: SimulatedTwitchOptions = {},
	vars: Record<string, string> = {},
	secrets: Record<string, string> = {},
): Promise<Deployment> {
	const twitch = await startSimulatedTwitch({ movingOrder: false, ...twitchOptions });
	const harness = createTestHarness({
		workers: [
			{
				configPath: new URL("../../wrangler.toml", import.meta.url).pathname,
				vars: { TWITCH_API_URL: twitch.apiUrl, TWITCH_AUTH_URL: twitch.authUrl, ...vars },
				secrets: {
					ADMIN_TOKEN: adminToken,
					TWITCH_CLIENT_ID: twitch.clientId,
					TWITCH_CLIENT_SECRET: twitch.clientSecret,
					...secrets,
				},
			},
		],
	});
	await harness.listen();
	const worker = harness.getWorker<Env>();
	await worker.applyD1Migrations("DB");
	const { DB } = await worker.getEnv();
	await DB.prepare(
		`INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms)
		SELECT value ->> 'id', value ->> 'login', value ->> 'displayName', 1, 0 FROM json_each(?1)`,
	)
		.bind(JSON.stringify(twitch.streamers))
		.run();

	const api = async (path: string, init: RequestInit = {}) => {
		const headers = new Headers({ authorization: `Bearer ${adminToken}` });
		for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
		return harness.fetch(path, { ...init, headers } as never) as unknown as Promise<Response>;
	};
	return {
		twitch,
		worker,
		harness,
		api,
		rows: async <Row>(query: string, ...values: unknown[]) =>
			(
				await DB.prepare(query)
					.bind(...values)
					.all<Row>()
			).results,
		sealed: async (runId) => {
			const giveUpAtMs = Date.now() + sealTimeoutMs;
			for (;;) {
				const answer = await api(`/api/runs/${runId}`);
				const summary = (await answer.json()) as Summary;
				if (summary.state === "sealed") return summary;
				if (Date.now() > giveUpAtMs) throw new Error(`${runId}: ${JSON.stringify(summary)}`);
				await new Promise((resolve) => setTimeout(resolve, sealPollMs));
			}
		},
		close: async () => {
			await harness.close();
			await twitch.close();
		},
	};
}
