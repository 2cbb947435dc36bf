import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Ending } from "./ending.ts";

const gentleMs = 5_000;
const forcedMs = 3_000;
const pollMs = 20;
const endWithParent = pathToFileURL(join(import.meta.dirname, "end-with-parent.ts")).href;

/**
 * A Node program in a process group of its own, so that what it starts can be stopped with it, and a Ctrl-C in the
 * terminal reaches it through us only. Ends with this process however this one ends.
 */
export class ChildGroup {
	readonly process: ChildProcess;
	/** Resolves with how it ended: `code 1`, `SIGKILL`. */
	readonly ended: Promise<string>;
	/** Once seen gone it is never signalled again: its number may be another's by then. */
	#gone = false;

	constructor(ending: Ending, args: readonly string[], options: SpawnOptions) {
		this.process = spawn(process.execPath, ["--import", endWithParent, ...args], {
			...options,
			detached: true,
		});
		this.ended = new Promise((resolve) => {
			this.process.once("error", (error) => resolve(error.message));
			this.process.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
		});
		ending.beforeExit((now) => {
			if (!now) return this.stop();
			this.#signal("SIGKILL");
		});
	}

	/** Resolves when the whole group is gone. */
	async stop(): Promise<void> {
		// Only the first of the group is asked: it ends its children in the order that it knows to be right.
		if (this.process.exitCode === null) this.process.kill("SIGTERM");
		if (await this.#isGoneWithin(gentleMs)) return;
		this.#signal("SIGKILL");
		await this.#isGoneWithin(forcedMs);
	}

	async #isGoneWithin(ms: number): Promise<boolean> {
		for (const giveUpAtMs = Date.now() + ms; Date.now() < giveUpAtMs; await sleep(pollMs)) {
			if (!this.#signal(0)) return true;
		}
		return !this.#signal(0);
	}

	/** @returns whether the group had anybody left to hear it */
	#signal(signal: NodeJS.Signals | 0): boolean {
		const { pid } = this.process;
		if (pid === undefined || this.#gone) return false;
		try {
			return process.kill(-pid, signal);
		} catch {
			this.#gone = true;
			return false;
		}
	}
}
