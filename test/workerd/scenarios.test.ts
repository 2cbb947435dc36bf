import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TaskMessage } from "../../src/domain/message.ts";
import outcomes from "../simulation/scenario-outcomes.json";
import { outcomeOf, type Scenario, type Step, scenarios } from "../simulation/scenarios.ts";
import { HandTurnedRun, interceptBatches } from "./hand-turned-run.ts";

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

	constructor(run: HandTurnedRun) {
		this.#run = run;
	}

	async start({ before = [] }: Scenario): Promise<void> {
		for (const step of before) await this.take(step);
		await this.#run.stub.start(this.#run.request);
		if (before.length === 0) await this.#run.sent(2);
		else await vi.waitFor(() => expect(this.#sends).toBeGreaterThan(0));
	}

	async take(step: Step): Promise<void> {
		const run = this.#run;
		switch (step) {
			case "deliver":
				return this.#deliver(run.take());
			case "deliver last":
				return this.#deliver(run.queue.pop());
			case "deliver again":
				return this.#deliver(this.#delivered ?? undefined, 2);
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
			case "D1 works":
				this.#cut?.mockRestore();
		}
	}

	async #deliver(body: TaskMessage | undefined, delivery = 1): Promise<void> {
		if (body === undefined) throw new Error("the queue is empty");
		this.#delivered = body;
		await this.#run.deliver(body, delivery);
		await this.#settle();
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
		const outcome = outcomeOf(await run.finish());
		expect(outcome).toEqual((outcomes as Record<string, unknown>)[scenario.name]);
	});
});
