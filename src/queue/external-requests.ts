import { RequestBudgetSpent } from "../jobs/request-budget.ts";
import { connectionsMax } from "../limits.ts";

/**
 * `fetch` for the requests of one consumer invocation that leave Cloudflare: at most 6 at once (the platform would
 * queue a 7th inside its time-out), each with a time-out that covers the body too, and no more than the budget.
 */
export class ExternalRequests {
	readonly #fetch: typeof fetch;
	readonly #timeoutMs: number;
	readonly #budget: number;
	#sent = 0;
	#open = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(fetchOut: typeof fetch, limits: { timeoutMs: number; budget: number }) {
		this.#fetch = fetchOut;
		this.#timeoutMs = limits.timeoutMs;
		this.#budget = limits.budget;
	}

	/** Rejects with `RequestBudgetSpent` before sending one too many, with a `TimeoutError` after the time-out. */
	readonly fetch: typeof fetch = async (input, init) => {
		while (this.#open >= connectionsMax) {
			await new Promise<void>((resume) => this.#waiting.push(resume));
		}
		if (this.#sent >= this.#budget) {
			this.#waiting.shift()?.();
			throw new RequestBudgetSpent(this.#budget);
		}
		this.#sent += 1;
		this.#open += 1;
		try {
			const timeout = AbortSignal.timeout(this.#timeoutMs);
			return await this.#fetch(input, { ...init, signal: timeout });
		} finally {
			this.#open -= 1;
			this.#waiting.shift()?.();
		}
	};
}
