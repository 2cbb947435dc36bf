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
	let ids = 0;
	// Each is another one, which is all that is asked of them.
	crypto.randomUUID = () => {
		ids += 1;
		return `00000000-0000-4000-8000-${String(ids).padStart(12, "0")}`;
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
	randomUUID: crypto.randomUUID.bind(crypto),
	setTimeout: globalThis.setTimeout,
	timeout: AbortSignal.timeout,
};

export function endWorld(): void {
	kernel = null;
	Date.now = realNow;
	Math.random = real.random;
	crypto.randomUUID = real.randomUUID;
	globalThis.setTimeout = real.setTimeout;
	AbortSignal.timeout = real.timeout;
}
