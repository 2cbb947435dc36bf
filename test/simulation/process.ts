import type { Nature } from "./network.ts";

const hourMs = 3_600_000;
/**
 * How far a jump may take a clock. Promises name times by the clocks of objects (a deadline, a slot that was in time), so
 * these stay near each other, as the platform's do; one that is ahead by more than a run's time ends it at once.
 */
const furthestMs = { object: 120_000, consumer: hourMs };

/**
 * Something that runs code and can die: an instance of an object, an invocation of a consumer. What it waits for when it
 * dies never comes, so its code never goes on; what it had written before stays.
 */
export class Process {
	readonly name: string;
	readonly isObject: boolean;
	alive = true;
	/** The run that it works for; empty for none. */
	runId = "";
	readonly #nature: Nature;
	readonly #onDeath: () => void;
	/** How far its clock is off, milliseconds. */
	#skewMs: number;

	constructor(name: string, nature: Nature, isObject: boolean, onDeath: () => void) {
		this.name = name;
		this.isObject = isObject;
		this.#nature = nature;
		this.#onDeath = onDeath;
		const { faults } = nature;
		const isOff = faults.strike("clock-skew");
		this.#skewMs = isOff ? faults.of("clock-skew").between(-120_000, 120_000) : 0;
	}

	/** By its own clock; when the bad days are over nobody's is off any more. */
	readonly nowMs = (): number => {
		const { kernel, faults } = this.#nature;
		return kernel.nowMs + (faults.over ? 0 : this.#skewMs);
	};

	/** Sometimes its clock jumps. */
	maybeStepClock(): void {
		const { faults } = this.#nature;
		if (!faults.strike("clock-step", 0.05)) return;
		const mostMs = furthestMs[this.isObject ? "object" : "consumer"];
		this.#skewMs = faults.of("clock-step").between(-mostMs, mostMs);
	}

	readonly sleep = (ms: number): Promise<void> => {
		const { kernel, faults } = this.#nature;
		const dies = !this.isObject && faults.draw("consumer-die", 0.8);
		if (dies) {
			const inMs = faults.of("consumer-die").below(Math.max(1, ms));
			kernel.after(inMs, `the sleep of ${this.name}`, () => this.dieOf("consumer-die"));
		}
		return new Promise((resolve) => {
			kernel.after(ms, `${this.name} wakes`, () => {
				if (this.alive) resolve();
			});
		});
	};

	/** What is settled by something else than its calls does not come to the dead. */
	readonly hear = <T>(answer: Promise<T>): Promise<T> =>
		new Promise((resolve, reject) => {
			answer.then(
				(value) => {
					if (this.alive) resolve(value);
				},
				(error) => {
					if (this.alive) reject(error);
				},
			);
		});

	/** @returns whether it is dead now */
	dieOf(kind: "consumer-die" | "object-abort"): boolean {
		if (this.alive && this.#nature.faults.happens(kind)) this.die();
		return !this.alive;
	}

	die(): void {
		if (!this.alive) return;
		this.alive = false;
		this.#nature.kernel.note(`${this.name} dies`);
		this.#onDeath();
	}
}

/** What a simulated part of the world fails with. Any other error in a log is a bug. */
export class SimulatedError extends Error {
	override readonly name = "SimulatedError";
}
