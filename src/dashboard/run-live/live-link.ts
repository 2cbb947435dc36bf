import { get } from "../api/client.ts";
import { retryAfterMs } from "../api/retry-after.ts";
import type { Summary } from "../api/shapes.ts";
import {
	advance,
	type LiveEvent,
	type LiveState,
	nothingYet,
	reconnectDelayMs,
} from "./live-state.ts";
import { isLively, slowTurns } from "./lively.ts";

/**
 * Keeps up with one open run: a WebSocket while there is one, polling while there is none, and both end when the run
 * is sealed. Decides nothing; what a message means stands in live-state.ts. Where no answers come it asks less and less.
 */
const pollMs = 2_000;
/** Nothing happens in a run that waits; whether the other end is there all the same, a ping tells. */
const silenceMs = 8_000;
/** Pings and new sockets are answered at once; a dead connection says so by itself after many minutes only. */
const answerMs = 6_000;
/** The server's: we were let in long ago, and are to ask anew. */
const comeAgain = 4000;
/** The server's: more tasks than are told one by one. */
const tooManyTasks = 4001;

export class LiveLink {
	readonly #runId: string;
	readonly #onChange: (state: LiveState) => void;
	readonly #tick: ReturnType<typeof setInterval>;
	#state: LiveState = nothingYet;
	#socket: WebSocket | undefined;
	/** Of sockets, in a row. */
	#failures = 0;
	/** Of questions, in a row. */
	#unanswered = 0;
	/** Before that nothing is asked, as nothing came the last time. */
	#askAgainAtMs = 0;
	#turns = 0;
	#isAsking = false;
	#heardAtMs = 0;
	/** Since when an answer is waited for. */
	#askedAtMs: number | undefined;
	#reconnect: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	constructor(runId: string, onChange: (state: LiveState) => void) {
		this.#runId = runId;
		this.#onChange = onChange;
		this.#open();
		this.#tick = setInterval(() => this.#look(), pollMs);
	}

	/** What somebody else was answered. Where no answers came, it ends the wait for the next one. */
	tell(summary: Summary, atMs: number): void {
		if (this.#unanswered > 0) this.#hear(summary, atMs);
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#reconnect);
		clearInterval(this.#tick);
		// Also after the server's own close, which may take long to get through.
		this.#socket?.close();
	}

	#take(event: LiveEvent): void {
		if (this.#stopped) return;
		const next = advance(this.#state, event);
		if (next === this.#state) return;
		this.#state = next;
		this.#onChange(next);
		if (next.link === "sealed") this.stop();
	}

	#open(): void {
		this.#reconnect = undefined;
		// Out of sight nobody needs it.
		if (!isSeen()) {
			this.#reconnect = setTimeout(() => this.#open(), pollMs);
			return;
		}
		const address = new URL(`/api/runs/${encodeURIComponent(this.#runId)}/live`, location.href);
		address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
		let socket: WebSocket;
		try {
			socket = new WebSocket(address);
		} catch {
			// A browser or a policy that knows no sockets: polling it is.
			return;
		}
		this.#socket = socket;
		this.#askedAtMs = Date.now();
		socket.addEventListener("message", ({ data }) => {
			if (this.#socket !== socket) return;
			this.#failures = 0;
			this.#heardAtMs = Date.now();
			this.#askedAtMs = undefined;
			this.#take({ kind: "message", message: parse(data), atMs: Date.now() });
		});
		socket.addEventListener("close", ({ code }) => {
			if (this.#socket === socket) this.#lose(code);
		});
	}

	#lose(code?: number): void {
		this.#socket = undefined;
		if (this.#stopped) return;
		if (code === comeAgain && this.#failures === 0 && isSeen()) {
			// A door that lets nobody stay is a failure like any other.
			this.#failures = 1;
			this.#open();
			return;
		}
		this.#failures += 1;
		this.#take({ kind: "disconnected" });
		void this.#ask();
		if (code === tooManyTasks) return;
		const delayMs = reconnectDelayMs(this.#failures, Math.random());
		this.#reconnect = setTimeout(() => this.#open(), delayMs);
	}

	#look(): void {
		const socket = this.#socket;
		const nowMs = Date.now();
		if (socket !== undefined && this.#askedAtMs !== undefined) {
			if (nowMs - this.#askedAtMs > answerMs) {
				socket.close();
				this.#lose();
			}
		} else if (socket !== undefined && nowMs - this.#heardAtMs > silenceMs) {
			this.#askedAtMs = nowMs;
			socket.send("ping");
		}
		if (!isSeen()) return;
		this.#turns += 1;
		const { summary, asOfMs } = this.#state;
		const isSlow = summary !== null && !isLively(summary, asOfMs ?? nowMs, nowMs);
		if (isSlow && this.#turns % slowTurns !== 0) return;
		if (this.#state.link !== "live" || this.#state.areErrorsCut) void this.#ask();
	}

	async #ask(): Promise<void> {
		// Whoever answers slowly is not asked by more and more at once.
		if (this.#isAsking || Date.now() < this.#askAgainAtMs) return;
		this.#isAsking = true;
		const answer = await get<Summary>(`/api/runs/${encodeURIComponent(this.#runId)}`);
		this.#isAsking = false;
		if (answer.ok) return this.#hear(answer.value, Date.now());
		this.#unanswered += 1;
		const waitMs = retryAfterMs(this.#unanswered, answer.refusal.retryAfter);
		this.#askAgainAtMs = Date.now() + waitMs;
	}

	#hear(summary: Summary, atMs: number): void {
		this.#take({ kind: "polled", summary, atMs });
		const wasUnanswered = this.#unanswered > 0;
		this.#unanswered = 0;
		this.#askAgainAtMs = 0;
		if (!wasUnanswered || this.#stopped || this.#reconnect === undefined) return;
		// Who answers again may let a socket in, too.
		clearTimeout(this.#reconnect);
		this.#open();
	}
}

function isSeen(): boolean {
	return document.visibilityState === "visible";
}

function parse(data: unknown): unknown {
	try {
		return JSON.parse(String(data));
	} catch {
		return undefined;
	}
}
