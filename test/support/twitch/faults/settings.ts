/** Owns how faults are asked for, and refuses what cannot be meant. */
import { type FaultName, faultNames } from "./fault-names.ts";

export interface FaultSettings {
	/** Broadcaster ids; without it the fault's own choice. Not of the faults of tokens and points. */
	readonly only?: readonly string[];
	/** Of `throttling`: what the bucket holds. */
	readonly points?: number;
	/** Of `throttling`. */
	readonly pointsPerMinute?: number;
	/** Of `revoked-tokens`: what a token is good for. */
	readonly requests?: number;
	/** Of `short-tokens`. */
	readonly seconds?: number;
	/** Of `slow-answers`. */
	readonly ms?: number;
	/** Of `dead`: 404 or 500 to 599. */
	readonly status?: number;
}

export type Faults = { readonly [Name in FaultName]?: true | FaultSettings };

/** In which ways faults can be named; "all" is every one of them with its own settings. */
export type FaultsGiven = Faults | readonly FaultName[] | "all";

const numbersOf: { readonly [Name in FaultName]?: readonly (keyof FaultSettings)[] } = {
	"revoked-tokens": ["requests"],
	"short-tokens": ["seconds"],
	throttling: ["points", "pointsPerMinute"],
	"slow-answers": ["ms"],
	dead: ["status"],
};

/** These belong to the whole client, not to one streamer. */
const unlimited: readonly FaultName[] = ["revoked-tokens", "short-tokens", "throttling"];

/** @throws RangeError that says what is wrong and what may be: for options, bodies and command lines alike */
export function decodeFaults(given: unknown): Faults {
	if (given === "all") return Object.fromEntries(faultNames.map((name) => [name, true]));
	if (Array.isArray(given)) {
		return Object.fromEntries(given.map((name) => [requireName(name), true]));
	}
	if (typeof given !== "object" || given === null) {
		throw new RangeError('faults are "all", a list of names, or an object of names and settings');
	}
	return Object.fromEntries(
		Object.entries(given).map(([text, settings]) => {
			const name = requireName(text);
			return [name, settings === true ? true : decodeSettings(name, settings)];
		}),
	);
}

function requireName(text: unknown): FaultName {
	const name = faultNames.find((one) => one === text);
	if (name !== undefined) return name;
	throw new RangeError(
		`there is no fault ${JSON.stringify(text)}; there are ${faultNames.join(", ")}`,
	);
}

function decodeSettings(name: FaultName, settings: unknown): FaultSettings {
	if (typeof settings !== "object" || settings === null) {
		throw new RangeError(`${name} is true or an object of settings`);
	}
	for (const [key, value] of Object.entries(settings)) {
		if (key === "only" && !unlimited.includes(name)) {
			const isList = Array.isArray(value) && value.every((id) => typeof id === "string");
			if (!isList) throw new RangeError(`${name}: only is a list of broadcaster ids`);
		} else if (numbersOf[name]?.includes(key as keyof FaultSettings)) {
			requireNumber(`${name}: ${key}`, key, value);
		} else {
			throw new RangeError(`${name} has no setting ${JSON.stringify(key)}`);
		}
	}
	return settings;
}

function requireNumber(where: string, key: string, value: unknown): void {
	const isStatus = key === "status";
	if (typeof value === "number" && Number.isInteger(value) && value > 0) {
		if (!isStatus || value === 404 || (value >= 500 && value <= 599)) return;
	}
	throw new RangeError(`${where} is ${isStatus ? "404 or 500 to 599" : "a whole number above 0"}`);
}
