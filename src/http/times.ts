/** RFC 3339 UTC of this century as epoch milliseconds; null for anything else. */
export function decodeTime(value: unknown): number | null {
	if (typeof value !== "string" || !/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)) {
		return null;
	}
	const atMs = Date.parse(value);
	// Date.parse turns 31 February into March; a time that does not come back was no time.
	return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 19) !== value.slice(0, 19)
		? null
		: atMs;
}
