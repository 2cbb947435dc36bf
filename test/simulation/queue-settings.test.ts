import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ConsumerSettings, deadLetterSettings, taskSettings } from "./queue.ts";

const toml = readFileSync(new URL("../../wrangler.toml", import.meta.url).pathname, "utf8");

/** The numbers and texts of one `[[queues.consumers]]`. */
function consumerOf(queue: string): Record<string, string> {
	const tables = toml.split(/^\[+([\w.]+)\]+\s*(?:#.*)?$/m);
	const found = tables
		.filter((_, index) => tables[index - 1] === "queues.consumers")
		.map((text) =>
			Object.fromEntries(
				[...text.matchAll(/^(\w+)\s*=\s*"?([^"#\n]*?)"?\s*(?:#.*)?$/gm)].map(([, name, value]) => [
					name,
					value,
				]),
			),
		)
		.filter((consumer) => consumer["queue"] === queue);
	expect(found).toHaveLength(1);
	return found[0] ?? {};
}

/** As wrangler.toml would have it; where the queue sends dead letters comes beside it. */
function spell(settings: ConsumerSettings, queue: string, deadLetterQueue?: string) {
	return {
		queue,
		max_batch_size: String(settings.maxBatchSize),
		max_batch_timeout: String(settings.maxBatchTimeoutMs / 1_000),
		max_retries: String(settings.maxRetries),
		retry_delay: String(settings.retryDelayMs / 1_000),
		max_concurrency: String(settings.maxConcurrency),
		...(deadLetterQueue === undefined ? {} : { dead_letter_queue: deadLetterQueue }),
	};
}

describe("the simulated queues", () => {
	it("are those of wrangler.toml", () => {
		const [tasks, deadLetters] = ["daicho-tasks", "daicho-dead-letters"] as const;
		expect(consumerOf(tasks)).toEqual(spell(taskSettings, tasks, deadLetters));
		expect(consumerOf(deadLetters)).toEqual(spell(deadLetterSettings, deadLetters));
	});
});
