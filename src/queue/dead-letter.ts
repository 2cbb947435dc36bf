import type { FindCoordinator } from "../../durable-objects/run-coordinator/api.ts";
import { decodeTaskMessage } from "../domain/message.ts";
import { describeError, type Log } from "../log.ts";
import type { WithinTime } from "../time-limit.ts";
import type { Disposition } from "./consumer.ts";

/** Messages that the queue gave up on: their tasks go back to their coordinator, which sends them again. */
export interface DeadLetterPorts {
	readonly findCoordinator: FindCoordinator;
	readonly withinTime: WithinTime;
	readonly log: Log;
}

const retryDelaySeconds = 30;

/** Never rejects. Should the queue give up on this as well, the coordinator's sweep still misses the tasks. */
export async function handleDeadLetter(
	body: unknown,
	{ findCoordinator, withinTime, log }: DeadLetterPorts,
): Promise<Disposition> {
	const message = decodeTaskMessage(body);
	if (!message.ok) {
		log("error", "dead_letter_unreadable", { reason: message.error });
		return { kind: "ack" };
	}
	const { runId, messageNo } = message.value;
	try {
		const answer = await withinTime(findCoordinator(runId).returnMessage({ messageNo }));
		const returned = answer.kind === "returned" ? answer.tasks : 0;
		log("warn", "dead_letter_returned", { runId, messageNo, tasks: returned, answer: answer.kind });
		return { kind: "ack" };
	} catch (error) {
		log("warn", "dead_letter_failed", { runId, messageNo, error: describeError(error) });
		return { kind: "retry", delaySeconds: retryDelaySeconds };
	}
}
