import type { Channels as ChannelPorts } from "../../src/notify/channels.ts";
import type { DeliveryOutcome } from "../../src/notify/deliver.ts";
import { type Nature, travel } from "./network.ts";
import type { Process } from "./process.ts";

/** Whoever is told of incidents: what they took, in its order. */
export class Channels {
	readonly taken: { readonly channel: string; readonly messageId: string }[] = [];
	readonly #nature: Nature;

	constructor(nature: Nature) {
		this.#nature = nature;
	}

	reachedBy(process: Process): ChannelPorts {
		const take = (channel: string, messageId: string): Promise<DeliveryOutcome> => {
			const { faults, random } = this.#nature;
			const refused = faults.strike("channel-refuse");
			const unanswered = faults.strike("channel-unanswered");
			const journey = { label: `${channel} ${messageId}`, latencyMs: random.between(20, 900) };
			return travel(this.#nature, process, journey, () => {
				if (!refused) this.taken.push({ channel, messageId });
				return refused || unanswered
					? { kind: "failed", reason: "The receiver answered 500", retryAfterMs: null }
					: { kind: "delivered" };
			});
		};
		return {
			discord: ({ messageId }) => take("discord", messageId),
			webhook: ({ messageId }) => take("webhook", messageId),
			heartbeat: ({ runId, signal }) => take("heartbeat", `${runId}-${signal}`),
		};
	}
}
