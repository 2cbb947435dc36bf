import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toRunId } from "../../../src/domain/ids.ts";
import { bulkParameters } from "../../../src/ledger/bulk.ts";
import { bulkParameterCharactersMax } from "../../../src/limits.ts";
import { chunkMessages } from "../../../src/queue/producer.ts";
import { taskIdOf } from "../../support/scripted-job.ts";

const runId = toRunId("collect-clips-20261123T1700Z");

describe("messages for sendBatch", () => {
	it("come in chunks of at most 100 messages and 256 KB, in order, none left out", () =>
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 500, size: "max" }),
				(sizes) => {
					const messages = sizes.map((size, index) => ({
						body: {
							version: 1 as const,
							runId,
							messageNo: index + 1,
							taskIds: Array.from({ length: size }, (_, task) => taskIdOf(task)),
						},
						delaySeconds: 0,
					}));
					const chunks = chunkMessages(messages);
					expect(chunks.flat()).toEqual(messages);
					for (const chunk of chunks) {
						expect(chunk.length).toBeGreaterThan(0);
						expect(chunk.length).toBeLessThanOrEqual(100);
						expect(JSON.stringify(chunk).length).toBeLessThanOrEqual(256_000);
					}
				},
			),
			{ numRuns: 50 },
		));
});

describe("bulk parameters", () => {
	it("hold every item once, in order, each parameter short enough to bind", () =>
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 30 }), (lengths) => {
				const items = lengths.map((length, index) => ({ index, text: "x".repeat(length) }));
				const parameters = bulkParameters(items);
				expect(parameters.flatMap((parameter) => JSON.parse(parameter))).toEqual(items);
				for (const parameter of parameters) {
					expect(parameter.length).toBeLessThanOrEqual(bulkParameterCharactersMax + 200_100);
				}
			}),
			{ numRuns: 50 },
		));

	it("are none for nothing", () => expect(bulkParameters([])).toEqual([]));
});
