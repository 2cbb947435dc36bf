import { runIdForRequest, toJobName } from "../../src/domain/ids.ts";
import type { TaskMessage } from "../../src/domain/message.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { allFaultKinds } from "./faults.ts";
import { beginWorld, endWorld } from "./globals.ts";
import { outcomeOf, type Scenario, type ScenarioOutcome, type Step } from "./scenarios.ts";
import { drawSettings } from "./settings.ts";
import { takeD1 } from "./simulate.ts";
import { World } from "./world.ts";

/** Scenarios on the simulated ports. */
const job = toJobName("collect-clips");
const minuteMs = 60_000;
/** What takes no longer than this is over before the next step. */
const settledMs = 600;

export async function liveThrough(scenario: Scenario): Promise<ScenarioOutcome> {
	const drawn = drawSettings(1);
	const config = {
		...drawn.config,
		tasksPerMessage: 12,
		messagesInFlight: 40,
		leaseMs: 120_000,
		queuedMs: 90_000,
		runDeadlineMs: 50 * minuteMs,
		maxAttempts: 4,
		requestsPerInvocation: 45,
		// Real ones keep it for days, in which nothing happens to them.
		coordinatorRetentionMs: 10 * minuteMs,
	};
	const settings = { ...drawn, streamers: 24, clipsEach: 1, config };
	const world = new World(1, takeD1(), { without: allFaultKinds }, false, settings);
	beginWorld(world.kernel);
	try {
		const run = new ScenarioRun(world);
		for (const step of scenario.before ?? []) await run.take(step);
		await run.start();
		for (const step of scenario.steps) await run.take(step);
		return await run.finish();
	} finally {
		endWorld();
	}
}

class ScenarioRun {
	readonly #world: World;
	readonly #runId;
	readonly #queue: TaskMessage[] = [];
	#delivered: TaskMessage | null = null;
	#redeliveries = 0;

	constructor(world: World) {
		this.#world = world;
		this.#runId = runIdForRequest(job, world.kernel.nowMs);
		world.queue.held = this.#queue;
	}

	async start(): Promise<void> {
		const byHand = { trigger: "manual", slotAtMs: null, rerunOf: null } as const;
		const request: RunRequest = { runId: this.#runId, job, ...byHand, taskIds: null, window: null };
		await this.#until(this.#coordinator.start(request));
		await this.#settle();
	}

	async take(step: Step): Promise<void> {
		const { faults, kernel } = this.#world;
		const object = this.#world.coordinator(this.#runId);
		switch (step) {
			case "deliver":
				return this.#deliver(this.#queue.shift());
			case "deliver last":
				return this.#deliver(this.#queue.pop());
			case "deliver again":
				return this.#deliver(this.#again(), 2);
			case "deliver to two at once": {
				const body = this.#next();
				await Promise.all([this.#deliver(body), this.#deliver(body)]);
				return;
			}
			case "lose":
				this.#next();
				return;
			case "dead letter":
				await this.#until(this.#world.deadLetters.handOut(this.#next(), 1));
				return this.#settle();
			case "claim and die": {
				const { messageNo, taskIds } = this.#next();
				const claimId = this.#world.makeId("claim") as never;
				await this.#until(this.#coordinator.claim({ messageNo, taskIds, claimId, delivery: 1 }));
				return this.#settle();
			}
			case "ring":
				return this.#ring();
			case "no coordinator answers":
				return faults.force("call-lost", 1_000);
			case "coordinators answer":
				return faults.force("call-lost", 0);
			case "give it up":
				await this.#until(this.#world.deadLetters.handOut(this.#again(), 1));
				return this.#settle();
			case "seal":
				await this.#seal();
				return this.#settle();
			case "forget":
				for (let rings = 0; rings < 10 && object.alarmAtMs !== null; rings += 1) await this.#ring();
				return;
			case "abort":
				return object.abort();
			case "delete the alarm":
				return object.deleteAlarm();
			case "start again":
				return this.start();
			case "cancel":
				await this.#until(this.#coordinator.cancel());
				return this.#settle();
			case "wake":
				await this.#until(this.#coordinator.wake());
				return this.#settle();
			case "wait 40 minutes":
				kernel.nowMs += 40 * minuteMs;
				return;
			case "sending fails":
				return faults.force("queue-refuse", 1_000);
			case "sending fails after all was sent":
				return faults.force("queue-unanswered", 1_000);
			case "sending works":
				faults.force("queue-refuse", 0);
				return faults.force("queue-unanswered", 0);
			case "D1 refuses the seal":
				this.#world.d1.sealFails = "before";
				return;
			case "D1 takes the seal and does not say so":
				this.#world.d1.sealFails = "after";
				return;
			case "D1 hangs at the seal":
				this.#world.d1.sealFails = "hangs before";
				return;
			case "D1 takes the seal and hangs":
				this.#world.d1.sealFails = "hangs after";
				return;
			case "wait for another try": {
				const { sealTries } = this.#world.d1;
				while (this.#world.d1.sealTries === sealTries && (await kernel.step()));
				return;
			}
			case "D1 works":
				this.#world.d1.sealFails = null;
		}
	}

	async finish(): Promise<ScenarioOutcome> {
		const redeliveries = this.#redeliveries;
		const summary = await this.#seal();
		if (summary !== null) return outcomeOf(summary, { redeliveries, isForgotten: false });
		const [row] = this.#world.d1.database.rows<{ summary: string }>(
			"SELECT summary FROM runs WHERE run_id = ?1",
			this.#runId,
		);
		if (row === undefined) throw new Error("unknown run");
		return outcomeOf(JSON.parse(row.summary), { redeliveries, isForgotten: true });
	}

	/** @returns null when the run is forgotten */
	async #seal(): Promise<Summary | null> {
		for (let steps = 0; steps < 300; steps += 1) {
			const summary = await this.#until(this.#coordinator.summary());
			if ("kind" in summary) return null;
			if (summary.state === "sealed") return summary;
			if (this.#queue.length > 0) await this.#deliver(this.#queue.shift());
			else await this.#ring();
		}
		throw new Error("the run does not seal");
	}

	#again(): TaskMessage {
		if (this.#delivered === null) throw new Error("nothing was delivered");
		return this.#delivered;
	}

	get #coordinator() {
		return this.#world.coordinatorsFor(this.#world.createProcess("by hand"))(this.#runId);
	}

	#next(): TaskMessage {
		const body = this.#queue.shift();
		if (body === undefined) throw new Error("the queue is empty");
		return body;
	}

	async #deliver(body: TaskMessage | undefined, delivery = 1): Promise<void> {
		if (body === undefined) throw new Error("the queue is empty");
		this.#delivered = body;
		const { kind } = await this.#until(this.#world.queue.handOut(body, delivery));
		if (kind === "retry") this.#redeliveries += 1;
		await this.#settle();
	}

	async #ring(): Promise<void> {
		const { alarmAtMs } = this.#world.coordinator(this.#runId);
		if (alarmAtMs === null) return;
		const { nextAtMs, nowMs } = this.#world.kernel;
		// Overdue, it is rung again by the platform in its own time.
		await this.#runTo(alarmAtMs < nowMs ? nextAtMs : alarmAtMs + 100);
		await this.#settle();
	}

	/** Until nothing is due soon. */
	async #settle(): Promise<void> {
		await this.#runTo(this.#world.kernel.nowMs + settledMs);
	}

	async #runTo(untilMs: number): Promise<void> {
		const { kernel } = this.#world;
		while (kernel.nextAtMs <= untilMs) await kernel.step();
	}

	async #until<T>(promise: Promise<T>): Promise<T> {
		let isDone = false;
		const done = () => {
			isDone = true;
		};
		promise.then(done, done);
		while (!isDone && (await this.#world.kernel.step()));
		return promise;
	}
}
