import { join } from "node:path";
import { parseArgs } from "node:util";
import {
	decodeFaults,
	type Faults,
	faultDescriptions,
	faultNames,
} from "../../test/support/twitch/server.ts";
import { Refusal } from "./refusal.ts";

/** What `npm start` was asked for. */
export interface Options {
	readonly once: boolean;
	readonly json: boolean;
	readonly fresh: boolean;
	readonly help: boolean;
	/** TCP port of the API on 127.0.0.1. */
	readonly port: number;
	/** Sample streamers of the simulated Twitch. */
	readonly streamers: number;
	/** Milliseconds before each answer of the simulated Twitch. */
	readonly latencyMs: number;
	/** Folder of everything that is kept from one start to the next. */
	readonly state: string;
	/** A CSV file of streamers to load; null for none. */
	readonly importFile: string | null;
	/** Faults of the simulated Twitch. */
	readonly faults: Faults;
	/** Options that only the simulated Twitch has, as far as they were given. */
	readonly simulatedOnly: readonly string[];
}

const numbers = {
	port: { min: 1, max: 65_535, standard: 8787 },
	streamers: { min: 0, max: 100_000, standard: 200 },
	latency: { min: 0, max: 60_000, standard: 120 },
} as const;

const known = {
	once: { type: "boolean" },
	json: { type: "boolean" },
	port: { type: "string" },
	streamers: { type: "string" },
	latency: { type: "string" },
	state: { type: "string" },
	import: { type: "string" },
	faults: { type: "string" },
	fresh: { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const;
type Name = keyof typeof known;

export const help = `daicho: collects the clips of streamers, and keeps the ledger of every run.

  npm start                     everything on this machine, with a simulated Twitch
  npm start -- --once --json    one run, its summary as JSON

Options
  --once           exit after the first run: 0 when its verdict is succeeded, else 1
  --json           the summary as JSON on standard output, all else on standard error
  --port N         port of the API on 127.0.0.1 (${numbers.port.standard})
  --streamers N    sample streamers, 0 to 100000 (${numbers.streamers.standard})
  --latency MS     milliseconds that the simulated Twitch takes for an answer (${numbers.latency.standard})
  --state DIR      where the data is kept (.daicho/state)
  --fresh          forget what is kept there first
  --import FILE    streamers from a CSV file (id,login,display_name) instead of the samples
  --faults LIST    bad days of the simulated Twitch: all, or some of these, with commas between:
${faultNames.map((name) => `                     ${name}: ${faultDescriptions[name]}`).join("\n")}
  --help           this text

Environment
  ADMIN_TOKEN      the API's token; one is made for this start when it is not set
  TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET
                   your application at dev.twitch.tv: collects from Twitch itself, without sample streamers
  TWITCH_API_URL, TWITCH_AUTH_URL
                   another Helix-like server (https://api.twitch.tv/helix, https://id.twitch.tv/oauth2)
  LEASE_SECONDS, … every var of the README's "Configuration" is handed to the Worker
`;

/**
 * Reads the command line by hand from its tokens: what parseArgs says of a mistake is for programmers.
 * @param root the project's folder, below which the data is kept unless told otherwise
 */
export function readOptions(args: readonly string[], root: string): Options {
	const { tokens } = parseArgs({
		args: [...args],
		options: known,
		strict: false,
		allowPositionals: true,
		tokens: true,
	});
	const given = new Map<Name, string>();
	for (const token of tokens) {
		if (token.kind === "option-terminator") continue;
		if (token.kind === "positional") {
			throw new Refusal(`${JSON.stringify(token.value)} is no option. ${seeHelp}`);
		}
		if (!Object.hasOwn(known, token.name)) {
			throw new Refusal(`There is no option ${token.rawName}. ${seeHelp}`);
		}
		const name = token.name as Name;
		if (known[name].type === "boolean" && token.value !== undefined) {
			throw new Refusal(`${token.rawName} takes no value.`);
		}
		given.set(name, token.value ?? "");
	}
	return {
		once: given.has("once"),
		json: given.has("json"),
		fresh: given.has("fresh"),
		help: given.has("help"),
		port: readNumber("port", given.get("port")),
		streamers: readNumber("streamers", given.get("streamers")),
		latencyMs: readNumber("latency", given.get("latency")),
		state: readFolder("state", given.get("state"), join(root, ".daicho/state")),
		importFile: readFolder("import", given.get("import"), null),
		faults: readFaults(given.get("faults")),
		simulatedOnly: (["streamers", "latency", "faults"] as const).filter((name) => given.has(name)),
	};
}

const seeHelp = "npm start -- --help lists the options.";

function readNumber(name: keyof typeof numbers, text: string | undefined): number {
	const { min, max, standard } = numbers[name];
	if (text === undefined) return standard;
	const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= min && number <= max) return number;
	throw new Refusal(
		`--${name} takes a whole number from ${min} to ${max}, such as --${name} ${standard}; ${describe(text)}.`,
	);
}

function readFolder<Standard>(
	name: "state" | "import",
	text: string | undefined,
	standard: Standard,
): string | Standard {
	if (text === undefined) return standard;
	// A value that looks like an option is a forgotten value; a folder of that name is ./--name.
	if (text === "" || text.startsWith("-")) {
		const takes = {
			state: "a folder, such as --state ./my-state",
			import: "a file, such as --import streamers.csv",
		};
		throw new Refusal(`--${name} takes ${takes[name]}; ${describe(text)}.`);
	}
	return text;
}

function readFaults(text: string | undefined): Faults {
	if (text === undefined) return {};
	try {
		return decodeFaults(text === "all" ? "all" : text.split(",").map((name) => name.trim()));
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new Refusal(`--faults: ${error.message}`);
	}
}

function describe(text: string): string {
	return text === "" ? "there was none" : `it was ${JSON.stringify(text.slice(0, 60))}`;
}
