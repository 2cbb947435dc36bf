import { parseArgs } from "node:util";
import { Refusal } from "../start/refusal.ts";

/** What `npm run test:kill` was asked for. */
export interface KillOptions {
	readonly help: boolean;
	/** Kills with short leases, one after the other on the same state. */
	readonly kills: number;
	/** Whether one more is done with the leases that a deployment has. */
	readonly defaults: boolean;
	/** Decides at which moments; printed, so that a failure can be tried again. */
	readonly seed: number;
}

const killsStandard = 20;
const killsMax = 1_000;

export const help = `Kills daicho and all its processes in the middle of runs, starts it again on the same state, and checks every number.

  npm run test:kill                  ${killsStandard} kills with short leases, then one with the default ones
  npm run test:kill -- --kills 5     so many with short leases, none with the default ones
  npm run test:kill -- --defaults    only the one with the default ones
  npm run test:kill -- --seed 7      at the moments of an earlier test
`;

export function readKillOptions(args: readonly string[]): KillOptions {
	const { values } = parse(args);
	const both = values.kills === undefined && values.defaults !== true;
	return {
		help: values.help === true,
		kills: both ? killsStandard : readNumber("kills", values.kills ?? "0", killsMax),
		defaults: both || values.defaults === true,
		seed: readNumber("seed", values.seed ?? String(Date.now() % 100_000), 2 ** 31 - 1),
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				kills: { type: "string" },
				defaults: { type: "boolean" },
				seed: { type: "string" },
				help: { type: "boolean", short: "h" },
			},
		});
	} catch (error) {
		throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
	}
}

function readNumber(name: string, text: string, max: number): number {
	const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
	if (number <= max) return number;
	throw new Refusal(`--${name} takes a whole number from 0 to ${max}; it was ${text}.`);
}
