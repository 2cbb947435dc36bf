import type { Channels as ChannelPorts } from "../../src/notify/channels.ts";
import type { DeliveryOutcome } from "../../src/notify/deliver.ts";
import type { Violated } from "./clauses.ts";
import { type Nature, travel } from "./network.ts";
import type { Process } from "./process.ts";

/** Whoever is told of incidents. */
export class Channels {
	readonly #nature: Nature;
	readonly #violated: Violated;
	/** What daicho knows to be taken. */
	readonly #confirmed = new Set<string>();

	constructor(nature: Nature, violated: Violated) {
		this.#nature = nature;
		this.#violated = violated;
	}

	reachedBy(process: Process): ChannelPorts {
		const take = (channel: string, messageId: string): Promise<DeliveryOutcome> => {
			const { faults, random, chronicle } = this.#nature;
			const told = `${channel} ${messageId}`;
			if (this.#confirmed.has(told)) this.#violated("told-again", told);
			const refused = faults.strike("channel-refuse");
			const unanswered = faults.strike("channel-unanswered");
			const journey = { label: told, latencyMs: random.between(20, 900) };
			const answer = travel<DeliveryOutcome>(this.#nature, process, journey, () => {
				if (!refused) chronicle.taken.push({ channel, messageId });
				return refused || unanswered
					? { kind: "failed", reason: "The receiver answered 500", retryAfterMs: null }
					: { kind: "delivered" };
			});
			return answer.then((outcome) => {
				if (outcome.kind === "delivered") this.#confirmed.add(told);
				return outcome;
			});
		};
		return {
			discord: ({ messageId }) => take("discord", messageId),
			webhook: ({ messageId }) => take("webhook", messageId),
			heartbeat: ({ runId, signal }) => take("heartbeat", `${runId}-${signal}`),
		};
	}
}
