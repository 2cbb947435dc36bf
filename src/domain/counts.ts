/**
 * Named whole numbers that add up: what a task yielded, what an attempt used.
 *
 * The engine adds them by name and knows no name of a job's; a job says which names it has.
 */
export type Counts = Readonly<Record<string, number>>;

/** The sum by name; a name that only one side has keeps its value. */
export function addCounts(left: Counts, right: Counts): Counts {
	const sum: Record<string, number> = { ...left };
	for (const [name, value] of Object.entries(right)) {
		sum[name] = (sum[name] ?? 0) + value;
	}
	return sum;
}

export function sumCounts(all: Iterable<Counts>): Counts {
	let sum: Counts = {};
	for (const counts of all) sum = addCounts(sum, counts);
	return sum;
}

/** `counts` with exactly the given names in their order, 0 where it has none, so that a summary's shape is fixed. */
export function shapeCounts(names: readonly string[], counts: Counts): Counts {
	return Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
}
