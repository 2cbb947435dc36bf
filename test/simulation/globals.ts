import type { Kernel } from "./kernel.ts";

/**
 * What shipped code may ask of its platform without a port is the kernel's as well; chance is nobody's. The world that
 * runs is the only one of its thread.
 */
let kernel: Kernel | null = null;
const realNow = Date.now;

export function beginWorld(next: Kernel): void {
	if (kernel !== null) throw new Error("another world is running in this thread");
	kernel = next;
	Date.now = () => next.nowMs;
	Math.random = () => {
		throw new Error("a simulated world has no chance of its own");
	};
	globalThis.setTimeout = ((happen: () => void, ms = 0) => {
		next.after(ms, "a timer", happen);
		return 0;
	}) as unknown as typeof setTimeout;
	AbortSignal.timeout = ((timeoutMs: number) => ({
		timeoutMs,
	})) as unknown as typeof AbortSignal.timeout;
}

const real = {
	random: Math.random,
	setTimeout: globalThis.setTimeout,
	timeout: AbortSignal.timeout,
};

export function endWorld(): void {
	kernel = null;
	Date.now = realNow;
	Math.random = real.random;
	globalThis.setTimeout = real.setTimeout;
	AbortSignal.timeout = real.timeout;
}
