import { spareTheRetries } from "../../durable-objects/object-alarm.ts";
import type { Nature } from "./network.ts";
import { Process, SimulatedError } from "./process.ts";
import type { SimulatedStorage } from "./storage.ts";

/** What runs in a simulated object. */
export interface Inhabitant {
	prepare(): Promise<void>;
	onAlarm(): Promise<void>;
}

interface Instance<Api> {
	readonly process: Process;
	readonly api: Api;
	readonly ready: Promise<void>;
	/** To be called when it dies: those who wait for an answer of it. */
	readonly waiting: Set<() => void>;
}

const alarmRetriesMax = 6;
const minuteMs = 60_000;
/** A ring of an alarm has 15 minutes; then the platform takes the object down, and rings again as after any failure. */
const wallTimeMs = 15 * minuteMs;

/**
 * One object of the platform: a storage and an alarm that stay, and an instance that may be gone at any `await`. Its
 * storage is synchronous, so between two awaits nothing can come in between, as input gates have it.
 */
export class SimulatedObject<Api extends Inhabitant> {
	readonly name: string;
	readonly storage: SimulatedStorage;
	/** What the platform says: null when none is set, as while it rings. */
	alarmAtMs: number | null = null;
	/** The platform has given the alarm up: nothing of the object's own can bring it back. */
	alarmGivenUp = false;
	rings = 0;
	/** Something was done in it since the watch last looked. */
	touched = false;
	/** Called after a ring that was not cut off, with the object's own time when it began. */
	onRung: (beganAtMs: number) => void = () => undefined;
	readonly #nature: Nature;
	readonly #create: (object: SimulatedObject<Api>, process: Process) => Api;
	#instance: Instance<Api> | null = null;
	#instances = 0;
	#alarmNo = 0;

	constructor(
		name: string,
		nature: Nature,
		storage: SimulatedStorage,
		create: (object: SimulatedObject<Api>, process: Process) => Api,
	) {
		this.name = name;
		this.storage = storage;
		this.#nature = nature;
		this.#create = create;
	}

	/** Whether the platform will ring it, or is ringing it. */
	get isAlarmAlive(): boolean {
		return this.rings > 0 || (this.alarmAtMs !== null && !this.alarmGivenUp);
	}

	/** Calls it; the promise rejects when the instance dies meanwhile. */
	receive<T>(call: (api: Api) => Promise<T>): Promise<T> {
		const instance = this.#enter();
		return new Promise((resolve, reject) => {
			const dies = () => {
				this.touched = true;
				reject(new SimulatedError("the object was reset"));
			};
			instance.waiting.add(dies);
			const done = () => {
				instance.waiting.delete(dies);
				this.touched = true;
			};
			instance.ready
				.then(() => call(instance.api))
				.then(
					(answer) => {
						done();
						resolve(answer);
					},
					(error) => {
						done();
						reject(error);
					},
				);
		});
	}

	readonly setAlarm = (atMs: number): void => {
		this.#alarmNo += 1;
		const alarmNo = this.#alarmNo;
		this.alarmAtMs = atMs;
		this.alarmGivenUp = false;
		const { kernel, random } = this.#nature;
		const lateMs = random.below(30);
		kernel.at(atMs + lateMs, `alarm of ${this.name}`, () => this.#alarmIsDue(alarmNo));
	};

	/** The platform's answer comes before anything else may happen to the object: a gate of its storage. */
	readonly getAlarm = (process: Process): Promise<number | null> => {
		const { faults } = this.#nature;
		if (!faults.strike("object-abort", 0.2)) return Promise.resolve(this.alarmAtMs);
		this.#dieSoon(process);
		return new Promise(() => undefined);
	};

	/** As `deleteAll()`: the alarm goes, too. */
	readonly destroy = (process: Process): Promise<void> => {
		const { faults } = this.#nature;
		const dies = faults.strike("object-abort", 0.5);
		if (!dies || faults.of("object-abort").chance(0.5)) {
			this.storage.wipe();
			this.alarmAtMs = null;
			this.#alarmNo += 1;
		}
		if (!dies) return Promise.resolve();
		this.#dieSoon(process);
		return new Promise(() => undefined);
	};

	/** The instance is gone, with whatever it waited for. */
	abort(): void {
		this.#instance?.process.die();
	}

	/** As `deleteAlarm()` does. */
	deleteAlarm(): void {
		this.alarmAtMs = null;
		this.#alarmNo += 1;
	}

	#dieSoon(process: Process): void {
		this.#nature.kernel.after(1, `${this.name} is cut off`, () => process.die());
	}

	#enter(): Instance<Api> {
		const { faults } = this.#nature;
		const isIdle = this.#instance !== null && this.#instance.waiting.size === 0;
		if (isIdle && faults.strike("object-evict")) this.#instance = null;
		if (this.#instance !== null) return this.#instance;
		this.#instances += 1;
		const name = `${this.name}#${this.#instances}`;
		const waiting = new Set<() => void>();
		const process = new Process(name, this.#nature, true, () => {
			this.#instance = null;
			for (const dies of waiting) dies();
		});
		const api = this.#create(this, process);
		this.#instance = { process, api, ready: api.prepare(), waiting };
		return this.#instance;
	}

	#alarmIsDue(alarmNo: number): void {
		if (alarmNo !== this.#alarmNo) return;
		const { kernel, faults } = this.#nature;
		if (faults.strike("alarm-dead", 0.3)) {
			this.alarmGivenUp = true;
			return;
		}
		if (faults.strike("alarm-gone", 0.3)) {
			this.alarmGivenUp = true;
			this.alarmAtMs = null;
			return;
		}
		if (faults.strike("alarm-late")) {
			const lateMs = faults
				.of("alarm-late")
				.below(faults.of("alarm-late").pick([5_000, 60_000, 40 * minuteMs]));
			kernel.after(lateMs, `late alarm of ${this.name}`, () => this.#ring(alarmNo, 0));
			return;
		}
		if (faults.strike("alarm-double")) {
			const laterMs = faults.of("alarm-double").below(5_000);
			kernel.after(laterMs, `second alarm of ${this.name}`, () => this.#ring(null, 0));
		}
		this.#ring(alarmNo, 0);
	}

	/** @param alarmNo null for one that comes a second time: it is not repeated when it fails */
	#ring(alarmNo: number | null, retryCount: number): void {
		if (alarmNo !== null && alarmNo !== this.#alarmNo) return;
		const { kernel, chronicle } = this.#nature;
		chronicle.rang(this.name);
		const dueAtMs = this.alarmAtMs;
		if (alarmNo !== null) this.alarmAtMs = null;
		this.rings += 1;
		let beganAtMs = 0;
		const info = { retryCount, isRetry: retryCount > 0, scheduledTime: dueAtMs ?? 0 };
		const outOfTime = kernel.after(wallTimeMs, `alarm of ${this.name} is out of time`, () =>
			this.abort(),
		);
		const over = () => {
			kernel.callOff(outOfTime);
			this.rings -= 1;
		};
		this.receive(async (api) => {
			beganAtMs = this.#instance?.process.nowMs() ?? kernel.nowMs;
			await spareTheRetries({ setAlarm: async (atMs) => this.setAlarm(Number(atMs)) }, info);
			await api.onAlarm();
		}).then(
			() => {
				over();
				this.onRung(beganAtMs);
			},
			() => {
				over();
				if (alarmNo === null || alarmNo !== this.#alarmNo || this.alarmAtMs !== null) return;
				this.alarmAtMs = dueAtMs;
				if (retryCount === alarmRetriesMax) {
					this.alarmGivenUp = true;
					return;
				}
				const pauseMs = 2_000 * 2 ** retryCount;
				kernel.after(pauseMs, `alarm of ${this.name} again`, () =>
					this.#ring(alarmNo, retryCount + 1),
				);
			},
		);
	}
}
