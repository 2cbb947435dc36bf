import { describe, expect, it } from "vitest";
import { type SimulatedStreamer, startSimulatedTwitch } from "../../support/twitch/server.ts";
import { activeId, NOW_MS, signIn, start } from "./client.ts";

describe("the wire", () => {
	it("reports the points bucket and answers 404 in Helix's shape to what it does not know", async () => {
		const twitch = await start();
		const response = await (await signIn(twitch))("/bits/cheermotes");
		expect([response.status, await response.json()]).toEqual([
			404,
			{ error: "Not Found", status: 404, message: expect.any(String) },
		]);
		expect(response.headers.get("ratelimit-limit")).toBe("800");
		expect(Number(response.headers.get("ratelimit-remaining"))).toBeGreaterThan(0);
		expect(Number(response.headers.get("ratelimit-reset"))).toBeGreaterThan(NOW_MS / 1000);
		expect((await fetch(`${twitch.url}/nowhere`)).status).toBe(404);
	});

	it("plays a scripted answer for its streamer alone, as often as told", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const [one, two] = twitch.streamers as readonly [SimulatedStreamer, SimulatedStreamer];
		const ask = (id: string) => get("/clips", { broadcaster_id: id });
		const headers = { "content-type": "text/html", "X-Made": "up" };
		twitch.respondWith(one.id, { status: 502, headers, body: '{"da', times: 2 });
		const bad = await ask(one.id);
		expect([bad.status, bad.headers.get("content-type"), await bad.text()]).toEqual([
			502,
			"text/html",
			'{"da',
		]);
		expect((await ask(two.id)).status).toBe(200);
		expect((await ask(one.id)).status).toBe(502);
		expect((await ask(one.id)).status).toBe(200);
		twitch.respondWith(one.id, { status: 500 });
		expect(await (await ask(one.id)).json()).toMatchObject({ status: 500 });
		twitch.respondWith(one.id, null);
		expect((await ask(one.id)).status).toBe(200);
	});

	it("drops a connection when told, and the next request is answered", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const id = activeId(twitch);
		twitch.respondWith(id, { drop: true, times: 1 });
		await expect(get("/clips", { broadcaster_id: id })).rejects.toThrow("fetch failed");
		expect((await get("/clips", { broadcaster_id: id })).status).toBe(200);
	});

	it("cuts off what it left hanging when the streamer's reply is another one, or none, and nobody else's", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const [one, two] = twitch.streamers as readonly [SimulatedStreamer, SimulatedStreamer];
		const ask = (id: string) => get("/clips", { broadcaster_id: id });
		twitch.respondWith(two.id, { hang: true });
		let others = 0;
		const other = ask(two.id).finally(() => {
			others += 1;
		});
		for (const reply of [{ status: 500 }, null]) {
			twitch.respondWith(one.id, { hang: true, times: 1 });
			const before = twitch.counts.clips;
			const hanging = expect(ask(one.id)).rejects.toThrow("fetch failed");
			while (twitch.counts.clips === before) await new Promise(setImmediate);
			// Only the first one hangs.
			expect((await ask(one.id)).status).toBe(200);
			twitch.respondWith(one.id, reply);
			await hanging;
			expect((await ask(one.id)).status).toBe(reply?.status ?? 200);
		}
		expect(others).toBe(0);
		twitch.respondWith(two.id, null);
		await expect(other).rejects.toThrow("fetch failed");
	});

	it("cuts off also what had not had its turn to hang when the reply was removed", async () => {
		const twitch = await start({ latencyMs: 20 });
		const get = await signIn(twitch);
		const id = activeId(twitch);
		twitch.respondWith(id, { hang: true });
		const waiting = expect(get("/clips", { broadcaster_id: id })).rejects.toThrow("fetch failed");
		while (twitch.counts.clips < 1) await new Promise(setImmediate);
		twitch.respondWith(id, null);
		await waiting;
	});

	it("holds an answer back until it is let go", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const id = activeId(twitch);
		const { promise, resolve } = Promise.withResolvers<void>();
		twitch.respondWith(id, { after: promise, status: 503 });
		let isAnswered = false;
		const held = get("/clips", { broadcaster_id: id }).finally(() => {
			isAnswered = true;
		});
		while (twitch.counts.clips < 1) await new Promise(setImmediate);
		await get("/clips", { broadcaster_id: 1 });
		expect(isAnswered).toBe(false);
		resolve();
		expect((await held).status).toBe(503);
	});

	it("closes while a request hangs and another waits, and takes a second close", async () => {
		const twitch = await start({ latencyMs: 20 });
		const id = activeId(twitch);
		const get = await signIn(twitch);
		twitch.respondWith(id, { hang: true });
		const hanging = expect(get("/clips", { broadcaster_id: id })).rejects.toThrow("fetch failed");
		// Once this one is answered, the one before it has had its turn and been left hanging.
		await get("/clips", { broadcaster_id: 1 });
		const waiting = expect(get("/clips", { broadcaster_id: 1 })).rejects.toThrow("fetch failed");
		while (twitch.counts.clips < 3) await new Promise((resolve) => setImmediate(resolve));
		await Promise.all([twitch.close(), twitch.close()]);
		await Promise.all([hanging, waiting]);
	});

	it("delays answers below /helix by the latency, all at once and not one after the other", async () => {
		const twitch = await start({ latencyMs: 60 });
		const get = await signIn(twitch);
		const startedAtMs = performance.now();
		await Promise.all(Array.from({ length: 12 }, () => get("/clips", { broadcaster_id: 1 })));
		const tookMs = performance.now() - startedAtMs;
		expect(tookMs).toBeGreaterThan(58);
		expect(tookMs).toBeLessThan(12 * 60);
	});

	it("rejects with the original error when its port is in use", async () => {
		const twitch = await start();
		const port = Number(new URL(twitch.url).port);
		await expect(startSimulatedTwitch({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
	});
});
