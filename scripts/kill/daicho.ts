import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "../../src/domain/summary.ts";
import { ChildGroup } from "../start/child-group.ts";
import type { Ending } from "../start/ending.ts";
import { host } from "../start/port.ts";
import { handedOn } from "../start/worker-vars.ts";
import { aimAtTree } from "./process-tree.ts";

/** What every start of one test has in common: the same state and port, as when a machine restarts. */
export interface Place {
	readonly root: string;
	readonly state: string;
	readonly port: number;
	readonly streamersFile: string;
	readonly env: Readonly<Record<string, string>>;
}

const token = "the-token-of-the-kill-test";
const answerMs = 60_000;
const gentleMs = 15_000;
const keptOutput = 4_000;
const ours = new RegExp(`^(TWITCH_.*|ADMIN_TOKEN|${handedOn.join("|")})$`);

/** One `npm start`, from its first process to its violent end. It starts a run of its own as soon as it is ready. */
export class Daicho {
	readonly startedAtMs = Date.now();
	/** Resolves with the time at which the API answered; rejects when it ends before that. */
	readonly ready: Promise<number>;
	readonly #child: ChildGroup;
	readonly #url: string;
	#output = "";

	/** @param vars over those of the place, for this start only */
	constructor(ending: Ending, place: Place, vars: Readonly<Record<string, string>>) {
		this.#url = `http://${host}:${place.port}`;
		const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
		this.#child = new ChildGroup(
			ending,
			[
				join(place.root, "scripts/start.ts"),
				...["--json", "--port", String(place.port), "--state", place.state],
				...["--import", place.streamersFile],
			],
			{
				cwd: place.root,
				stdio: ["ignore", "ignore", "pipe"],
				env: { ...Object.fromEntries(kept), ...place.env, ADMIN_TOKEN: token, ...vars },
			},
		);
		this.ready = this.#watch();
		// Whoever kills it before it is ready does not wait for that.
		this.ready.catch(() => {});
	}

	/** Undefined when there is no answer, or none that is a success. */
	async ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer | undefined> {
		try {
			const answer = await fetch(`${this.#url}${path}`, {
				...init,
				headers: { ...init.headers, authorization: `Bearer ${token}` },
				signal: AbortSignal.timeout(answerMs),
			});
			return answer.ok ? ((await answer.json()) as Answer) : void (await answer.body?.cancel());
		} catch {
			return undefined;
		}
	}

	findRun(runId: string): Promise<Summary | undefined> {
		return this.ask<Summary>(`/api/runs/${runId}`);
	}

	/** @returns its id, or undefined when daicho ended before it said yes */
	async startRun(window: { readonly from: string; readonly to: string }) {
		const body = JSON.stringify({ job: "collect-clips", window });
		const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
		const answer = await this.ask<{ runId: string }>("/api/runs", {
			method: "POST",
			body,
			headers,
		});
		return answer?.runId;
	}

	/**
	 * Throws when it has ended by itself: nothing more is to be expected of it, and whoever answers now is not it.
	 * @returns the number of its first process
	 */
	requireAlive(): number {
		const { pid, exitCode } = this.#child.process;
		if (pid !== undefined && exitCode === null) return pid;
		throw new Error(`npm start has ended by itself:\n${this.#output}`);
	}

	/** @returns what kills every process of it with SIGKILL and tells how many they were: at once, for a fine moment */
	aim(): () => Promise<number> {
		const killAll = aimAtTree(this.requireAlive());
		return async () => {
			const processes = await killAll();
			await this.#child.stop();
			return processes;
		};
	}

	/** As with Ctrl-C. */
	async stop(): Promise<void> {
		this.#child.process.kill("SIGINT");
		await Promise.race([this.#child.ended, sleep(gentleMs, undefined, { ref: false })]);
		await this.#child.stop();
	}

	#watch(): Promise<number> {
		return new Promise((resolve, reject) => {
			this.#child.process.stderr?.on("data", (chunk: Buffer) => {
				this.#output = (this.#output + chunk.toString()).slice(-keptOutput);
				if (this.#output.includes("ready after")) resolve(Date.now());
			});
			void this.#child.ended.then((end) =>
				reject(new Error(`npm start ended (${end}) before it was ready:\n${this.#output}`)),
			);
		});
	}
}
