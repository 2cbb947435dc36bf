import type { Random } from "../support/twitch/random.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Faults } from "./faults.ts";
import type { Kernel } from "./kernel.ts";
import { type Process, SimulatedError } from "./process.ts";

/** What the parts of a simulated world share. */
export interface Nature {
	readonly kernel: Kernel;
	readonly faults: Faults;
	/** Of what differs from time to time without anything being wrong. */
	readonly random: Random;
	readonly chronicle: Chronicle;
}

/** How one call to something outside goes. */
export interface Journey {
	readonly label: string;
	/** Milliseconds to the effect. */
	readonly latencyMs: number;
	/** Fails instead of having its effect. */
	readonly refused?: string | false;
	/** Has its effect and fails. */
	readonly unanswered?: string | false;
}

/** A clock of a new process: usually right. */
export function drawSkewMs({ faults }: Nature): number {
	const isOff = faults.strike("clock-skew");
	return isOff ? faults.of("clock-skew").between(-120_000, 120_000) : 0;
}

/**
 * A call of `caller` to something outside, and its death while it waits. `effect` is carried out once, never, or after
 * the caller's death, as it would be outside.
 */
export function travel<T>(
	nature: Nature,
	caller: Process,
	journey: Journey,
	effect: () => T | Promise<T>,
): Promise<T> {
	const { kernel, random } = nature;
	const { label, latencyMs, refused, unanswered } = journey;
	const death = planDeath(nature, caller);
	return new Promise((resolve, reject) => {
		const answer = (settle: () => void) => {
			if (death === "after") return caller.die();
			const settleAlive = () => {
				if (caller.alive) settle();
			};
			// Mostly at once; sometimes there is room for something else to happen before the answer arrives.
			if (random.chance(0.7)) settleAlive();
			else kernel.after(random.between(1, 400), `${label} answers`, settleAlive);
		};
		kernel.after(latencyMs, label, () => {
			if (death === "before") return caller.die();
			if (refused) return answer(() => reject(new SimulatedError(refused)));
			let outcome: T | Promise<T>;
			try {
				outcome = effect();
			} catch (error) {
				return answer(() => reject(error));
			}
			const done = (value: T) =>
				answer(() => (unanswered ? reject(new SimulatedError(unanswered)) : resolve(value)));
			if (outcome instanceof Promise) {
				outcome.then(done, (error) => answer(() => reject(error)));
			} else {
				done(outcome);
			}
		});
	});
}

function planDeath({ faults }: Nature, caller: Process): "before" | "after" | null {
	const kind = caller.isObject ? "object-abort" : "consumer-die";
	if (!faults.strike(kind, caller.isObject ? 0.3 : 0.8)) return null;
	return faults.of(kind).chance(0.5) ? "before" : "after";
}
