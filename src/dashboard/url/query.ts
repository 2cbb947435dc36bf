/** What a view remembers in its address: filters, search, page. Pure. */
export function changeQuery(
	search: string,
	changes: Readonly<Record<string, string | number | null>>,
): string {
	const query = new URLSearchParams(search);
	for (const [name, value] of Object.entries(changes)) {
		if (value === null || value === "") query.delete(name);
		else query.set(name, String(value));
	}
	const text = query.toString();
	return text === "" ? "" : `?${text}`;
}

/** One of `values`, or the first of them. */
export function readChoice<T extends string>(
	search: string,
	name: string,
	values: readonly [T, ...T[]],
): T {
	const value = new URLSearchParams(search).get(name);
	return values.find((one) => one === value) ?? values[0];
}

/** A page's number from 1. */
export function readPage(search: string): number {
	const value = new URLSearchParams(search).get("page") ?? "";
	return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : 1;
}

const searchCharactersMax = 80;

export function readText(search: string, name: string): string {
	return (new URLSearchParams(search).get(name) ?? "").slice(0, searchCharactersMax);
}
