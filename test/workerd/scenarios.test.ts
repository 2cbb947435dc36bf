import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TaskMessage } from "../../src/domain/message.ts";
import { RunCoordinator } from "../../src/index.ts";
import outcomes from "../simulation/scenario-outcomes.json";
import {
	outcomeOf,
	type Scenario,
	type ScenarioOutcome,
	type Step,
	scenarios,
} from "../simulation/scenarios.ts";
import { eventually } from "../support/eventually.ts";
import { env } from "./env.ts";
import { HandTurnedRun, interceptBatches, never } from "./hand-turned-run.ts";

/** The scenarios of the simulation on the exported objects: real alarms, D1 and crashes come to the same ends. */
const sealOfRun = /SET state = 'sealed'/;

afterEach(() => {
	vi.restoreAllMocks();
});

class RealScenario {
	readonly #run: HandTurnedRun;
	#delivered: TaskMessage | null = null;
	#sends = 0;
	#claims = 0;
	#cut: { mockRestore(): void } | null = null;
	#redeliveries = 0;
	#sealTries = 0;

	constructor(run: HandTurnedRun) {
		this.#run = run;
	}

	async start({ before = [] }: Scenario): Promise<void> {
		for (const step of before) await this.take(step);
		await this.#run.stub.start(this.#run.request);
		if (before.length === 0) await this.#run.sent(2);
		else await eventually(() => expect(this.#sends).toBeGreaterThan(0));
	}

	async take(step: Step): Promise<void> {
		const run = this.#run;
		switch (step) {
			case "deliver":
				return this.#deliver(run.take());
			case "deliver last":
				return this.#deliver(run.queue.pop());
			case "deliver again":
				return this.#deliver(this.#again(), 2);
			case "deliver to two at once": {
				const body = run.take();
				await Promise.all([this.#deliver(body), this.#deliver(body)]);
				return;
			}
			case "lose":
				run.take();
				return;
			case "dead letter":
				await run.returnDeadLetter(run.take());
				// Its tasks are sent again at once: the alarm is due.
				return this.#settle();
			case "claim and die": {
				const { messageNo, taskIds } = run.take();
				this.#claims += 1;
				const claimId = `dying-${this.#claims}` as never;
				await run.stub.claim({ messageNo, taskIds, claimId, delivery: 1 });
				return this.#settle();
			}
			case "ring":
				await run.ring();
				return this.#settle();
			case "no coordinator answers":
				this.#cut = vi.spyOn(RunCoordinator.prototype, "claim").mockImplementation(() => {
					throw new Error("Network connection lost.");
				});
				return;
			case "coordinators answer":
				this.#cut?.mockRestore();
				return;
			case "give it up":
				await run.returnDeadLetter(this.#again());
				return this.#settle();
			case "seal":
				await run.finish();
				return this.#settle();
			case "forget":
				for (let rings = 0; rings < 10 && (await run.alarmAtMs()) !== null; rings += 1) {
					await run.ring();
				}
				return;
			case "abort":
				return abortAllDurableObjects();
			case "delete the alarm":
				return runInDurableObject(run.stub, (_, { storage }) => storage.deleteAlarm());
			case "start again":
				await run.stub.start(run.request);
				return;
			case "cancel":
				await run.stub.cancel();
				return this.#settle();
			case "wake":
				await run.stub.wake();
				return;
			case "wait 40 minutes":
				return run.moveClock(40 * 60_000);
			case "sending fails":
			case "sending fails after all was sent":
				run.onSend = async (take) => {
					if (step !== "sending fails") take();
					this.#sends += 1;
					throw new Error("Queue is overloaded");
				};
				return;
			case "sending works":
				run.onSend = null;
				return;
			case "D1 refuses the seal":
			case "D1 takes the seal and does not say so":
				this.#cut = interceptBatches(sealOfRun, async (carryOut) => {
					if (step !== "D1 refuses the seal") await carryOut();
					throw new Error("D1_ERROR: Network connection lost.");
				});
				return;
			case "D1 hangs at the seal":
			case "D1 takes the seal and hangs":
				this.#cut = interceptBatches(sealOfRun, async (carryOut) => {
					if (step !== "D1 hangs at the seal") await carryOut();
					this.#sealTries += 1;
					return never;
				});
				return;
			case "wait for another try": {
				const tries = this.#sealTries;
				return eventually(() => expect(this.#sealTries).toBeGreaterThan(tries));
			}
			case "D1 works":
				this.#cut?.mockRestore();
		}
	}

	async #deliver(body: TaskMessage | undefined, delivery = 1): Promise<void> {
		if (body === undefined) throw new Error("the queue is empty");
		this.#delivered = body;
		if (await this.#run.deliver(body, delivery)) this.#redeliveries += 1;
		await this.#settle();
	}

	async finish(): Promise<ScenarioOutcome> {
		const run = this.#run;
		const redeliveries = this.#redeliveries;
		if (!("kind" in (await run.stub.summary()))) {
			return outcomeOf(await run.finish(), { redeliveries, isForgotten: false });
		}
		const row = await env.DB.prepare("SELECT summary FROM runs WHERE run_id = ?1")
			.bind(run.runId)
			.first<{ summary: string }>();
		if (row === null) throw new Error("unknown run");
		return outcomeOf(JSON.parse(row.summary), { redeliveries, isForgotten: true });
	}

	#again(): TaskMessage {
		if (this.#delivered === null) throw new Error("nothing was delivered");
		return this.#delivered;
	}

	/** What is due soon is over: by a clock that was moved the platform rings nothing itself. */
	async #settle(): Promise<void> {
		for (let rings = 0; rings < 10; rings += 1) {
			await new Promise((resolve) => setTimeout(resolve, 60));
			const alarmAtMs = await this.#run.alarmAtMs();
			if (alarmAtMs === null || alarmAtMs > Date.now() + 500) return;
			await this.#run.ring();
		}
	}
}

describe("on real workerd", () => {
	it.each(scenarios)("$name", async (scenario) => {
		const run = await HandTurnedRun.create();
		const real = new RealScenario(run);
		await real.start(scenario);
		for (const step of scenario.steps) await real.take(step);
		const outcome = await real.finish();
		expect(outcome).toEqual((outcomes as Record<string, unknown>)[scenario.name]);
	});
});
