import { describe, expect, it } from "vitest";
import { beginWorld, endWorld } from "./globals.ts";
import { Kernel } from "./kernel.ts";
import { range, simulateMany } from "./many-seeds.ts";

/** In a process that has simulated nothing before. */
async function hashesOf(seeds: Iterable<number>): Promise<Map<number, number>> {
	const hashes = new Map<number, number>();
	const onOutcome = ({ seed, hash }: { seed: number; hash: number }) => {
		hashes.set(seed, hash);
		return true;
	};
	await simulateMany({ seeds, processes: 1, onOutcome });
	return hashes;
}

describe("a seed", () => {
	it("leads to the same events and rows, whatever was simulated before", async () => {
		const seeds = [...range(1, 60)];
		const [forth, back] = await Promise.all([hashesOf(seeds), hashesOf(seeds.toReversed())]);
		expect(new Set(forth.values()).size).toBe(60);
		expect(seeds.filter((seed) => forth.get(seed) !== back.get(seed))).toEqual([]);
	}, 120_000);
});

describe("in a simulated world", () => {
	const within = <T>(ask: () => T): T => {
		beginWorld(new Kernel(Date.UTC(2026, 10, 23, 17)));
		try {
			return ask();
		} finally {
			endWorld();
		}
	};

	it("every way to ask for the time has the kernel's", () => {
		expect(within(() => Date.now())).toBe(Date.UTC(2026, 10, 23, 17));
		expect(within(() => new Date().toISOString())).toBe("2026-11-23T17:00:00.000Z");
		expect(within(() => new Date(7).getTime())).toBe(7);
		expect(within(() => new Date() instanceof Date)).toBe(true);
	});

	it.each<[string, () => unknown]>([
		["network", () => fetch("https://example.com")],
		["stopwatch", () => performance.now()],
		["intervals", () => setInterval(() => undefined, 1)],
		["chance", () => Math.random()],
		["chance", () => crypto.getRandomValues(new Uint8Array(1))],
		["cryptography", () => crypto.subtle.digest("SHA-256", new Uint8Array(1))],
	])("there is no %s", (what, ask) => {
		expect(() => within(ask)).toThrow(`a simulated world has no ${what} of its own`);
	});

	it("a timer that was cleared does not ring", async () => {
		const kernel = new Kernel(0);
		const rung: string[] = [];
		beginWorld(kernel);
		try {
			clearTimeout(setTimeout(() => rung.push("first"), 5));
			setTimeout(() => rung.push("second"), 10);
			expect(kernel.nextAtMs).toBe(10);
			while (await kernel.step());
		} finally {
			endWorld();
		}
		expect(rung).toEqual(["second"]);
	});

	it("afterwards everything is as it was", async () => {
		const before = [Date, Date.now, fetch, performance.now, setTimeout, clearTimeout, setInterval];
		within(() => undefined);
		const after = [Date, Date.now, fetch, performance.now, setTimeout, clearTimeout, setInterval];
		expect(after.map((each, index) => each === before[index])).not.toContain(false);
		expect(crypto.randomUUID()).not.toMatch(/^00000000/);
	});
});
