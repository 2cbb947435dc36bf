/**
 * An invocation may send only so many requests out of Cloudflare. `Work.fetch` rejects with this when the next
 * one would go over it; the request was not sent.
 */
export class RequestBudgetSpent extends Error {
	override readonly name = "RequestBudgetSpent";

	constructor(requests: number) {
		super(`this invocation has sent its ${requests} requests (REQUESTS_PER_INVOCATION)`);
	}
}
