import { gateObjectName } from "../../durable-objects/twitch-gate/api.ts";
import type { Config } from "../config.ts";
import type { Env } from "../env.ts";
import { answeringInTime } from "../ledger/answer-in-time.ts";
import { withinTime } from "../time-limit.ts";
import { GateClient } from "../twitch/gate-client.ts";
import { TokenMemory } from "../twitch/token-memory.ts";
import { createCollectClips } from "./collect-clips/collect-clips.ts";
import { createRegistry, type JobRegistry } from "./job.ts";

/** Of this isolate: all messages that it handles share it. */
const tokenMemory = new TokenMemory();

/** The jobs of this deployment. A new one is one line here and one folder beside. */
export function createJobs(env: Env, config: Config): JobRegistry {
	return createRegistry([
		createCollectClips({
			database: answeringInTime(env.DB, withinTime),
			apiUrl: config.twitchApiUrl,
			clientId: config.twitchClientId,
			clientSecret: config.twitchClientSecret,
			requestTimeoutMs: config.requestTimeoutMs,
			openTokens: () =>
				tokenMemory.remembering(new GateClient(env.TWITCH_GATE.getByName(gateObjectName))),
			clipWindowHours: config.clipWindowHours,
		}),
	]);
}
