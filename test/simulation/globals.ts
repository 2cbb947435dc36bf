import type { Appointment, Kernel } from "./kernel.ts";

/**
 * What shipped code may ask of its platform without a port is the kernel's as well; chance, and what only a real machine
 * has, is nobody's. The world that runs is the only one of its process.
 */
let kernel: Kernel | null = null;

/** In whose place something stands while a world runs. */
const replaced: { readonly owner: object; readonly name: string; readonly real: unknown }[] = [];

export function beginWorld(next: Kernel): void {
	if (kernel !== null) throw new Error("another world is running in this process");
	kernel = next;
	replaceTimes(next);
	replace(Math, "random", missing("chance"));
	let ids = 0;
	// Each is another one, which is all that is asked of them.
	replace(crypto, "randomUUID", () => {
		ids += 1;
		return `00000000-0000-4000-8000-${String(ids).padStart(12, "0")}`;
	});
	replace(crypto, "getRandomValues", missing("chance"));
	for (const name of cryptography) replace(crypto.subtle, name, missing("cryptography"));
	replace(globalThis, "fetch", missing("network"));
}

export function endWorld(): void {
	kernel = null;
	for (const { owner, name, real } of replaced.splice(0).toReversed()) {
		Object.defineProperty(owner, name, { value: real, writable: true, configurable: true });
	}
}

const cryptography = ["digest", "sign", "verify", "encrypt", "decrypt", "importKey"] as const;

function replaceTimes(next: Kernel): void {
	replace(Date, "now", () => next.nowMs);
	const construct = (RealDate: DateConstructor, asked: unknown[]) =>
		asked.length === 0 ? new RealDate(next.nowMs) : new RealDate(...(asked as [number]));
	replace(globalThis, "Date", new Proxy(Date, { construct }));
	replace(performance, "now", missing("stopwatch"));
	replace(globalThis, "setTimeout", (happen: () => void, ms = 0) =>
		next.after(ms, "a timer", happen),
	);
	replace(globalThis, "clearTimeout", (timer?: Appointment | null) => {
		if (timer != null) next.callOff(timer);
	});
	replace(globalThis, "setInterval", missing("intervals"));
	replace(AbortSignal, "timeout", (timeoutMs: number) => ({ timeoutMs }));
}

function replace(owner: object, name: string, instead: unknown): void {
	replaced.push({ owner, name, real: Reflect.get(owner, name) });
	Object.defineProperty(owner, name, { value: instead, writable: true, configurable: true });
}

function missing(what: string): () => never {
	return () => {
		throw new Error(`a simulated world has no ${what} of its own`);
	};
}
