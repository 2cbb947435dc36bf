/** Owns which faults are on, for whom, and how often each has struck. Decides no chance. */
import { type FaultName, faultNames } from "./fault-names.ts";
import { decodeFaults, type FaultSettings, type Faults, type FaultsGiven } from "./settings.ts";

type NumberSetting = Exclude<keyof FaultSettings, "only">;

export class FaultSwitches {
	/** Times that a client could see each fault. Counts on by itself, whatever is switched. */
	readonly hits = Object.fromEntries(faultNames.map((name) => [name, 0])) as Record<
		FaultName,
		number
	>;
	#faults: Faults = {};
	#only = new Map<FaultName, ReadonlySet<string>>();

	/** @throws RangeError of `decodeFaults`; the faults are then as before */
	set(given: FaultsGiven): void {
		const faults = decodeFaults(given);
		this.#faults = faults;
		this.#only = new Map();
		for (const name of faultNames) {
			const only = this.settings(name).only;
			if (only !== undefined) this.#only.set(name, new Set(only));
		}
	}

	get faults(): Faults {
		return this.#faults;
	}

	isOn(name: FaultName): boolean {
		return this.#faults[name] !== undefined;
	}

	/**
	 * Whether it is on for this streamer.
	 * @param broadcasterId null for what concerns no streamer, which a fault limited to some never hits
	 * @param chosen whether the fault would choose the streamer when nobody is named
	 */
	isOnFor(name: FaultName, broadcasterId: string | null, chosen = true): boolean {
		if (!this.isOn(name)) return false;
		const only = this.#only.get(name);
		return only === undefined ? chosen : broadcasterId !== null && only.has(broadcasterId);
	}

	number(name: FaultName, setting: NumberSetting, standard: number): number {
		return this.settings(name)[setting] ?? standard;
	}

	settings(name: FaultName): FaultSettings {
		const settings = this.#faults[name];
		return settings === undefined || settings === true ? {} : settings;
	}

	hit(name: FaultName): void {
		this.hits[name] += 1;
	}
}
