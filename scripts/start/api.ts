import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunId } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { Refusal } from "./refusal.ts";
import { tame } from "./screen.ts";

const requestTimeoutMs = 60_000;
const retryMs = 500;
/** An answer may fail to come while workerd is busy or starts anew; longer than this and nobody is there. */
const patienceMs = 120_000;

/** daicho's own API, as any caller sees it. */
export class Api {
	readonly url: string;
	readonly #token: string;

	/** @param url without a slash at the end */
	constructor(url: string, token: string) {
		this.url = url;
		this.#token = token;
	}

	/** Healthy or not: a kept state whose last run is long ago is `no_recent_run`, and answers all the same. */
	async isAnswering(): Promise<boolean> {
		try {
			const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
			const body = (await answer.json()) as { status?: unknown };
			return typeof body.status === "string";
		} catch {
			return false;
		}
	}

	async startRun(job: string): Promise<RunId> {
		const body = JSON.stringify({ job });
		const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
		const answer = await this.#ask("/api/runs", { method: "POST", body, headers });
		return (answer as { runId: RunId }).runId;
	}

	async getRun(runId: RunId): Promise<Summary> {
		return (await this.#ask(`/api/runs/${runId}`, {})) as Summary;
	}

	/** What Cloudflare does when a cron is due; wrangler offers it and never does it by itself. */
	async fireCron(cron: string, scheduledAtMs: number): Promise<void> {
		const query = new URLSearchParams({ cron, time: String(scheduledAtMs) });
		const signal = AbortSignal.timeout(requestTimeoutMs);
		const answer = await fetch(`${this.url}/cdn-cgi/local/scheduled?${query}`, { signal });
		const text = await answer.text();
		if (!answer.ok) throw new Refusal(`the Worker answered ${answer.status}: ${tame(text, 200)}`);
	}

	/** Asks again until there is an answer: every request is safe to repeat, a start by its Idempotency-Key. */
	async #ask(path: string, init: { method?: string; body?: string; headers?: HeadersInit }) {
		const headers = new Headers(init.headers);
		headers.set("authorization", `Bearer ${this.#token}`);
		for (const giveUpAtMs = Date.now() + patienceMs; ; await sleep(retryMs)) {
			let trouble: string;
			try {
				const signal = AbortSignal.timeout(requestTimeoutMs);
				const answer = await fetch(`${this.url}${path}`, { ...init, headers, signal });
				const text = await answer.text();
				if (answer.ok) return JSON.parse(text) as unknown;
				trouble = `the API answered ${answer.status}: ${readMessage(text)}`;
				if (answer.status < 500 || isWrongConfiguration(text)) throw new Refusal(trouble);
			} catch (error) {
				if (error instanceof Refusal) throw error;
				trouble = `the API does not answer (${error instanceof Error ? error.message : error})`;
			}
			if (Date.now() > giveUpAtMs) throw new Refusal(`${init.method ?? "GET"} ${path}: ${trouble}`);
		}
	}
}

function isWrongConfiguration(text: string): boolean {
	return text.includes('"wrong_configuration"') || text.includes('"not_configured"');
}

function readMessage(text: string): string {
	try {
		const { error } = JSON.parse(text) as { error?: { message?: unknown } };
		if (typeof error?.message === "string") return tame(error.message, 300);
	} catch {
		// Not ours: wrangler's own answer, perhaps.
	}
	return tame(text, 300);
}
