import type { Screen } from "./screen.ts";

type Stop = (now: boolean) => Promise<void> | void;

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The one way out: stops what was started, newest first, and exits. Whoever asks first decides the exit code.
 */
export class Ending {
	readonly #screen: Screen;
	readonly #stops: Stop[] = [];
	#code: number | undefined;
	#orderly = false;

	constructor(screen: Screen) {
		this.#screen = screen;
		for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
			process.on(signal, () => this.#interrupt(exitCodes[signal]));
		}
		process.on("exit", () => this.#stopAtOnce());
	}

	get begun(): boolean {
		return this.#code !== undefined;
	}

	/** `stop` is called once when the program ends, and with `now` when there is no more time to be gentle. */
	beforeExit(stop: Stop): void {
		this.#stops.push(stop);
	}

	/** From now on a signal is the ordinary way to end, not an interruption: exit code 0. */
	becomeOrderly(): void {
		this.#orderly = true;
	}

	async end(code: number): Promise<void> {
		if (this.begun) return;
		this.#code = code;
		this.#screen.endLive();
		for (const stop of this.#stops.toReversed()) {
			try {
				await stop(false);
			} catch {
				// The others are stopped all the same; what is left gets no mercy at exit.
			}
		}
		process.exit(code);
	}

	#interrupt(code: number): void {
		if (this.begun) {
			// Asked twice: without waiting for anybody.
			process.exit(code);
		}
		if (this.#screen.isTerminal) this.#screen.line();
		void this.end(this.#orderly ? 0 : code);
	}

	#stopAtOnce(): void {
		for (const stop of this.#stops.toReversed()) void stop(true);
	}
}
