import type { TaskMessage } from "../domain/message.ts";
import { sendBatchBytesMax, sendBatchMessagesMax } from "../limits.ts";

/** Puts messages into the queue. A rejected promise means "not known": some or all may have been sent. */
export type SendMessages = (messages: readonly OutgoingMessage[]) => Promise<void>;

export interface OutgoingMessage {
	readonly body: TaskMessage;
	/** Seconds until the queue may hand it out, 0 to 86,400. */
	readonly delaySeconds: number;
}

export function createProducer(queue: Queue<TaskMessage>): SendMessages {
	return async (messages) => {
		for (const batch of chunkMessages(messages)) {
			await queue.sendBatch(
				batch.map(({ body, delaySeconds }) => ({
					body,
					contentType: "json",
					...(delaySeconds > 0 ? { delaySeconds } : {}),
				})),
			);
		}
	};
}

/** Chunks that `sendBatch` takes: at most 100 messages and 256 KB each. */
export function chunkMessages(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
	const chunks: OutgoingMessage[][] = [];
	let chunk: OutgoingMessage[] = [];
	let bytes = 0;
	for (const message of messages) {
		// Ids are ASCII, so characters are bytes.
		const size = JSON.stringify(message.body).length;
		if (chunk.length === sendBatchMessagesMax || bytes + size > sendBatchBytesMax) {
			chunks.push(chunk);
			chunk = [];
			bytes = 0;
		}
		chunk.push(message);
		bytes += size;
	}
	if (chunk.length > 0) chunks.push(chunk);
	return chunks;
}
