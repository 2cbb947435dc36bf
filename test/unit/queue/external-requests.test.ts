import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
		const requests = new ExternalRequests(fetch, { timeoutMs: 50, budget: 45 });
		const hanging = Array.from({ length: 6 }, () => requests.fetch(`${url}/never`));
		const late = read(requests);
		for (const answer of hanging)
			await expect(answer).rejects.toMatchObject({ name: "TimeoutError" });
		expect(await late).toBe("done");
	});

	it("have a time-out for their body as well", async () => {
		const requests = new ExternalRequests(fetch, { timeoutMs: 50, budget: 45 });
		const answer = await requests.fetch(`${url}/never-ends`);
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
