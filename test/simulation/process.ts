import type { Kernel } from "./kernel.ts";

/**
 * Something that runs code and can die: an instance of an object, an invocation of a consumer. What it waits for when it
 * dies never comes, so its code never goes on; what it had written before stays.
 */
export class Process {
	readonly name: string;
	readonly kernel: Kernel;
	readonly isObject: boolean;
	/** How far its clock is off, milliseconds. */
	skewMs: number;
	alive = true;
	/** The run that it works for; empty for none. */
	runId = "";
	readonly #onDeath: () => void;

	constructor(
		name: string,
		kernel: Kernel,
		isObject: boolean,
		skewMs: number,
		onDeath: () => void,
	) {
		this.name = name;
		this.isObject = isObject;
		this.kernel = kernel;
		this.skewMs = skewMs;
		this.#onDeath = onDeath;
	}

	/** By its own clock. */
	readonly nowMs = (): number => this.kernel.nowMs + this.skewMs;

	readonly sleep = (ms: number): Promise<void> => {
		return new Promise((resolve) => {
			this.kernel.after(ms, `${this.name} wakes`, () => {
				if (this.alive) resolve();
			});
		});
	};

	die(): void {
		if (!this.alive) return;
		this.alive = false;
		this.kernel.note(`${this.name} dies`);
		this.#onDeath();
	}
}

/** What a simulated part of the world fails with. Any other error in a log is a bug. */
export class SimulatedError extends Error {
	override readonly name = "SimulatedError";
}
