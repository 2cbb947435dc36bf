import type { Summary } from "../../src/domain/summary.ts";
import { count, type Screen, span } from "./screen.ts";

/** Columns that the words beside the bar take at most: a live line must not wrap. */
const wordColumns = 52;
const lineEveryMs = 2_000;

/** How far an open run is: a bar on a terminal, and elsewhere a line now and then. */
export class Progress {
	readonly #screen: Screen;
	#lastLineAtMs = Date.now();

	constructor(screen: Screen) {
		this.#screen = screen;
	}

	show(summary: Summary): void {
		if (this.#screen.isTerminal) {
			this.#screen.live(this.#bar(summary));
			return;
		}
		if (Date.now() - this.#lastLineAtMs < lineEveryMs) return;
		this.#lastLineAtMs = Date.now();
		this.#screen.line(`  ${describe(summary)}`);
	}

	#bar(summary: Summary): string {
		const { planned, open } = summary.tasks;
		const barColumns = Math.min(Math.max(this.#screen.width - wordColumns, 6), 32);
		const share = planned === 0 ? 0 : (planned - open) / planned;
		// Filled only when nothing is open any more.
		const filled = open === 0 && planned > 0 ? barColumns : Math.floor(share * (barColumns - 1));
		const done = this.#screen.paint("cyan", "━".repeat(filled));
		const rest = this.#screen.paint("dim", "━".repeat(barColumns - filled));
		return `  ${done}${rest}  ${describe(summary)}`;
	}
}

function describe({ state, tasks, yield: produced, durationMs }: Summary): string {
	if (state === "planning") return "planning";
	const done = tasks.planned - tasks.open;
	const failed = tasks.failed + tasks.lost;
	return [
		`${count(done)} of ${count(tasks.planned)}`,
		state === "sealing" ? "writing the ledger" : span(durationMs),
		`${count(produced["clipsNew"] ?? 0)} new clips`,
		...(failed > 0 ? [`${count(failed)} failed`] : []),
	].join("  ");
}
