/**
 * When a failed attempt is made again. Pure: the clock and the dice are arguments.
 */
const baseDelayMs = 4_000;
const longestDelayMs = 300_000;
/** A time that the other side names is believed up to here: a wrong clock must not park a task for a day. */
const longestNamedDelayMs = 900_000;
const namedJitterMs = 2_000;
/** Times are rounded up to this, so that tasks which failed together are sent together, in few messages. */
const granularityMs = 2_000;

/**
 * @param retry 1 for the first retry, 2 for the second, …
 * @param notBeforeMs the time that the other side named (Twitch's `Ratelimit-Reset`), if any
 * @param dice in [0, 1); spreads retries so that they do not all come at once
 * @returns epoch milliseconds, never before `nowMs`: half to whole of 4 s, 8 s, 16 s … up to 5 minutes
 */
export function nextRetryAtMs(
	nowMs: number,
	retry: number,
	notBeforeMs: number | undefined,
	dice: number,
): number {
	if (isTime(notBeforeMs)) return roundUp(limitNamed(nowMs, notBeforeMs) + dice * namedJitterMs);
	const delayMs = Math.min(longestDelayMs, baseDelayMs * 2 ** Math.max(0, retry - 1));
	return roundUp(nowMs + delayMs / 2 + (dice * delayMs) / 2);
}

/** When deferred work goes on: at once, or at the time that was named. */
export function resumeAtMs(nowMs: number, notBeforeMs: number | undefined): number {
	return isTime(notBeforeMs) ? limitNamed(nowMs, notBeforeMs) : nowMs;
}

/** Jobs are code of others: what is no number would strand the task, and a fraction would not fit its column. */
function isTime(atMs: number | undefined): atMs is number {
	return atMs !== undefined && Number.isFinite(atMs);
}

function limitNamed(nowMs: number, notBeforeMs: number): number {
	return Math.ceil(Math.min(Math.max(nowMs, notBeforeMs), nowMs + longestNamedDelayMs));
}

/**
 * The pause before the engine tries its own work again (D1 down, queue overloaded).
 * @param failures 1 after the first failure
 * @returns milliseconds: 1 s, 2 s, 4 s … up to `longestMs`, 75 to 100 % of it
 */
export function backoffMs(failures: number, longestMs: number, dice: number): number {
	const delayMs = Math.min(longestMs, 1_000 * 2 ** Math.min(30, Math.max(0, failures - 1)));
	return Math.ceil(delayMs * (0.75 + 0.25 * dice));
}

function roundUp(atMs: number): number {
	return Math.ceil(atMs / granularityMs) * granularityMs;
}
