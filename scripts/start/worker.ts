import { openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api.ts";
import { ChildGroup } from "./child-group.ts";
import type { Ending } from "./ending.ts";
import { host } from "./port.ts";
import { Refusal } from "./refusal.ts";
import { tame } from "./screen.ts";
import type { StateFolder } from "./state-folder.ts";
import { wranglerEnvironment } from "./wrangler-environment.ts";

const readyPollMs = 40;
const readyTimeoutMs = 120_000;
const tailLines = 15;

/** `wrangler dev`: the Worker with its queues, D1 and objects on workerd. */
export class LocalWorker {
	readonly #child: ChildGroup;
	readonly #state: StateFolder;
	readonly #envFile: string;

	/** @param vars vars and secrets over those of wrangler.toml; visible ASCII */
	constructor(
		ending: Ending,
		root: string,
		state: StateFolder,
		options: { readonly port: number; readonly vars: Readonly<Record<string, string>> },
	) {
		this.#state = state;
		// Readable by this user alone, for seconds. An argument would show in every list of processes.
		this.#envFile = join(state.temporary, "vars.env");
		writeFileSync(this.#envFile, writeEnvFile(options.vars), { mode: 0o600 });
		const log = openSync(state.logFile, "a");
		this.#child = new ChildGroup(
			ending,
			[
				join(root, "node_modules/wrangler/bin/wrangler.js"),
				"dev",
				...["--config", join(root, "wrangler.toml")],
				...["--ip", host, "--port", String(options.port), "--inspector-port", "0"],
				...["--persist-to", state.path, "--env-file", this.#envFile],
				"--show-interactive-dev-session=false",
			],
			{
				cwd: root,
				stdio: ["ignore", log, log],
				env: wranglerEnvironment(state),
			},
		);
	}

	/** Resolves when the API answers; refuses when the Worker could not be built or wrangler has died. */
	async ready(api: Api): Promise<void> {
		const giveUpAtMs = Date.now() + readyTimeoutMs;
		await Promise.race([
			this.failed(),
			(async () => {
				while (!(await api.isAnswering())) {
					// A Worker that cannot be built does not end `wrangler dev`: it waits for the code to change.
					if (/\[ERROR\]|Build failed/.test(this.#readLog())) {
						throw this.#refuse("The Worker could not be started");
					}
					if (Date.now() > giveUpAtMs) {
						throw this.#refuse(`The Worker did not answer within ${readyTimeoutMs / 1_000} s`);
					}
					await sleep(readyPollMs);
				}
			})(),
		]);
		// Read once: a Worker that is built anew when its code changes keeps its vars.
		rmSync(this.#envFile);
	}

	/** Rejects when wrangler ends by itself; never resolves. */
	async failed(): Promise<never> {
		const end = await this.#child.ended;
		throw this.#refuse(`wrangler has ended (${end})`);
	}

	#refuse(what: string): Refusal {
		const lines = this.#readLog()
			.split("\n")
			.map((line) => tame(line, 160))
			.filter((line) => line !== "")
			.slice(-tailLines);
		const tail = lines.map((line) => `  | ${line}`).join("\n");
		return new Refusal(`${what}. The end of ${this.#state.shown}/wrangler.log:\n${tail}`);
	}

	#readLog(): string {
		return readFileSync(this.#state.logFile, "utf8");
	}
}

/** In dotenv's syntax: one kind of quote that the value does not have, and no `$` that would be replaced. */
function writeEnvFile(vars: Readonly<Record<string, string>>): string {
	return Object.entries(vars)
		.map(([name, value]) => {
			const quote = ["'", "`", '"'].find((mark) => !value.includes(mark));
			if (quote === undefined || !/^[\x20-\x7e]*$/.test(value)) {
				throw new Refusal(
					`${name} cannot be handed to wrangler: it must be visible ASCII and not have all of ' " \` in it.`,
				);
			}
			return `${name}=${quote}${value.replaceAll("$", "\\$")}${quote}\n`;
		})
		.join("");
}
