/**
 * When to ask again. Soon at first where nothing came, as most troubles are short, and later and later, as a page that is
 * left open must not add to one that is long. Pure.
 */
const firstMs = 4_000;
const mostMs = 60_000;

/**
 * @param failures in a row, from 1
 * @param named seconds, when the API said how long to wait: as long at least, but never so long that a page stands still
 */
export function retryAfterMs(failures: number, named: number | null = null): number {
	const delayMs = firstMs * 2 ** (failures - 1);
	return Math.min(mostMs, Math.max(delayMs, (named ?? 0) * 1_000));
}

/**
 * How long a view waits from one answer to its next question. What was answered is looked at again after the view's own
 * period. What was not is asked for again by `retryAfterMs` alone, whatever the period: a short one would ask for ever
 * in an outage, and a long one would leave a page without what it does not know yet.
 * @param failures in a row; 0 after an answer, and after a refusal that is final
 * @param refreshMs null for what is looked at once
 * @returns null for never
 */
export function nextAskMs(
	failures: number,
	refreshMs: number | null,
	named: number | null = null,
): number | null {
	return failures === 0 ? refreshMs : retryAfterMs(failures, named);
}
