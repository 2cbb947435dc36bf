import type { Disposition } from "./consumer.ts";

/**
 * Hands each message of a batch to `handle` and tells the queue what became of it, message by message: nothing is
 * thrown after an `ack`, so no message is delivered again for another one's sake.
 */
export async function handleBatch(
	batch: MessageBatch<unknown>,
	handle: (body: unknown, delivery: number) => Promise<Disposition>,
): Promise<void> {
	await Promise.all(
		batch.messages.map(async (message) => {
			const disposition = await handle(message.body, message.attempts);
			if (disposition.kind === "ack") message.ack();
			else message.retry({ delaySeconds: disposition.delaySeconds });
		}),
	);
}
