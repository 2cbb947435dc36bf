import { vi } from "vitest";

/** Milliseconds. For what never comes, not for what comes late: machines are shared. `expect.poll` has the same limit. */
const eventuallyMs = 20_000;

/** Resolves with what `check` does, once it neither throws nor rejects; rejects with its last error when that takes too long. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
	return vi.waitFor(check, eventuallyMs);
}
