/** How far an arrow goes: rows down, columns to the right. */
const steps: Readonly<Record<string, readonly [number, number]>> = {
	ArrowUp: [-1, 0],
	ArrowDown: [1, 0],
	ArrowLeft: [0, -1],
	ArrowRight: [0, 1],
};

/** From link to link of a table by the arrow keys, past places without one; Home and End go to a row's ends. */
export function moveByArrow(event: KeyboardEvent): void {
	if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
	const link = event.target as HTMLElement;
	const cell = link.closest<HTMLTableCellElement>("td, th");
	const row = cell?.parentElement as HTMLTableRowElement | null;
	const body = row?.closest("tbody");
	if (cell === null || row == null || body == null || !link.matches("a")) return;
	const to = findLink(event.key, body, row.sectionRowIndex, cell.cellIndex);
	if (to === undefined) return;
	event.preventDefault();
	to.focus();
}

function findLink(
	key: string,
	body: HTMLTableSectionElement,
	row: number,
	column: number,
): HTMLElement | undefined {
	const linkAt = (down: number, right: number) =>
		body.rows[down]?.cells[right]?.querySelector<HTMLElement>("a[href]") ?? undefined;
	if (key === "Home") return linkAt(row, 0);
	const last = (body.rows[row]?.cells.length ?? 0) - 1;
	const [down, right] = key === "End" ? [0, -1] : (steps[key] ?? [0, 0]);
	if (down === 0 && right === 0) return undefined;
	let [y, x] = key === "End" ? [row, last] : [row + down, column + right];
	while (y >= 0 && y < body.rows.length && x >= 0 && x <= last) {
		const link = linkAt(y, x);
		if (link !== undefined) return link;
		y += down;
		x += right;
	}
	return undefined;
}
