import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { whenSignedOut } from "../../../src/dashboard/api/client.ts";
import {
	ask,
	forgetAnswers,
	isAsked,
	readKept,
	watch,
} from "../../../src/dashboard/api/kept-answers.ts";

/** What views of one page ask for together, with a server that a test answers by hand. */
let waiting: ((answer: Response) => void)[];
let path: string;
let paths = 0;
const views: (() => void)[] = [];
const answer = async (body: unknown, status = 200, of = 0) => {
	waiting[of]?.(Response.json(body, { status }));
	await vi.advanceTimersByTimeAsync(1);
};
const look = () => {
	const redraw = vi.fn();
	views.push(watch(path, redraw));
	return redraw;
};

beforeEach(() => {
	vi.useFakeTimers();
	waiting = [];
	paths += 1;
	path = `/api/thing/${paths}`;
	vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => void waiting.push(resolve)));
});
afterEach(() => {
	for (const unwatch of views.splice(0)) unwatch();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

describe("two views of the same thing", () => {
	it("that are drawn in the same moment ask for it once, and both are told", async () => {
		const [one, other] = [look(), look()];
		void ask(path);
		void ask(path);
		expect(waiting).toHaveLength(1);
		await answer({ open: 1 });
		expect(one).toHaveBeenCalledTimes(1);
		expect(other).toHaveBeenCalledTimes(1);
		expect(readKept(path).value).toEqual({ open: 1 });
	});

	it("know of each other's question until it is answered, and are both told also when it comes too late", async () => {
		const redraw = look();
		void ask(path);
		void ask(path, { anew: true });
		await answer({}, 200, 1);
		expect(isAsked(path)).toBe(true);
		await answer({}, 200, 0);
		expect(isAsked(path)).toBe(false);
		expect(redraw).toHaveBeenCalledTimes(2);
	});

	it("count together how often nothing came, until something does, or is refused for good", async () => {
		look();
		for (const [index, [status, failures]] of (
			[
				[503, 1],
				[429, 2],
				[200, 0],
				[503, 1],
				[404, 0],
			] as const
		).entries()) {
			void ask(path, { anew: true });
			await answer({}, status, index);
			expect(readKept(path).failures, `${index}: ${status}`).toBe(failures);
		}
	});

	it("are told the newer answer, also where the older one comes last", async () => {
		look();
		void ask(path);
		void ask(path, { anew: true });
		expect(waiting).toHaveLength(2);
		await answer({ newer: true }, 200, 1);
		await answer({ newer: false }, 200, 0);
		expect(readKept(path).value).toEqual({ newer: true });
	});

	it("keep what they knew when nothing comes, and whoever returns is not told of it first", async () => {
		look();
		void ask(path);
		await answer({ known: true });
		void ask(path);
		await answer({ error: { code: "ledger_unavailable" } }, 503, 1);
		const known = { value: { known: true } };
		expect(readKept(path)).toMatchObject({ ...known, refusal: { kind: "broken" }, failures: 1 });
		for (const unwatch of views.splice(0)) unwatch();
		expect(readKept(path)).toMatchObject({ ...known, refusal: undefined, failures: 0 });
	});
});

describe("whoever signs out", () => {
	it("leaves nothing behind, what was still under way neither", async () => {
		look();
		void ask(path);
		await answer({ secret: 1 });
		void ask(path);
		forgetAnswers();
		expect(readKept(path).value).toBeUndefined();
		await answer({ secret: 2 }, 200, 1);
		expect(readKept(path).value).toBeUndefined();
	});

	it("elsewhere is found out by the first answer that is refused, and the session decides", async () => {
		const tell = vi.fn();
		const unwatch = whenSignedOut(tell);
		void ask(path);
		await answer({ error: { code: "unauthorized" } }, 401);
		expect(tell).toHaveBeenCalledTimes(1);
		void ask("/api/session");
		await answer({ error: { code: "unauthorized" } }, 401, 1);
		expect(tell).toHaveBeenCalledTimes(1);
		unwatch();
	});
});
