import { backoffMs } from "../src/domain/retry.ts";
import { describeError, type Log } from "../src/log.ts";

/** What an object's alarm needs of the world. */
export interface AlarmPorts {
	/** Sets the object's one alarm, replacing an earlier one. */
	readonly setAlarm: (atMs: number) => void;
	/** When it is set for; null when none is, as while it rings. */
	readonly getAlarm: () => Promise<number | null>;
	readonly nowMs: () => number;
	/** In [0, 1). */
	readonly dice: () => number;
	readonly log: Log;
}

/** An alarm so long overdue was given up by the platform. */
const deadAlarmMs = 30_000;
const longestBackoffMs = 60_000;
const earlyRestMs = 1_000;

/**
 * The object's one alarm: always set while there is something to wake for, never set twice for the same thing.
 *
 * Setting it is a row written, so a step only brings it forward. What this instance does not know (it was just
 * made) or what is long overdue (the platform gave up) is set anew, from the rows.
 */
export class ObjectAlarm {
	readonly #ports: AlarmPorts;
	readonly #nextWakeAtMs: () => number | null;
	/** The one that is set, as far as this instance knows. */
	#setForMs: number | null = null;
	#rings = false;
	readonly #restMs: number;
	/** Times in a row that it ended with an error nobody expected. */
	#failures = 0;
	/** Times in a row that it rang before its time. */
	#earlyRings = 0;
	/** The look at the platform's alarm that is under way; all who ask meanwhile wait for it. */
	#revival: Promise<boolean> | null = null;

	/**
	 * @param nextWakeAtMs when the rows want to be woken, epoch milliseconds; null when there is nothing to wake for
	 * @param restMs from the end of one ring to the next at least: rows that want to be woken again and again for
	 *   nothing cost no more than that
	 */
	constructor(ports: AlarmPorts, nextWakeAtMs: () => number | null, restMs = 0) {
		this.#ports = ports;
		this.#nextWakeAtMs = nextWakeAtMs;
		this.#restMs = restMs;
	}

	/** Brings the alarm forward to `atMs`; an earlier one stays. */
	wakeAt(atMs: number): void {
		// The alarm that rings sets the next one when it ends, from the rows as they are then.
		if (this.#rings) return;
		const setForMs = this.#setForMs;
		if (setForMs === null || setForMs < this.#ports.nowMs() - deadAlarmMs) {
			this.#setFromRows(atMs);
		} else if (atMs < setForMs) {
			this.#set(atMs);
		}
	}

	/** Does the alarm's work; never rejects, and always leaves an alarm behind while there is something to wake for. */
	async ring(work: () => Promise<void>): Promise<void> {
		// Rung before its time, the clock here is behind the platform's: the same time would ring again at once.
		const setForMs = this.#setForMs ?? 0;
		const isEarly = this.#ports.nowMs() < setForMs;
		const restMs = isEarly ? Math.max(earlyRestMs, this.#restMs) : this.#restMs;
		this.#earlyRings = isEarly ? this.#earlyRings + 1 : 0;
		// Once, it may be one that came twice; again, the clock is far behind, and its times are over for the platform.
		const notBeforeMs =
			this.#earlyRings < 2 ? 0 : setForMs + backoffMs(this.#earlyRings - 1, longestBackoffMs, 1);
		this.#rings = true;
		try {
			await work();
			this.#failures = 0;
		} catch (error) {
			this.#failures += 1;
			this.#ports.log("error", "alarm_failed", { error: describeError(error) });
		} finally {
			this.#rings = false;
			this.#setFromRows(Number.POSITIVE_INFINITY, restMs, notBeforeMs);
		}
	}

	/**
	 * Asks the platform for the alarm, and sets it again when it is dead: absent, or long overdue.
	 * @returns whether it was dead; of a thousand callers at once it is set once
	 */
	revive(): Promise<boolean> {
		if (this.#rings) return Promise.resolve(false);
		this.#revival ??= this.#revive().finally(() => {
			this.#revival = null;
		});
		return this.#revival;
	}

	async #revive(): Promise<boolean> {
		const setForMs = await this.#ports.getAlarm();
		// It may have begun to ring while the platform was asked, and then is very much alive.
		if (this.#rings) return false;
		if (setForMs !== null && setForMs >= this.#ports.nowMs() - deadAlarmMs) {
			this.#setForMs = setForMs;
			return false;
		}
		this.#setFromRows(Number.POSITIVE_INFINITY);
		return this.#nextWakeAtMs() !== null;
	}

	/** For the next thing that can happen, as the rows say, no later than `latestMs`, after a rest and not before a time. */
	#setFromRows(latestMs: number, restMs = 0, notBeforeMs = 0): void {
		const nextMs = this.#nextWakeAtMs();
		if (nextMs === null) {
			// All was deleted, the alarm with it: whoever begins anew here needs another one.
			this.#setForMs = null;
			return;
		}
		const failures = this.#failures;
		const { nowMs, dice } = this.#ports;
		const pauseMs = failures === 0 ? restMs : backoffMs(failures, longestBackoffMs, dice());
		this.#set(Math.max(Math.min(nextMs, latestMs), nowMs() + pauseMs, notBeforeMs));
	}

	#set(atMs: number): void {
		this.#ports.setAlarm(atMs);
		this.#setForMs = atMs;
	}
}

const lastRetries = 4;
const sparePauseMs = 60_000;

/**
 * To be called first in an object's `alarm()`. Our alarms never throw, but an object may be taken down while one
 * rings. After six times the platform gives it up for good, so before that another one is set.
 */
export async function spareTheRetries(
	storage: Pick<DurableObjectStorage, "setAlarm">,
	info: AlarmInvocationInfo | undefined,
): Promise<void> {
	if ((info?.retryCount ?? 0) < lastRetries) return;
	await storage.setAlarm(Date.now() + sparePauseMs);
}
