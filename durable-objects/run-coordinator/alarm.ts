import { backoffMs } from "../../src/domain/retry.ts";
import { describeError } from "../../src/log.ts";
import type { CoordinatorContext } from "./context.ts";
import { nextWakeAtMs } from "./in-flight.ts";
import type { RunRow } from "./store.ts";

/**
 * The object's one alarm: always set while there is a run, never set twice for the same thing.
 *
 * Setting it is a row written, so a step only brings it forward. What this instance does not know (it was just
 * made) or what is long overdue (the platform gave up) is set anew, from the rows.
 */
const deadAlarmMs = 30_000;
const longestBackoffMs = 60_000;

export class CoordinatorAlarm {
	readonly #context: CoordinatorContext;
	readonly #findRun: () => RunRow | undefined;
	/** The one that is set, as far as this instance knows. */
	#setForMs: number | null = null;
	#rings = false;
	/** Times in a row that it ended with an error nobody expected. */
	#failures = 0;

	constructor(context: CoordinatorContext, findRun: () => RunRow | undefined) {
		this.#context = context;
		this.#findRun = findRun;
	}

	/** Brings the alarm forward to `atMs`; an earlier one stays. */
	wakeAt(atMs: number): void {
		// The alarm that rings sets the next one when it ends, from the rows as they are then.
		if (this.#rings) return;
		const setForMs = this.#setForMs;
		if (setForMs === null || setForMs < this.#context.ports.nowMs() - deadAlarmMs) {
			this.#setFromRows(atMs);
		} else if (atMs < setForMs) {
			this.#set(atMs);
		}
	}

	/** Does the alarm's work; never rejects, and always leaves an alarm behind while there is a run. */
	async ring(work: () => Promise<void>): Promise<void> {
		this.#rings = true;
		try {
			await work();
			this.#failures = 0;
		} catch (error) {
			this.#failures += 1;
			const runId = this.#findRun()?.runId ?? "";
			this.#context.ports.log("error", "alarm_failed", { runId, error: describeError(error) });
		} finally {
			this.#rings = false;
			this.#setFromRows(Number.POSITIVE_INFINITY);
		}
	}

	/** For the next thing that can happen, as the rows say, and no later than `latestMs`. */
	#setFromRows(latestMs: number): void {
		const run = this.#findRun();
		if (run === undefined) return;
		const { ports, store } = this.#context;
		const nowMs = ports.nowMs();
		// A drained run that is still open has a task that nobody works on: the deadline closes it.
		const nextMs = nextWakeAtMs(run, store.messages(), store.firstDueAtMs(), ports.config, nowMs);
		const failures = this.#failures;
		const pauseMs = failures === 0 ? 0 : backoffMs(failures, longestBackoffMs, ports.dice());
		this.#set(Math.max(Math.min(nextMs, latestMs), nowMs + pauseMs));
	}

	#set(atMs: number): void {
		this.#context.ports.setAlarm(atMs);
		this.#setForMs = atMs;
	}
}
