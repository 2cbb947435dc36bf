import { describe, expect, it } from "vitest";
import type { SimulatedStreamer } from "../../support/twitch/server.ts";
import { NOW_MS, signIn, start } from "./client.ts";

describe("Get Users and Get Streams", () => {
	it("finds users by id and login, each once, and takes 100 at most together", async () => {
		const twitch = await start();
		const get = await signIn(twitch);
		const [one, two] = twitch.streamers as readonly [SimulatedStreamer, SimulatedStreamer];
		const response = await get("/users", [
			["id", one.id],
			["login", one.login],
			["login", two.login.toUpperCase()],
			["login", "nobody_at_all"],
		]);
		const { data } = (await response.json()) as { data: { login: string; display_name: string }[] };
		expect(data.map((user) => user.login)).toEqual([one.login, two.login]);
		expect(data[0]?.display_name).toBe(twitch.streamers[0]?.displayName);
		const ids = twitch.streamers.slice(0, 101).map(({ id }): [string, string] => ["id", id]);
		expect((await get("/users", ids)).status).toBe(400);
		expect((await get("/users", ids.slice(0, 100))).status).toBe(200);
		expect((await get("/users")).status).toBe(400);
	});

	it("lists who is live, 20 unless more are asked for", async () => {
		const twitch = await start({ streamers: 400 });
		const get = await signIn(twitch);
		const active = twitch.streamers.filter((one) => one.active);
		const ids = active.slice(0, 100).map(({ id }): [string, string] => ["user_id", id]);
		const read = async (query: [string, string][]) =>
			(await (await get("/streams", query)).json()) as {
				data: { user_id: string; started_at: string; viewer_count: number }[];
				pagination: { cursor?: string };
			};
		const some = await read(ids);
		expect(some.data).toHaveLength(20);
		expect(some.pagination.cursor).toBeDefined();
		const all = await read([...ids, ["first", "100"]]);
		expect(all.data.length).toBeGreaterThan(20);
		expect(all.data.length).toBeLessThan(100);
		expect(all.pagination).toEqual({});
		expect(all.data.every((one) => Date.parse(one.started_at) <= NOW_MS)).toBe(true);
		expect(all.data.every((one) => one.viewer_count > 0)).toBe(true);
		const off = twitch.streamers.find((one) => !one.active)?.id ?? "";
		expect((await read([["user_id", off]])).data).toEqual([]);
	});
});
