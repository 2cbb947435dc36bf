import type { Config } from "../config.ts";
import { type DeliveryOutcome, type OutgoingRequest, send } from "./deliver.ts";
import { discordRequest } from "./discord.ts";
import { type Heartbeat, heartbeatRequest } from "./heartbeat.ts";
import type { Notice } from "./notice.ts";
import { webhookRequest } from "./webhook.ts";

/** Who is told, each null when it is not configured. None of them rejects. */
export interface Channels {
	readonly discord: ((notice: Notice) => Promise<DeliveryOutcome>) | null;
	readonly webhook: ((notice: Notice) => Promise<DeliveryOutcome>) | null;
	readonly heartbeat: ((heartbeat: Heartbeat) => Promise<DeliveryOutcome>) | null;
}

export type ChannelConfig = Pick<
	Config,
	"language" | "discordWebhookUrl" | "webhookUrl" | "webhookSecret" | "heartbeatUrl"
>;

/** @param now of this attempt, epoch milliseconds */
export function createChannels(
	config: ChannelConfig,
	ports: { readonly fetch: typeof fetch; readonly now: () => number },
): Channels {
	const { language, discordWebhookUrl, webhookUrl, webhookSecret, heartbeatUrl } = config;
	const post = (request: OutgoingRequest) => send(request, ports);
	return {
		discord:
			discordWebhookUrl === undefined
				? null
				: (notice) => attempt(() => post(discordRequest(discordWebhookUrl, notice, language))),
		webhook:
			webhookUrl === undefined || webhookSecret === undefined
				? null
				: (notice) =>
						attempt(() => {
							const { body, headers } = webhookRequest(notice, webhookSecret, ports.now());
							return post({ url: webhookUrl, method: "POST", headers, body });
						}),
		heartbeat:
			heartbeatUrl === undefined
				? null
				: (heartbeat) => attempt(async () => post(await heartbeatRequest(heartbeatUrl, heartbeat))),
	};
}

/** What was written down by other code may not be what this one can tell: that is a failure as any other. */
async function attempt(deliver: () => Promise<DeliveryOutcome>): Promise<DeliveryOutcome> {
	try {
		return await deliver();
	} catch (error) {
		const reason = `It could not be written: ${error instanceof Error ? error.name : "unknown"}`;
		return { kind: "failed", reason, retryAfterMs: null };
	}
}
