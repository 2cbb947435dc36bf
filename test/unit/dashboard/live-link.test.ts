import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Summary } from "../../../src/dashboard/api/shapes.ts";
import { LiveLink } from "../../../src/dashboard/run-live/live-link.ts";
import type { LiveState } from "../../../src/dashboard/run-live/live-state.ts";
import { aSummary } from "./a-summary.ts";

/** The page's end of the socket, with a server that a test turns by hand. */
class Socket extends EventTarget {
	static readonly OPEN = 1;
	static all: Socket[] = [];
	readyState = 1;
	readonly sent: string[] = [];
	readonly address: URL;

	constructor(address: URL) {
		super();
		this.address = address;
		Socket.all.push(this);
	}
	send(text: string): void {
		this.sent.push(text);
	}
	close(): void {
		this.readyState = 2;
	}
	say(message: unknown): void {
		const data = typeof message === "string" ? message : JSON.stringify(message);
		this.dispatchEvent(Object.assign(new Event("message"), { data }));
	}
	end(code: number): void {
		this.readyState = 3;
		this.dispatchEvent(Object.assign(new Event("close"), { code }));
	}
}

const running = aSummary({ state: "running", verdict: null });
const snapshot = { type: "snapshot", summary: running, grid: { tasks: 2, states: "2p" } };
let asked: Summary;
let answers = 0;
let states: LiveState[];
let link: LiveLink;
const newest = () => Socket.all.at(-1) as Socket;
/** What the page asks is answered by nobody. */
const goDown = () =>
	vi.stubGlobal("fetch", async () => {
		answers += 1;
		return new Response("{}", { status: 503 });
	});
const linkNow = () => states.at(-1)?.link;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	vi.useFakeTimers();
	Socket.all = [];
	states = [];
	asked = running;
	answers = 0;
	vi.stubGlobal("WebSocket", Socket);
	vi.stubGlobal("location", { href: "https://daicho.example/runs/a" });
	vi.stubGlobal("document", { visibilityState: "visible" });
	vi.stubGlobal("fetch", async () => {
		answers += 1;
		return new Response(JSON.stringify(asked));
	});
	link = new LiveLink("a run", (state) => states.push(state));
});
afterEach(() => {
	link.stop();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

describe("the socket of a run that is watched", () => {
	it("is closed from here when the run is sealed, and nothing is asked any more", async () => {
		expect(String(newest().address)).toBe("wss://daicho.example/api/runs/a%20run/live");
		newest().say(snapshot);
		newest().say({ type: "sealed", summary: aSummary() });
		expect(linkNow()).toBe("sealed");
		expect(newest().readyState).toBe(2);
		newest().end(1000);
		await pass(120_000);
		expect(Socket.all).toHaveLength(1);
		expect(answers).toBe(0);
	});

	it("comes again at once when it is told to, and the page stays live", async () => {
		newest().say(snapshot);
		newest().end(4000);
		expect(Socket.all).toHaveLength(2);
		expect(linkNow()).toBe("live");
		// A server that says nothing else is not asked all the time.
		newest().end(4000);
		expect(Socket.all).toHaveLength(2);
		expect(linkNow()).toBe("polling");
		await pass(1_000);
		expect(Socket.all).toHaveLength(3);
	});

	it("is not tried again for a run with too many tasks, which is polled", async () => {
		newest().end(4001);
		await pass(60_000);
		expect(Socket.all).toHaveLength(1);
		expect(answers).toBeGreaterThan(20);
		expect(linkNow()).toBe("polling");
	});

	it("is not made up for every two seconds by a run that goes on for long, nor by more and more at once", async () => {
		asked = aSummary({ state: "running", verdict: null, durationMs: 600_000 });
		newest().end(4001);
		await pass(60_000);
		expect(answers).toBeGreaterThan(4);
		expect(answers).toBeLessThan(10);
		vi.stubGlobal("fetch", () => {
			answers += 1;
			return new Promise(() => {});
		});
		answers = 0;
		await pass(60_000);
		expect(answers).toBe(1);
	});

	it("and answers both fail, less and less is asked, and all goes on within a minute after they are back", async () => {
		newest().say(snapshot);
		goDown();
		newest().end(1006);
		const minute = async () => {
			[answers, Socket.all] = [0, Socket.all.slice(-1)];
			for (let seconds = 0; seconds < 60; seconds += 1) {
				await pass(1_000);
				if (newest().readyState === 1) newest().end(1006);
			}
			return answers + Socket.all.length - 1;
		};
		await minute();
		await minute();
		expect(await minute()).toBeLessThanOrEqual(4);
		expect(linkNow()).toBe("polling");
		vi.stubGlobal("fetch", async () => new Response(JSON.stringify(running)));
		const before = states.length;
		await pass(60_000);
		expect(states.length).toBeGreaterThan(before);
		newest().say(snapshot);
		expect(linkNow()).toBe("live");
	});

	it("and answers both fail, an answer that somebody else got brings both back at once", async () => {
		newest().say(snapshot);
		goDown();
		for (let index = 0; index < 120; index += 1) {
			await pass(1_000);
			if (newest().readyState === 1) newest().end(1006);
		}
		[answers, Socket.all] = [0, []];
		link.tell(running, Date.now());
		expect(Socket.all).toHaveLength(1);
		await pass(2_000);
		expect(answers).toBe(1);
	});

	it("is not opened while nobody sees the page, and soon after", async () => {
		newest().say(snapshot);
		vi.stubGlobal("document", { visibilityState: "hidden" });
		newest().end(4000);
		await pass(120_000);
		expect(Socket.all).toHaveLength(1);
		vi.stubGlobal("document", { visibilityState: "visible" });
		await pass(2_000);
		expect(Socket.all).toHaveLength(2);
	});

	it("is made up for at once when the run is forgotten: its result is in the ledger", async () => {
		newest().say(snapshot);
		asked = aSummary();
		newest().end(1001);
		await pass(0);
		expect(linkNow()).toBe("sealed");
	});

	it("that is refused is tried again later and later, and polling goes on meanwhile", async () => {
		for (let index = 0; index < 60; index++) {
			await pass(1_000);
			if (newest().readyState === 1) newest().end(1006);
		}
		expect(Socket.all.length).toBeGreaterThan(3);
		expect(Socket.all.length).toBeLessThan(12);
		expect(answers).toBeGreaterThan(20);
		newest().say(snapshot);
		expect(linkNow()).toBe("polling");
	});

	it("stays while nothing happens, as long as the other end answers", async () => {
		newest().say(snapshot);
		for (let index = 0; index < 60; index++) {
			await pass(1_000);
			if (newest().sent.splice(0).includes("ping")) newest().say("pong");
		}
		expect(Socket.all).toHaveLength(1);
		expect(linkNow()).toBe("live");
		expect(answers).toBe(0);
	});

	it("is given up when the other end is silent, and the page does not say that it is live", async () => {
		newest().say(snapshot);
		await pass(19_000);
		expect(linkNow()).toBe("polling");
		expect(Socket.all.length).toBeGreaterThan(1);
		newest().say(snapshot);
		expect(linkNow()).toBe("live");
	});
});
