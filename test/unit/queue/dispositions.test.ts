import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClaimAnswer, CoordinatorApi } from "../../../durable-objects/run-coordinator/api.ts";
import type { Work } from "../../../src/jobs/job.ts";
import { handleBatch } from "../../../src/queue/batch.ts";
import { Consumer, type Disposition } from "../../../src/queue/consumer.ts";
import { handleDeadLetter } from "../../../src/queue/dead-letter.ts";
import { createProducer } from "../../../src/queue/producer.ts";
import { withinTime } from "../../../src/time-limit.ts";
import { GateClient } from "../../../src/twitch/gate-client.ts";
import { claim, running } from "../../support/node-world.ts";

/** What becomes of messages: none is acknowledged that is not done with, so none is dropped silently. */
interface Told {
	readonly acked: string[];
	readonly retried: { id: string; delaySeconds: number | undefined }[];
}

function batchOf(ids: readonly string[]): { batch: MessageBatch<unknown>; told: Told } {
	const told: Told = { acked: [], retried: [] };
	const messages = ids.map((id, index) => ({
		id,
		body: { id },
		attempts: index + 1,
		ack: () => told.acked.push(id),
		retry: (options?: { delaySeconds?: number }) =>
			told.retried.push({ id, delaySeconds: options?.delaySeconds }),
	}));
	return { batch: { messages } as unknown as MessageBatch<unknown>, told };
}

describe("a batch", () => {
	it("is told message by message what became of it, and each handler how often it came", async () => {
		const { batch, told } = batchOf(["a", "b", "c"]);
		const deliveries: number[] = [];
		await handleBatch(batch, async (body, delivery): Promise<Disposition> => {
			deliveries.push(delivery);
			const { id } = body as { id: string };
			return id === "b" ? { kind: "retry", delaySeconds: 30 } : { kind: "ack" };
		});
		expect(told).toEqual({ acked: ["a", "c"], retried: [{ id: "b", delaySeconds: 30 }] });
		expect(deliveries).toEqual([1, 2, 3]);
	});
});

describe("a dead letter", () => {
	it("whose coordinator cannot be reached is asked for again", async () => {
		const world = await running(1);
		const logged: string[] = [];
		const disposition = await handleDeadLetter(world.take().body, {
			findCoordinator: () =>
				({ returnMessage: () => Promise.reject(new Error("reset")) }) as unknown as CoordinatorApi,
			withinTime,
			log: (_, event) => void logged.push(event),
		});
		expect(disposition).toEqual({ kind: "retry", delaySeconds: 30 });
		expect(logged).toEqual(["dead_letter_failed"]);
	});
});

describe("a consumer", () => {
	async function answering(
		answer: ClaimAnswer,
	): Promise<{ disposition: Disposition; calls: string[] }> {
		const world = await running(1);
		const calls: string[] = [];
		const coordinator = {
			claim: async () => answer,
			report: async () => {
				calls.push("report");
				return { kind: "heard", accepted: 1, late: 0 };
			},
		} as unknown as CoordinatorApi;
		return { disposition: await world.consumer(coordinator).handle(world.take().body, 1), calls };
	}

	it("of a run that nobody knows acknowledges, and does nothing", async () => {
		const { disposition, calls } = await answering({ kind: "unknown_run" });
		expect({ disposition, calls }).toEqual({ disposition: { kind: "ack" }, calls: [] });
	});

	it("that is granted nothing acknowledges, and reports nothing", async () => {
		const world = await running(1);
		const { body } = world.take();
		const granted = await claim(world, body);
		const { disposition, calls } = await answering({ ...granted, tasks: [] });
		expect({ disposition, calls }).toEqual({ disposition: { kind: "ack" }, calls: [] });
	});

	it("is to be done 15 seconds before its lease ends, timed from before it asked", async () => {
		const world = await running(1);
		const startedAtMs = world.nowMs;
		let work: Work | undefined;
		world.job.perform = async (given) => {
			work = given;
			return { results: [], meters: {} };
		};
		const slow = {
			claim: async (request: never) => {
				const answer = await world.coordinator.claim(request);
				world.nowMs += 3_000;
				return answer;
			},
			report: world.coordinator.report.bind(world.coordinator),
		} as unknown as CoordinatorApi;
		await world.consumer(slow).handle(world.take().body, 1);
		expect(work?.deadlineAtMs).toBe(startedAtMs + 120_000 - 15_000);
		expect(work?.now()).toBe(startedAtMs + 3_000);
	});

	it("whose claim is answered when it is asked again works for what is left of the lease", async () => {
		const world = await running(1);
		const startedAtMs = world.nowMs;
		let work: Work | undefined;
		const perform = world.job.perform.bind(world.job);
		world.job.perform = async (given) => {
			work = given;
			return perform(given);
		};
		let claims = 0;
		const hung = {
			claim: async (request: Parameters<CoordinatorApi["claim"]>[0]) => {
				const answer = await world.coordinator.claim(request);
				claims += 1;
				if (claims > 2) return answer;
				world.nowMs += 31_000;
				throw new Error("no answer within 30 s");
			},
			report: world.coordinator.report.bind(world.coordinator),
		} as unknown as CoordinatorApi;
		await world.consumer(hung).handle(world.take().body, 1);
		expect(work?.deadlineAtMs).toBe(startedAtMs + 120_000 - 15_000);
	});

	it("has done its work long before the platform ends it, however long the lease", async () => {
		const world = await running(1, { leaseMs: 900_000 });
		const startedAtMs = world.nowMs;
		let work: Work | undefined;
		const perform = world.job.perform.bind(world.job);
		world.job.perform = async (given) => {
			work = given;
			return perform(given);
		};
		await world.deliver(world.take());
		expect(work?.deadlineAtMs).toBe(startedAtMs + 750_000);
	});

	it("whose job says nothing of a task has it tried again", async () => {
		const world = await running(2);
		const perform = world.job.perform.bind(world.job);
		let silent = true;
		world.job.perform = async (work) => {
			if (!silent) return perform(work);
			silent = false;
			return { results: [], meters: {} };
		};
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", attempts: { total: 4, retried: 2 } });
	});

	it("that does not know the job says so, and reports it", async () => {
		const world = await running(1);
		const consumer = new Consumer({
			findCoordinator: () => world.coordinator,
			jobs: new Map(),
			fetch: () => Promise.reject(new Error("nothing is sent")),
			nowMs: () => world.nowMs,
			dice: () => 0.5,
			makeId: () => "claim",
			sleep: async () => undefined,
			withinTime,
			config: { requestTimeoutMs: 1_000, requestsPerInvocation: 45 },
			log: () => undefined,
		});
		await consumer.handle(world.take().body, 1);
		expect((await world.finish()).errors).toMatchObject([{ code: "unknown_job", count: 1 }]);
	});
});

describe("an object that never answers", () => {
	const never = () => new Promise<never>(() => undefined);
	beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
	afterEach(() => vi.useRealTimers());

	it("once, to a claim or to a report that it took, is asked again: nothing is lost, and nothing done twice", async () => {
		const world = await running(2);
		const claimIds: string[] = [];
		let reports = 0;
		const coordinator = {
			claim: async (request: Parameters<CoordinatorApi["claim"]>[0]) => {
				claimIds.push(request.claimId);
				const answer = await world.coordinator.claim(request);
				return claimIds.length === 1 ? never() : answer;
			},
			report: async (request: Parameters<CoordinatorApi["report"]>[0]) => {
				reports += 1;
				const answer = await world.coordinator.report(request);
				return reports === 1 ? never() : answer;
			},
		} as unknown as CoordinatorApi;
		const handled = world.consumer(coordinator).handle(world.take().body, 1);
		await vi.advanceTimersByTimeAsync(61_000);
		expect(await handled).toEqual({ kind: "ack" });
		expect(claimIds).toEqual([claimIds[0], claimIds[0]]);
		expect(reports).toBe(2);
		const summary = await world.finish();
		expect(summary).toMatchObject({ verdict: "succeeded", attempts: { total: 2, lateReports: 0 } });
	});

	it("holds a place at the queue for two minutes and a little, then the message is for later", async () => {
		const world = await running(1);
		const dead = { claim: never } as unknown as CoordinatorApi;
		let disposition: Disposition | undefined;
		void world
			.consumer(dead)
			.handle(world.take().body, 1)
			.then((told) => {
				disposition = told;
			});
		await vi.advanceTimersByTimeAsync(119_000);
		expect(disposition).toBeUndefined();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(disposition).toEqual({ kind: "retry", delaySeconds: 5 });
	});

	it("is told again of a dead letter", async () => {
		const world = await running(1);
		const told = handleDeadLetter(world.take().body, {
			findCoordinator: () => ({ returnMessage: never }) as unknown as CoordinatorApi,
			withinTime,
			log: () => undefined,
		});
		await vi.advanceTimersByTimeAsync(31_000);
		expect(await told).toEqual({ kind: "retry", delaySeconds: 30 });
	});

	it("gives no token: Twitch is asked again later", async () => {
		const asked = new GateClient({ getToken: never, replaceToken: never }).getToken();
		await vi.advanceTimersByTimeAsync(31_000);
		expect(await asked).toMatchObject({ ok: false, error: { kind: "auth_unavailable" } });
	});
});

describe("the producer", () => {
	it("passes delays on, and leaves out none", async () => {
		const world = await running(12);
		const { body } = world.take();
		const sent: unknown[] = [];
		const queue = { sendBatch: async (batch: unknown[]) => void sent.push(...batch) };
		await createProducer(queue as never)([
			{ body, delaySeconds: 0 },
			{ body, delaySeconds: 40 },
		]);
		expect(sent).toEqual([
			{ body, contentType: "json" },
			{ body, contentType: "json", delaySeconds: 40 },
		]);
	});
});
