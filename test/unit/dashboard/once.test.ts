import { describe, expect, it, vi } from "vitest";
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
		const once = new Once<string>("start a", async (key) => {
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
		const once = new Once<string>("start a", async (key) => {
			keys.push(key);
			return answers[keys.length - 1] as Answer<string>;
		});
		await once.press();
		await once.press();
		expect(keys).toEqual([once.key, once.key]);
	});

	it("has a key of its own in each dialog, once the one before was answered", async () => {
		const send = async (): Promise<Answer<null>> => ({ ok: true, value: null });
		const first = new Once("start b", send);
		await first.press();
		expect(new Once("start b", send).key).not.toBe(first.key);
		expect(first.key).toMatch(/^[0-9a-f]{32}$/);
	});

	it("asked again in another dialog before an answer came is the same act, for five minutes", async () => {
		vi.useFakeTimers();
		const never = new Once<null>("start c", () => new Promise(() => {}));
		void never.press();
		const lost = new Once<null>("start d", async () => ({ ok: false, refusal: offline }));
		await lost.press();
		const refused = new Once<null>("start e", async () => ({
			ok: false,
			refusal: { ...offline, kind: "refused", status: 409 },
		}));
		await refused.press();
		const keyOf = (asks: string) =>
			new Once<null>(asks, async () => ({ ok: true, value: null })).key;
		expect([keyOf("start c"), keyOf("start d")]).toEqual([never.key, lost.key]);
		expect(keyOf("start e")).not.toBe(refused.key);
		expect(keyOf("start f")).not.toBe(never.key);
		vi.advanceTimersByTime(300_001);
		expect(keyOf("start c")).not.toBe(never.key);
		vi.useRealTimers();
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
