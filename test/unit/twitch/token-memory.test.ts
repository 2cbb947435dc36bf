import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/domain/result.ts";
import { GateClient } from "../../../src/twitch/gate-client.ts";
import { TokenMemory } from "../../../src/twitch/token-memory.ts";

/** A gate that hands out token-1 and makes token-2 when that one is refused, as the object does. */
function openGate() {
	let current = 1;
	return {
		getToken: async () => ok(`token-${current}`),
		replaceToken: async (failed: string) => {
			if (failed === `token-${current}`) current += 1;
			return ok(`token-${current}`);
		},
	};
}

describe("the token that an isolate remembers", () => {
	it("is asked for once, however many messages come", async () => {
		const memory = new TokenMemory();
		const gate = openGate();
		const messages = [1, 2, 3].map(() => memory.remembering(new GateClient(gate)));
		for (const message of messages) expect(await message.getToken()).toEqual(ok("token-1"));
		expect(messages.map((message) => message.requests)).toEqual([1, 0, 0]);
	});

	it("is the new one once the gate has replaced it, also when another isolate asked for that", async () => {
		const gate = openGate();
		const here = new TokenMemory();
		const there = new TokenMemory();
		await here.remembering(new GateClient(gate)).getToken();
		await there.remembering(new GateClient(gate)).getToken();
		await there.remembering(new GateClient(gate)).replaceToken("token-1");
		const late = here.remembering(new GateClient(gate));
		expect(await late.getToken()).toEqual(ok("token-1"));
		expect(await late.replaceToken("token-1")).toEqual(ok("token-2"));
		expect(await here.remembering(new GateClient(gate)).getToken()).toEqual(ok("token-2"));
	});

	it("is forgotten when the gate could not replace it", async () => {
		const memory = new TokenMemory();
		const failure = { kind: "auth_unavailable", message: "down" } as const;
		const gate = openGate();
		await memory.remembering(new GateClient(gate)).getToken();
		const down = { ...gate, replaceToken: async () => err(failure) };
		expect(await memory.remembering(new GateClient(down)).replaceToken("token-1")).toEqual(
			err(failure),
		);
		const next = memory.remembering(new GateClient(gate));
		expect(await next.getToken()).toEqual(ok("token-1"));
		expect(next.requests).toBe(1);
	});
});
