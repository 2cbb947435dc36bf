import { describe, expect, it } from "vitest";
import { PointsBucket } from "../../support/twitch/faults/points-bucket.ts";
import { issueToken, NOW_MS, signIn, start } from "./client.ts";

describe("the points bucket", () => {
	it("grants what it holds, fills up evenly, and says when it is full", () => {
		const bucket = new PointsBucket(800, 800);
		for (let left = 799; left >= 0; left -= 1) {
			expect(bucket.take(0)).toMatchObject({ granted: true, remaining: left });
		}
		expect(bucket.take(0)).toEqual({ granted: false, remaining: 0, fullAtSeconds: 60 });
		expect(bucket.take(74)).toMatchObject({ granted: false });
		expect(bucket.take(76)).toEqual({ granted: true, remaining: 0, fullAtSeconds: 61 });
		expect(bucket.take(30_076)).toMatchObject({ granted: true, remaining: 399 });
		expect(bucket.take(900_000)).toEqual({ granted: true, remaining: 799, fullAtSeconds: 901 });
	});

	it("neither fills nor empties when the clock is set back", () => {
		const bucket = new PointsBucket(2, 60);
		expect(bucket.take(10_000).remaining).toBe(1);
		expect(bucket.take(0)).toMatchObject({ granted: true, remaining: 0 });
		expect(bucket.take(0)).toMatchObject({ granted: false });
		expect(bucket.take(1_000)).toMatchObject({ granted: true });
	});
});

describe("throttling", () => {
	it("answers 429 in Helix's shape with true headers and no Retry-After", async () => {
		let wallMs = 1_800_000_000_000;
		const twitch = await start({
			faults: { throttling: { points: 3, pointsPerMinute: 60 } },
			wallClock: () => wallMs,
		});
		const get = await signIn(twitch);
		const ask = async () => {
			const response = await get("/clips", { broadcaster_id: 1 });
			const named = (name: string) => Number(response.headers.get(`ratelimit-${name}`));
			return { response, headers: [named("limit"), named("remaining"), named("reset")] };
		};
		expect((await ask()).headers).toEqual([3, 2, 1_800_000_001]);
		expect((await ask()).headers).toEqual([3, 1, 1_800_000_002]);
		expect((await ask()).headers).toEqual([3, 0, 1_800_000_003]);
		const refused = await ask();
		expect(refused.headers).toEqual([3, 0, 1_800_000_003]);
		expect(refused.response.status).toBe(429);
		expect(refused.response.headers.get("retry-after")).toBeNull();
		expect(await refused.response.json()).toEqual({
			error: "Too Many Requests",
			status: 429,
			message: expect.any(String),
		});
		expect(twitch.counts).toMatchObject({ clips: 4, throttled: 1 });
		wallMs += 1_000;
		expect((await ask()).response.status).toBe(200);
		expect((await ask()).response.status).toBe(429);
		wallMs += 60_000;
		expect((await ask()).headers).toEqual([3, 2, 1_800_000_062]);
	});

	it("has 800 points a minute, for all addresses together, and is full when it is switched on", async () => {
		const twitch = await start({ faults: ["throttling"], wallClock: () => 0 });
		const get = await signIn(twitch);
		expect((await get("/users", { id: 1 })).headers.get("ratelimit-remaining")).toBe("799");
		const second = await get("/streams", { user_id: 1 });
		expect(second.headers.get("ratelimit-remaining")).toBe("798");
		twitch.setFaults(["throttling"]);
		const third = await get("/clips", { broadcaster_id: 1 });
		expect(third.headers.get("ratelimit-remaining")).toBe("799");
		twitch.setFaults([]);
		const idle = await get("/clips", { broadcaster_id: 1 });
		expect(idle.headers.get("ratelimit-reset")).toBe(String(NOW_MS / 1000 + 1));
	});
});

describe("revoked-tokens", () => {
	it("refuse the first token after a quarter of the requests and the next after all of them", async () => {
		const twitch = await start({ faults: { "revoked-tokens": { requests: 8 } } });
		const status = async (get: Awaited<ReturnType<typeof signIn>>) =>
			(await get("/clips", { broadcaster_id: 1 })).status;
		const lives: number[] = [];
		for (let token = 0; token < 3; token += 1) {
			const get = await signIn(twitch);
			let uses = 0;
			while ((await status(get)) === 200) uses += 1;
			expect(await status(get)).toBe(401);
			lives.push(uses);
		}
		expect(lives).toEqual([2, 8, 8]);
		expect(twitch.hits["revoked-tokens"]).toBe(3);
	});
});

describe("short-tokens", () => {
	it("say how long they live, and live no longer", async () => {
		const twitch = await start({ faults: ["short-tokens"] });
		const issued = (await (await issueToken(twitch)).json()) as { expires_in: number };
		expect(issued.expires_in).toBe(20);
		const get = await signIn(twitch);
		twitch.setNow(NOW_MS + 19_999);
		expect((await get("/clips", { broadcaster_id: 1 })).status).toBe(200);
		twitch.setNow(NOW_MS + 20_000);
		expect((await get("/clips", { broadcaster_id: 1 })).status).toBe(401);
	});
});
