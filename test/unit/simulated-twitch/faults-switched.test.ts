import { describe, expect, it } from "vitest";
import {
	decodeFaults,
	faultDescriptions,
	faultNames,
	type SimulatedTwitch,
	startSimulatedTwitch,
} from "../../support/twitch/server.ts";
import { activeId, NOW_MS, start } from "./client.ts";

async function control(twitch: SimulatedTwitch, method: string, path: string, body?: unknown) {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	const response = await fetch(`${twitch.url}/control/${path}`, {
		method,
		...(body === undefined ? {} : { body: text }),
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const wrong: [string, unknown, RegExp][] = [
	["a name that there is not", ["short-page"], /no fault "short-page".*short-pages/],
	["a word for a list", "everything", /"all", a list of names/],
	["nothing", null, /"all", a list of names/],
	["a number among the names", [1], /no fault 1/],
	["settings that are none", { dead: false }, /dead is true or an object/],
	["a setting that there is not", { dead: { points: 1 } }, /dead has no setting "points"/],
	["streamers of the bucket", { throttling: { only: ["1"] } }, /no setting "only"/],
	["streamers that are no ids", { dead: { only: [1] } }, /list of broadcaster ids/],
	["no points at all", { throttling: { points: 0 } }, /points is a whole number above 0/],
	["a status that is no failure", { dead: { status: 200 } }, /404 or 500 to 599/],
	["half a millisecond", { "slow-answers": { ms: 0.5 } }, /ms is a whole number/],
];

describe("faults", () => {
	it("are each described in one line", () => {
		expect(Object.keys(faultDescriptions)).toEqual([...faultNames]);
		for (const text of Object.values(faultDescriptions)) expect(text).toMatch(/^[^\n]{20,}$/);
	});

	it("are named as a list, as an object or all at once", () => {
		expect(decodeFaults(["dead", "prolific"])).toEqual({ dead: true, prolific: true });
		expect(decodeFaults({ dead: { only: ["1"], status: 503 }, prolific: true })).toEqual({
			dead: { only: ["1"], status: 503 },
			prolific: true,
		});
		expect(Object.keys(decodeFaults("all"))).toEqual([...faultNames]);
		expect(decodeFaults([])).toEqual({});
	});

	it.each(wrong)("are refused: %s", (_, given, message) => {
		expect(() => decodeFaults(given)).toThrow(message);
		expect(() => decodeFaults(given)).toThrow(RangeError);
	});

	it("that are wrong keep the simulated Twitch from starting, and leave those that are on", async () => {
		const bad = ["nonsense"] as never;
		await expect(startSimulatedTwitch({ faults: bad })).rejects.toThrow(/no fault "nonsense"/);
		const twitch = await start({ faults: ["prolific"] });
		expect(() => twitch.setFaults(bad)).toThrow(RangeError);
		expect(twitch.faults).toEqual({ prolific: true });
	});

	it("strike only the streamers that are named", async () => {
		const twitch = await start();
		const [one, two] = twitch.streamers.filter(({ active }) => active).map(({ id }) => id);
		twitch.setFaults({ "malformed-clips": { only: [one ?? ""] } });
		const day = [Date.UTC(2026, 10, 22), Date.UTC(2026, 10, 23)] as const;
		expect(twitch.malformed(one ?? "", ...day)).toHaveLength(8);
		expect(twitch.malformed(two ?? "", ...day)).toEqual([]);
	});

	it("leave no trace once they are off", async () => {
		const twitch = await start();
		const id = activeId(twitch);
		const day = [NOW_MS - 86_400_000, NOW_MS] as const;
		const before = twitch.truth(id, ...day);
		twitch.setFaults("all");
		expect(twitch.truth(id, ...day)).not.toEqual(before);
		twitch.setFaults([]);
		expect(twitch.truth(id, ...day)).toEqual(before);
		expect(twitch.malformed(id, ...day)).toEqual([]);
	});
});

describe("the control endpoint", () => {
	it("shows and switches the faults", async () => {
		const twitch = await start();
		const none = await control(twitch, "GET", "faults");
		expect(none).toMatchObject({ status: 200, body: { faults: {}, hits: { dead: 0 } } });
		const faults = { "slow-answers": { ms: 20 }, prolific: true };
		const put = await control(twitch, "PUT", "faults", faults);
		expect(put).toMatchObject({ status: 200, body: { faults } });
		expect(twitch.faults).toEqual(faults);
		await control(twitch, "PUT", "faults", '"all"');
		expect(Object.keys(twitch.faults)).toEqual([...faultNames]);
		await control(twitch, "PUT", "faults", []);
		expect(await control(twitch, "GET", "faults")).toMatchObject({ body: { faults: {} } });
	});

	it.each(wrong)("answers 400 and changes nothing: %s", async (_, given, message) => {
		const twitch = await start({ streamers: 4, faults: ["dead"] });
		const { status, body } = await control(twitch, "PUT", "faults", JSON.stringify(given));
		expect([status, body["message"]]).toEqual([400, expect.stringMatching(message)]);
		expect(twitch.faults).toEqual({ dead: true });
	});

	it("sets the clock, to stand or to go", async () => {
		const twitch = await start();
		const id = activeId(twitch);
		const day = [NOW_MS - 86_400_000, NOW_MS + 86_400_000] as const;
		const before = twitch.truth(id, ...day).length;
		const nowMs = NOW_MS + 86_400_000;
		const stands = await control(twitch, "PUT", "now", { nowMs });
		expect(stands).toEqual({ status: 200, body: { nowMs } });
		expect(twitch.truth(id, ...day).length).toBeGreaterThan(before);
		const goes = await control(twitch, "PUT", "now", { offsetMs: 3_600_000 });
		const offMs = Number(goes.body["nowMs"]) - Date.now() - 3_600_000;
		expect(Math.abs(offMs)).toBeLessThan(1_000);
	});

	it.each([
		["PUT", "now", {}, 400],
		["PUT", "now", null, 400],
		["PUT", "now", { nowMs: -1 }, 400],
		["PUT", "now", { nowMs: "noon" }, 400],
		["PUT", "now", { nowMs: 1, offsetMs: 1 }, 400],
		["PUT", "now", "{", 400],
		["PUT", "faults", "{", 400],
		["GET", "now", undefined, 404],
		["DELETE", "faults", undefined, 404],
		["GET", "nothing", undefined, 404],
	])("refuses %s %s %j", async (method, path, body, status) => {
		const twitch = await start({ streamers: 4 });
		expect((await control(twitch, method, path, body)).status).toBe(status);
	});
});
