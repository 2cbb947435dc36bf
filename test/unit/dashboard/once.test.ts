import { describe, expect, it } from "vitest";
import { Once } from "../../../src/dashboard/acting/once.ts";
import type { Answer, Refusal } from "../../../src/dashboard/api/client.ts";
import { readKey } from "../../../src/dashboard/layout/key-names.ts";

const offline: Refusal = {
	kind: "offline",
	status: 0,
	code: "offline",
	message: "",
	requestId: null,
	retryAfter: null,
};

describe("a button that does something once", () => {
	it("sends once when it is pressed twice in a moment", async () => {
		const keys: string[] = [];
		const once = new Once<string>(async (key) => {
			keys.push(key);
			return { ok: true, value: "run" };
		});
		const answers = await Promise.all([once.press(), once.press()]);
		expect(answers).toEqual([{ ok: true, value: "run" }, undefined]);
		expect(await once.press()).toBeUndefined();
		expect(keys).toHaveLength(1);
	});

	it("sends again with the same key after a failure: the answer may have been lost on its way", async () => {
		const keys: string[] = [];
		const answers: Answer<string>[] = [
			{ ok: false, refusal: offline },
			{ ok: true, value: "run" },
		];
		const once = new Once<string>(async (key) => {
			keys.push(key);
			return answers[keys.length - 1] as Answer<string>;
		});
		await once.press();
		await once.press();
		expect(keys).toEqual([once.key, once.key]);
	});

	it("has a key of its own in each dialog", () => {
		const send = async (): Promise<Answer<null>> => ({ ok: true, value: null });
		expect(new Once(send).key).not.toBe(new Once(send).key);
		expect(new Once(send).key).toMatch(/^[0-9a-f]{32}$/);
	});
});

describe("a key", () => {
	const press = (
		key: string,
		held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", true>> = {},
	) => ({
		key,
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		...held,
	});

	it("goes to a page after g, and nowhere without it", () => {
		expect(readKey(press("g"), false)).toEqual({ kind: "prefix" });
		expect(readKey(press("m"), true)).toEqual({ kind: "page", path: "/matrix" });
		expect(readKey(press("m"), false)).toEqual({ kind: "none" });
		expect(readKey(press("r"), true)).toEqual({ kind: "none" });
	});

	it("is the browser's when it is held with another", () => {
		expect(readKey(press("r", { metaKey: true }), false)).toEqual({ kind: "none" });
		expect(readKey(press("c", { ctrlKey: true }), false)).toEqual({ kind: "none" });
		expect(readKey(press("c"), false)).toEqual({ kind: "key", key: "c" });
	});
});
