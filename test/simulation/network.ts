import type { Random } from "../support/twitch/random.ts";
import type { Chronicle } from "./chronicle.ts";
import type { FaultKind, Faults } from "./faults.ts";
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

/** Something that goes wrong with a call. */
export interface Mishap {
	/** Null when it is no chance, or counted elsewhere. */
	readonly kind: FaultKind | null;
	/** What the caller is told. */
	readonly says: string;
}

/** How one call to something outside goes. */
export interface Journey {
	readonly label: string;
	/** Milliseconds to the effect. */
	readonly latencyMs: number;
	/** Fails instead of having its effect. */
	readonly refused?: Mishap | false;
	/** Has its effect and fails. */
	readonly unanswered?: Mishap | false;
	/** Never ends, before or after its effect. */
	readonly hangs?: { readonly kind: FaultKind | null; readonly when: "before" | "after" } | null;
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
	const { kernel, random, faults } = nature;
	const { label, latencyMs, refused, unanswered, hangs } = journey;
	const death = planDeath(nature, caller);
	const dies = (when: "before" | "after") =>
		death?.when === when && (!caller.alive || caller.dieOf(death.kind));
	const happens = <T extends Pick<Mishap, "kind">>(mishap: T | false | undefined): mishap is T =>
		mishap !== undefined &&
		mishap !== false &&
		(mishap.kind === null || faults.happens(mishap.kind));
	const hangsNow = (when: "before" | "after") => hangs?.when === when && happens(hangs);
	return new Promise((resolve, reject) => {
		const answer = (settle: () => void) => {
			if (dies("after")) return;
			const settleAlive = () => {
				if (!caller.alive) return;
				caller.maybeStepClock();
				settle();
			};
			// Mostly at once; sometimes there is room for something else to happen before the answer arrives.
			if (random.chance(0.7)) settleAlive();
			else kernel.after(random.between(1, 400), `${label} answers`, settleAlive);
		};
		const done = (value: T) => {
			if (hangsNow("after")) return;
			answer(() => {
				if (happens(unanswered)) reject(new SimulatedError(unanswered.says));
				else resolve(value);
			});
		};
		kernel.after(latencyMs, label, () => {
			if (dies("before")) return;
			if (hangsNow("before")) return;
			if (happens(refused)) return answer(() => reject(new SimulatedError(refused.says)));
			let outcome: T | Promise<T>;
			try {
				outcome = effect();
			} catch (error) {
				return answer(() => reject(error));
			}
			if (outcome instanceof Promise) {
				outcome.then(done, (error) => answer(() => reject(error)));
			} else {
				done(outcome);
			}
		});
	});
}

function planDeath({ faults }: Nature, caller: Process) {
	const kind = caller.isObject ? "object-abort" : "consumer-die";
	if (!faults.draw(kind, caller.isObject ? 0.3 : 0.8)) return null;
	return { kind, when: faults.of(kind).chance(0.5) ? "before" : "after" } as const;
}
