import { toJobName } from "../../src/domain/ids.ts";
import { allFaultKinds } from "./faults.ts";
import { beginWorld, endWorld } from "./globals.ts";
import {
	graceMs,
	type ScheduleOutcome,
	type ScheduleScenario,
	type ScheduleStep,
} from "./schedule-scenarios.ts";
import { drawSettings, hourMs } from "./settings.ts";
import { takeD1 } from "./simulate.ts";
import { World } from "./world.ts";

/** Scenarios of the schedule on the simulated ports. */
const job = toJobName("collect-clips");
/** What takes no longer than this is over before the next step. */
const settledMs = 600;

export async function liveThroughSlot({ steps }: ScheduleScenario): Promise<ScheduleOutcome> {
	const settings = { ...drawSettings(1), streamers: 0 };
	const world = new World(1, takeD1(), { without: allFaultKinds }, false, settings);
	beginWorld(world.kernel);
	try {
		const slot = new SlotRun(world);
		for (const step of ["look", ...steps] as const) await slot.take(step);
		return slot.outcome();
	} finally {
		endWorld();
	}
}

class SlotRun {
	readonly #world: World;
	readonly #slotAtMs: number;

	constructor(world: World) {
		this.#world = world;
		this.#slotAtMs = Math.ceil(world.kernel.nowMs / hourMs) * hourMs;
	}

	async take(step: ScheduleStep | "look"): Promise<void> {
		const { kernel, scheduler } = this.#world;
		const stub = this.#world.schedulerFor(this.#world.createProcess("by hand"));
		const cron = () => stub.cronCame({ cron: "0 * * * *", scheduledAtMs: this.#slotAtMs });
		switch (step) {
			case "look":
				return this.#until(stub.look());
			case "the slot comes":
				return this.#runTo(this.#slotAtMs + 300);
			case "alarm":
				return this.#ring();
			case "cron":
				return this.#until(cron());
			case "cron and alarm at once": {
				// A call is under way for up to 40 ms, and arrives first: either could.
				kernel.nowMs = this.#slotAtMs + graceMs - 40;
				const came = cron();
				await this.#ring();
				return this.#until(came);
			}
			case "wait 40 minutes":
				kernel.nowMs += (40 * hourMs) / 60;
				return;
			case "abort":
				return scheduler.abort();
			case "pause":
				return this.#until(
					stub.pause({ job, untilMs: kernel.nowMs + 3 * hourMs, reason: "a scenario" }),
				);
			case "resume":
				return this.#until(stub.resume(job));
			case "no run starts":
				this.#world.startsFail = "before";
				return;
			case "no start is answered":
				this.#world.startsFail = "after";
				return;
			case "runs start":
				this.#world.startsFail = null;
		}
	}

	outcome(): ScheduleOutcome {
		const [slot] = this.#world.scheduler.storage.database.rows<Omit<ScheduleOutcome, "runs">>(
			`SELECT account, "trigger" FROM slots WHERE slot_at_ms = ?1`,
			this.#slotAtMs,
		);
		if (slot === undefined) throw new Error("the slot has no account");
		const runs = this.#world.d1.database.rows(
			"SELECT 1 FROM runs WHERE slot_at_ms = ?1 AND job = 'collect-clips'",
			this.#slotAtMs,
		);
		return { ...slot, runs: runs.length };
	}

	/** Until the alarm of the slot has rung. */
	async #ring(): Promise<void> {
		const { scheduler } = this.#world;
		for (let rings = 0; rings < 30; rings += 1) {
			const atMs = scheduler.alarmAtMs;
			if (atMs === null) throw new Error("there is no alarm");
			await this.#runTo(Math.max(atMs, this.#world.kernel.nowMs) + 100);
			await this.#runTo(this.#world.kernel.nowMs + settledMs);
			if (atMs >= this.#slotAtMs + graceMs) return;
		}
		throw new Error("the alarm rings for ever");
	}

	async #runTo(untilMs: number): Promise<void> {
		const { kernel } = this.#world;
		while (kernel.nextAtMs <= untilMs) await kernel.step();
		kernel.nowMs = Math.max(kernel.nowMs, untilMs);
	}

	async #until(promise: Promise<unknown>): Promise<void> {
		let isDone = false;
		const done = () => {
			isDone = true;
		};
		promise.then(done, done);
		while (!isDone && (await this.#world.kernel.step()));
		await promise;
		await this.#runTo(this.#world.kernel.nowMs + settledMs);
	}
}
