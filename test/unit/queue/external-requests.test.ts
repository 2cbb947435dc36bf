import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, type Mock, vi } from "vitest";
import { RequestBudgetSpent } from "../../../src/jobs/request-budget.ts";
import { ExternalRequests } from "../../../src/queue/external-requests.ts";

/** Against a real server that counts how many it has open at a time. */
let server: Server;
let url: string;
let open = 0;
let most = 0;
let served = 0;

beforeAll(async () => {
	server = createServer((request, response) => {
		open += 1;
		served += 1;
		most = Math.max(most, open);
		response.on("close", () => {
			open -= 1;
		});
		if (request.url === "/never") return;
		if (request.url === "/never-ends") {
			response.write("a beginning");
			return;
		}
		setTimeout(() => response.end("done"), 5);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

afterEach(() => {
	vi.restoreAllMocks();
});

/** Each request's time is up when the test says so: machines are slow at times. */
function holdClocks(): { readonly clocks: readonly { strike(): void }[]; readonly set: Mock } {
	const clocks: { strike(): void }[] = [];
	const set = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
		const clock = new AbortController();
		clocks.push({ strike: () => clock.abort(new DOMException("time is up", "TimeoutError")) });
		return clock.signal;
	});
	return { clocks, set };
}

async function read(requests: ExternalRequests, path = "/"): Promise<string> {
	return (await requests.fetch(url + path)).text();
}

describe("the requests of one invocation", () => {
	it("are at most six at once, however many are asked for", async () => {
		most = 0;
		const requests = new ExternalRequests(fetch, { timeoutMs: 5_000, budget: 45 });
		await Promise.all(Array.from({ length: 30 }, () => read(requests)));
		expect(most).toBeLessThanOrEqual(6);
		expect(most).toBeGreaterThan(3);
	});

	it("end with the budget: the next one is not sent, and everybody who waits is told", async () => {
		served = 0;
		const requests = new ExternalRequests(fetch, { timeoutMs: 5_000, budget: 10 });
		const answers = await Promise.allSettled(Array.from({ length: 25 }, () => read(requests)));
		expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
		for (const answer of answers) {
			if (answer.status === "rejected") expect(answer.reason).toBeInstanceOf(RequestBudgetSpent);
		}
		expect(served).toBe(10);
	});

	it("end after their time-out, and make room for the next", async () => {
		const { clocks, set } = holdClocks();
		const requests = new ExternalRequests(fetch, { timeoutMs: 50, budget: 45 });
		const hanging = Array.from({ length: 6 }, () => requests.fetch(`${url}/never`));
		const late = read(requests);
		const ended = Promise.allSettled(hanging);
		expect(clocks).toHaveLength(6);
		for (const clock of clocks) clock.strike();
		for (const answer of await ended) {
			expect(answer).toMatchObject({ status: "rejected", reason: { name: "TimeoutError" } });
		}
		expect(await late).toBe("done");
		expect(set.mock.calls).toEqual(Array(7).fill([50]));
	});

	it("are sent with a time-out that ends them by itself", async () => {
		const requests = new ExternalRequests(fetch, { timeoutMs: 50, budget: 45 });
		const answer = requests.fetch(`${url}/never`);
		await expect(answer).rejects.toMatchObject({ name: "TimeoutError" });
	});

	it("have a time-out for their body as well", async () => {
		const { clocks } = holdClocks();
		const requests = new ExternalRequests(fetch, { timeoutMs: 50, budget: 45 });
		const answer = await requests.fetch(`${url}/never-ends`);
		clocks[0]?.strike();
		await expect(answer.text()).rejects.toMatchObject({ name: "TimeoutError" });
	});

	it("that fail count and make room as well", async () => {
		const requests = new ExternalRequests(fetch, { timeoutMs: 1_000, budget: 3 });
		const nowhere = "http://127.0.0.1:1/";
		for (let tries = 0; tries < 3; tries += 1) {
			await expect(requests.fetch(nowhere)).rejects.toThrow();
		}
		await expect(requests.fetch(nowhere)).rejects.toBeInstanceOf(RequestBudgetSpent);
	});
});
