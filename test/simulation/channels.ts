import type { Channels as ChannelPorts } from "../../src/notify/channels.ts";
import type { DeliveryOutcome } from "../../src/notify/deliver.ts";
import type { Violated } from "./clauses.ts";
import { type Nature, travel } from "./network.ts";
import type { Process } from "./process.ts";

const delivered = { kind: "delivered" } as const;
const failed = {
	kind: "failed",
	reason: "The receiver answered 500",
	retryAfterMs: null,
} as const;

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
			const refuses = faults.draw("channel-refuse");
			const isUnanswered = faults.draw("channel-unanswered");
			const journey = { label: told, latencyMs: random.between(20, 900) };
			const answer = travel<DeliveryOutcome>(this.#nature, process, journey, () => {
				if (refuses && faults.happens("channel-refuse")) return failed;
				chronicle.taken.push({ channel, messageId });
				return isUnanswered && faults.happens("channel-unanswered") ? failed : delivered;
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
