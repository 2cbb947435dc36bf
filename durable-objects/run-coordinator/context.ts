import { addCounts, type Counts } from "../../src/domain/counts.ts";
import type { MeteredStorage } from "../storage.ts";
import type { CoordinatorPorts } from "./ports.ts";
import type { CoordinatorStore, RunRow } from "./store.ts";

/** What the parts of a coordinator share. */
export interface CoordinatorContext {
	readonly ports: CoordinatorPorts;
	/** Counts the rows that the run's own work reads and writes. */
	readonly storage: MeteredStorage;
	readonly store: CoordinatorStore;
	/** For answers to whoever looks at the run: that is not the run's work, and is not metered. */
	readonly reader: CoordinatorStore;
}

/**
 * Saves a change of the run row together with what was used since the last one. The rows of this very update
 * come with the next, so the meters run one row behind.
 */
export function saveRun(
	{ storage, store }: CoordinatorContext,
	run: RunRow,
	change: Partial<RunRow>,
	used: Counts,
): RunRow {
	const { rowsRead, rowsWritten } = storage.drain();
	const meters = addCounts(run.meters, {
		...used,
		ledgerRowsRead: rowsRead,
		ledgerRowsWritten: rowsWritten,
	});
	store.updateRun({ ...change, meters });
	return { ...run, ...change, meters };
}
