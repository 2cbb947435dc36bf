import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Ending } from "./ending.ts";

const gentleMs = 5_000;
const collectMs = 400;
const pollMs = 20;
const endWithParent = pathToFileURL(join(import.meta.dirname, "end-with-parent.ts")).href;
const endWithUs = `${endWithParent}?starter=${process.pid}`;

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
		this.process = spawn(process.execPath, ["--import", endWithUs, ...args], {
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
		this.process.kill("SIGTERM");
		await Promise.race([this.ended, sleep(gentleMs, undefined, { ref: false })]);
		this.#signal("SIGKILL");
		// Nobody outlives that. The dead stay in the group until init has collected them, which some inits take long for.
		for (let waitedMs = 0; waitedMs < collectMs && this.#signal(0); waitedMs += pollMs) {
			await sleep(pollMs);
		}
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
