import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type FailureName,
	FailurePlan,
	failureNames,
} from "../../support/twitch/faults/failures.ts";
import type { FaultName, SimulatedTwitch } from "../../support/twitch/server.ts";
import { activeId, type ListedPage, lastDay, signIn, start } from "./client.ts";

/** Asks for an active streamer's clips until the fault strikes. */
async function askUntilStruck(twitch: SimulatedTwitch, name: FaultName, timeoutMs = 2_000) {
	const { access_token } = (await (
		await fetch(`${twitch.authUrl}/token`, {
			method: "POST",
			body: new URLSearchParams({
				client_id: twitch.clientId,
				client_secret: twitch.clientSecret,
				grant_type: "client_credentials",
			}),
		})
	).json()) as { access_token: string };
	const headers = { Authorization: `Bearer ${access_token}`, "Client-Id": twitch.clientId };
	const struck: {
		status: number | null;
		type: string | null;
		text: string | null;
		error: unknown;
	}[] = [];
	for (const { id } of twitch.streamers.filter((one) => one.active)) {
		for (let tries = 0; tries < 4; tries += 1) {
			const before = twitch.hits[name];
			const query = new URLSearchParams({ broadcaster_id: id, first: "100" });
			let status: number | null = null;
			let type: string | null = null;
			let text: string | null = null;
			let error: unknown = null;
			try {
				const response = await fetch(`${twitch.apiUrl}/clips?${query}`, {
					headers,
					signal: AbortSignal.timeout(timeoutMs),
				});
				status = response.status;
				type = response.headers.get("content-type");
				text = await response.text();
			} catch (thrown) {
				error = thrown;
			}
			if (twitch.hits[name] > before) struck.push({ status, type, text, error });
		}
		if (struck.length >= 8) break;
	}
	expect(struck.length).toBeGreaterThanOrEqual(8);
	return struck;
}

const isJson = (text: string | null): boolean => {
	try {
		JSON.parse(text ?? "");
		return true;
	} catch {
		return false;
	}
};

describe("which requests fail", () => {
	const key = fc.stringMatching(/^[1-9]\d{3,9}$/);
	const enabled = fc.uniqueArray(fc.constantFrom(...failureNames), { minLength: 1 });

	it("two at most of any 40 in a row about one streamer, refusals for want of points counted", () => {
		fc.assert(
			fc.property(
				key,
				fc.nat(),
				enabled,
				fc.array(fc.nat({ max: 30 })),
				(id, seed, names, gaps) => {
					const plan = new FailurePlan(seed);
					const refusedAt = new Set(gaps.map((gap, place) => gap + place * 40));
					const failed: boolean[] = [];
					for (let number = 0; number < 300; number += 1) {
						if (refusedAt.has(number)) {
							plan.noteRefusal(id);
							failed.push(false);
						} else failed.push(plan.take(id, names) !== undefined);
					}
					for (let from = 0; from + 40 <= 300; from += 1) {
						expect(failed.slice(from, from + 40).filter(Boolean).length).toBeLessThanOrEqual(2);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	it("the same ones whatever else is asked meanwhile", () => {
		fc.assert(
			fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 200 }), fc.nat(), (order, seed) => {
				const mixed = new FailurePlan(seed);
				const alone = [0, 1, 2, 3].map(() => new FailurePlan(seed));
				for (const one of order) {
					expect(mixed.take(`10${one}`, failureNames)).toEqual(
						alone[one]?.take(`10${one}`, failureNames),
					);
				}
			}),
		);
	});

	it("most streamers meet one within their first requests, and some meet none", () => {
		const plan = new FailurePlan(1);
		const counts = Array.from({ length: 1_000 }, (_, id) =>
			Array.from({ length: 8 }, () => plan.take(String(id), failureNames)).filter(Boolean),
		).map((failures) => failures.length);
		const share = (count: number) => counts.filter((one) => one === count).length / 1_000;
		expect(share(0)).toBeCloseTo(0.2, 1);
		expect(share(1)).toBeCloseTo(0.4, 1);
		expect(share(2)).toBeCloseTo(0.4, 1);
	});

	it("none when no failure is on", () => {
		const plan = new FailurePlan(1);
		for (let id = 0; id < 100; id += 1) expect(plan.take(String(id), [])).toBeUndefined();
	});
});

describe("how they fail", () => {
	it.each<[FailureName, number, RegExp]>([
		["server-errors", 500, /^application\/json/],
		["bad-gateways", 502, /^text\/html/],
	])("%s", async (name, status, type) => {
		const struck = await askUntilStruck(await start({ faults: [name] }), name);
		for (const one of struck) {
			expect(one).toMatchObject({ status, type: expect.stringMatching(type), error: null });
		}
		expect(isJson(struck[0]?.text ?? null)).toBe(name === "server-errors");
	});

	it("cut-answers: half of the JSON, with a whole frame or a broken one", async () => {
		const struck = await askUntilStruck(await start({ faults: ["cut-answers"] }), "cut-answers");
		expect(struck.every((one) => one.status === 200 && !isJson(one.text))).toBe(true);
		expect(struck.some((one) => one.error !== null)).toBe(true);
		expect(struck.some((one) => one.text?.startsWith('{"data":['))).toBe(true);
	});

	it("unanswered: silence from the start, or in the middle of the body", async () => {
		const twitch = await start({ faults: ["unanswered"] });
		const struck = await askUntilStruck(twitch, "unanswered", 60);
		const names = new Set(struck.map((one) => (one.error as Error | null)?.name));
		expect(names).toEqual(new Set(["TimeoutError"]));
		expect(new Set(struck.map((one) => one.status))).toEqual(new Set([null, 200]));
	});

	it("dropped-connections: no answer at all", async () => {
		const twitch = await start({ faults: ["dropped-connections"] });
		const struck = await askUntilStruck(twitch, "dropped-connections");
		expect(struck.every((one) => one.status === null && one.error instanceof TypeError)).toBe(true);
	});

	it("slow-answers: one in six, later and right", async () => {
		const twitch = await start({ faults: { "slow-answers": { ms: 60 } } });
		const get = await signIn(twitch);
		const tookMs: number[] = [];
		for (let asked = 0; asked < 60; asked += 1) {
			const startedAtMs = performance.now();
			expect((await get("/clips", { broadcaster_id: 1 })).status).toBe(200);
			tookMs.push(performance.now() - startedAtMs);
		}
		const slow = tookMs.filter((ms) => ms >= 58).length;
		expect(slow).toBeGreaterThanOrEqual(twitch.hits["slow-answers"]);
		expect(twitch.hits["slow-answers"]).toBeGreaterThan(3);
		expect(twitch.hits["slow-answers"]).toBeLessThan(20);
	});
});

describe("dead", () => {
	it("is one streamer in 25, with 404 and 500 in turn, for ever", async () => {
		const twitch = await start({ faults: ["dead"] });
		const get = await signIn(twitch);
		const dead = twitch.streamers.filter(({ id }) => twitch.deadStatus(id) !== undefined);
		expect(dead).toHaveLength(8);
		expect(dead.filter(({ id }) => twitch.deadStatus(id) === 404)).toHaveLength(4);
		for (const { id } of dead) {
			for (let tries = 0; tries < 6; tries += 1) {
				const { status } = await get("/clips", { broadcaster_id: id, ...lastDay });
				expect(status).toBe(twitch.deadStatus(id));
			}
		}
	});

	it("is who is named, with the status that is named", async () => {
		const twitch = await start();
		const id = activeId(twitch);
		twitch.setFaults({ dead: { only: [id], status: 503 } });
		const get = await signIn(twitch);
		const statuses = await Promise.all(
			twitch.streamers.slice(0, 8).map(async (one) => {
				return [one.id, (await get("/clips", { broadcaster_id: one.id })).status];
			}),
		);
		expect(statuses.filter(([, status]) => status !== 200)).toEqual([[id, 503]]);
	});
});

it("a client that asks four times gets every listing under all failures at once", async () => {
	const twitch = await start({ faults: failureNames });
	const get = await signIn(twitch);
	const ask = async (id: string): Promise<ListedPage> => {
		const response = await get("/clips", { broadcaster_id: id, ...lastDay });
		if (!response.ok) throw new Error(String(response.status));
		return (await response.json()) as ListedPage;
	};
	/** @returns who is to be asked again; given up are only those whom Twitch leaves without an answer, or without its end */
	const askAll = async (ids: readonly string[]): Promise<string[]> => {
		const before = twitch.hits.unanswered;
		const listed = new Set<string>();
		let ended = 0;
		for (const id of ids) {
			const asked = ask(id).then(
				() => listed.add(id),
				() => undefined,
			);
			void asked.finally(() => {
				ended += 1;
			});
		}
		await expect
			.poll(() => ended + twitch.hits.unanswered - before, { interval: 2 })
			.toBe(ids.length);
		return ids.filter((id) => !listed.has(id));
	};
	for (let from = 0; from < twitch.streamers.length; from += 20) {
		let left = twitch.streamers.slice(from, from + 20).map(({ id }) => id);
		for (let tries = 0; tries < 4; tries += 1) left = await askAll(left);
		expect(left).toEqual([]);
	}
	expect(failureNames.every((name) => twitch.hits[name] > 10)).toBe(true);
});
