import { openSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ChildGroup } from "./child-group.ts";
import type { Ending } from "./ending.ts";
import { Refusal } from "./refusal.ts";
import type { StateFolder } from "./state-folder.ts";
import { wranglerEnvironment } from "./wrangler-environment.ts";

export interface SampleStreamer {
	readonly id: string;
	readonly login: string;
	readonly displayName: string;
}

/** What `prepare-database.ts` is told on its standard input. */
export interface DatabaseOrder {
	readonly configPath: string;
	readonly migrationsFolder: string;
	/** Wrangler's `--persist-to`, below which it keeps everything in `v3`. */
	readonly persistTo: string;
	/** Null leaves the streamers as they are; else these are enabled, and named as here. */
	readonly streamers: readonly SampleStreamer[] | null;
	/** Whether all others are disabled. */
	readonly noOthers: boolean;
}

/** What it answers on its standard output. */
export interface DatabaseReport {
	/** Files of migrations that were applied just now. */
	readonly applied: readonly string[];
	readonly enabledStreamers: number;
}

/**
 * Applies D1's migrations and loads the streamers, while no Worker runs on the same files. In a process of its own,
 * because wrangler as a library takes 300 MB that this one would keep until it ends.
 */
export async function prepareDatabase(
	ending: Ending,
	root: string,
	state: StateFolder,
	streamers: readonly SampleStreamer[] | null,
	noOthers: boolean,
): Promise<DatabaseReport> {
	const order: DatabaseOrder = {
		configPath: join(root, "wrangler.toml"),
		migrationsFolder: join(root, "drizzle/d1/migrations"),
		persistTo: state.path,
		streamers: streamers?.map(({ id, login, displayName }) => ({ id, login, displayName })) ?? null,
		noOthers,
	};
	const log = openSync(state.logFile, "a");
	const child = new ChildGroup(ending, [join(import.meta.dirname, "prepare-database.ts")], {
		cwd: root,
		stdio: ["pipe", "pipe", log],
		env: wranglerEnvironment(state),
	});
	const { stdin, stdout } = child.process;
	if (stdin === null || stdout === null) throw new Error("the child was started without pipes");
	// A child that died early is told of below.
	stdin.on("error", () => {});
	stdin.end(JSON.stringify(order));
	const [answer, end] = await Promise.all([text(stdout), child.ended]);
	if (end === "code 0") return JSON.parse(answer) as DatabaseReport;
	throw new Refusal(
		`The database could not be prepared (${end}). ${state.shown}/wrangler.log says why; --fresh begins with an empty one.`,
	);
}
