import { describe, expect, test } from "vitest";
import { toRunId } from "../../../src/domain/ids.ts";
import { heartbeatRequest, heartbeatSignals } from "../../../src/notify/heartbeat.ts";
import { runAddress } from "../../../src/notify/run-address.ts";
import { runId } from "./incidents.ts";

const check = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
const ask = (url: string, signal: (typeof heartbeatSignals)[number], text = "") =>
	heartbeatRequest(url, { runId, signal, text });
const ridOf = async (id: string) => {
	const heartbeat = { runId: toRunId(id), signal: "start", text: "" } as const;
	return new URL((await heartbeatRequest(check, heartbeat)).url).searchParams.get("rid");
};

describe("a heartbeat", () => {
	test.each([
		[check, "start", `${check}/start`],
		[check, "success", check],
		[check, "fail", `${check}/fail`],
		[`${check}/`, "success", check],
		[`${check}//`, "fail", `${check}/fail`],
		[
			"https://hc.example.com/ping/key/a-slug/",
			"start",
			"https://hc.example.com/ping/key/a-slug/start",
		],
	] as const)("to %s that says %s goes to %s", async (url, signal, expected) => {
		const { origin, pathname } = new URL((await ask(url, signal)).url);
		expect(origin + pathname).toBe(expected);
	});
	test("keeps the query of the address", async () => {
		const { url } = await ask("https://hc-ping.com/key/slug?create=1", "fail");
		expect(url).toMatch(/^https:\/\/hc-ping\.com\/key\/slug\/fail\?create=1&rid=[0-9a-f-]{36}$/);
	});
	test("of one run has one id at its start and its end, and other runs have other ids", async () => {
		const ids = await Promise.all(
			heartbeatSignals.map(async (signal) => (await ask(check, signal)).url.slice(-36)),
		);
		expect(new Set(ids).size).toBe(1);
		expect(await ridOf("collect-clips-20261123T2100Z")).not.toBe(await ridOf(runId));
	});
	test("has an id that stays the same for ever: a canonical UUID of version 8", async () => {
		expect(await ridOf(runId)).toMatchInlineSnapshot(`"1e69520b-9421-8738-ba9b-45b951fd0112"`);
		for (let hour = 10; hour < 24; hour += 1) {
			expect(await ridOf(`collect-clips-20261123T${hour}00Z`)).toMatch(
				/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
			);
		}
	});
	test("carries its text, cut to 10,000 bytes of whole characters", async () => {
		const request = await ask(check, "success", "199 of 200");
		expect(request).toMatchObject({
			method: "POST",
			headers: { "content-type": "text/plain; charset=utf-8" },
			body: "199 of 200",
		});
		const { body } = await ask(check, "success", `a${"台帳\u{1f600}".repeat(5_000)}`);
		expect(Buffer.byteLength(body)).toBeGreaterThan(9_990);
		expect(Buffer.byteLength(body)).toBeLessThanOrEqual(10_000);
		expect(body.isWellFormed()).toBe(true);
	});
});

test("a run is linked to when it is known under which address", () => {
	expect(runAddress("https://d.example.com", runId)).toBe(`https://d.example.com/runs/${runId}`);
	expect(runAddress(undefined, runId)).toBeNull();
	expect(runAddress(null, runId)).toBeNull();
});
