/** Where the marks of a grid stand. Pure. Sizes are CSS pixels. */
export interface GridLayout {
	/** A mark with the gap behind it. */
	readonly pitch: number;
	readonly gap: number;
	readonly columns: number;
	readonly height: number;
}

export function layOutGrid(tasks: number, width: number): GridLayout {
	const pitch = tasks <= 300 ? 18 : tasks <= 1_500 ? 14 : tasks <= 4_000 ? 10 : 8;
	const columns = Math.max(1, Math.floor(width / pitch));
	return {
		pitch,
		gap: pitch >= 14 ? 3 : 2,
		columns,
		height: Math.ceil(tasks / columns) * pitch,
	};
}

/** @returns the mark at a point, or undefined between and beyond them */
export function markAt(
	{ pitch, gap, columns }: GridLayout,
	tasks: number,
	x: number,
	y: number,
): number | undefined {
	const column = Math.floor(x / pitch);
	const isBetween = x % pitch >= pitch - gap / 2 && y % pitch >= pitch - gap / 2;
	if (column < 0 || column >= columns || y < 0 || isBetween) return undefined;
	const index = Math.floor(y / pitch) * columns + column;
	return index < tasks ? index : undefined;
}
