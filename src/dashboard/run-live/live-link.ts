import { get } from "../api/client.ts";
import type { Summary } from "../api/shapes.ts";
import {
	advance,
	type LiveEvent,
	type LiveState,
	nothingYet,
	reconnectDelayMs,
} from "./live-state.ts";

/**
 * Keeps up with one open run: a WebSocket while there is one, polling while there is none, and both ends when the
 * run is sealed. Decides nothing; what a message means stands in live-state.ts.
 */
const pollMs = 2_000;
/** A socket that says nothing at all is asked about by polling; a run changes more often than that. */
const silenceMs = 10_000;

export class LiveLink {
	readonly #runId: string;
	readonly #onChange: (state: LiveState) => void;
	#state: LiveState = nothingYet;
	#socket: WebSocket | undefined;
	#failures = 0;
	#heardAtMs = Date.now();
	#reconnect: ReturnType<typeof setTimeout> | undefined;
	#poll: ReturnType<typeof setInterval> | undefined;
	#stopped = false;

	constructor(runId: string, onChange: (state: LiveState) => void) {
		this.#runId = runId;
		this.#onChange = onChange;
		this.#open();
		this.#poll = setInterval(() => this.#look(), pollMs);
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#reconnect);
		clearInterval(this.#poll);
		this.#socket?.close();
	}

	take(event: LiveEvent): void {
		if (this.#stopped) return;
		const next = advance(this.#state, event);
		if (next === this.#state) return;
		this.#state = next;
		this.#onChange(next);
		if (next.link === "sealed") this.stop();
	}

	#open(): void {
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
		socket.addEventListener("message", ({ data }) => {
			this.#failures = 0;
			this.#heardAtMs = Date.now();
			this.take({ kind: "message", message: parse(data), atMs: Date.now() });
		});
		socket.addEventListener("close", () => {
			if (this.#stopped || this.#socket !== socket) return;
			this.#socket = undefined;
			this.#failures += 1;
			this.take({ kind: "disconnected" });
			const delayMs = reconnectDelayMs(this.#failures, Math.random());
			this.#reconnect = setTimeout(() => this.#open(), delayMs);
		});
	}

	async #look(): Promise<void> {
		if (document.visibilityState !== "visible") return;
		const silent = Date.now() - this.#heardAtMs > silenceMs;
		if (this.#state.link === "live" && !silent) return;
		const answer = await get<Summary>(`/api/runs/${encodeURIComponent(this.#runId)}`);
		if (answer.ok) this.take({ kind: "polled", summary: answer.value, atMs: Date.now() });
	}
}

function parse(data: unknown): unknown {
	try {
		return JSON.parse(String(data));
	} catch {
		return undefined;
	}
}
