/**
 * How soon to ask again where nothing came: soon at first, as most troubles are short, and later and later, as a page that
 * is left open must not add to one that is long. Pure.
 */
const firstMs = 4_000;
const mostMs = 60_000;

/** @param failures in a row, from 1 */
export function retryAfterMs(failures: number): number {
	return Math.min(mostMs, firstMs * 2 ** (failures - 1));
}
