import type { CoordinatorConfig } from "./ports.ts";
import type { MessageRow, RunRow } from "./store.ts";

/** What the messages in flight mean. Pure. */

const longestPatienceMs = 720_000;

/**
 * When an unclaimed message counts as missed, epoch milliseconds: QUEUED_SECONDS after the queue could hand it
 * out, if one sent later was claimed meanwhile. Otherwise a backlog is more likely than a loss, as long as
 * anything is claimed at all. Each time that its tasks are sent in vain they are waited for twice as long, so that
 * a queue which hands out nothing is not filled up.
 */
export function missedAtMs(message: MessageRow, run: RunRow, config: CoordinatorConfig): number {
	const doubled = config.queuedMs * 2 ** Math.max(0, message.sends - 1);
	const patienceMs = Math.max(config.queuedMs, Math.min(longestPatienceMs, doubled));
	const patienceEndsAtMs = message.visibleAtMs + patienceMs;
	if (message.messageNo < run.claimedMessageNo) return patienceEndsAtMs;
	return Math.max(patienceEndsAtMs, (run.lastClaimAtMs ?? 0) + config.queuedMs);
}

/** How many messages may be added now; none until half of the places are free, so that they go out together. */
export function freePlaces(inFlight: number, config: CoordinatorConfig): number {
	const refillAt = Math.floor(config.messagesInFlight / 2);
	return inFlight > refillAt ? 0 : config.messagesInFlight - inFlight;
}

/** Nothing is in flight, waiting or still to be sent: unless a row says otherwise, every task is closed. */
export function isDrained(run: RunRow, inFlight: number, firstDueAtMs: number | null): boolean {
	return run.fanOutDone && inFlight === 0 && firstDueAtMs === null;
}

/** When the alarm has to look next, epoch milliseconds; never null while the run is there, so it never dies. */
export function nextWakeAtMs(
	run: RunRow,
	messages: readonly MessageRow[],
	firstDueAtMs: number | null,
	config: CoordinatorConfig,
	nowMs: number,
): number {
	const tryAgainAtMs = Math.max(nowMs, run.tryAgainAtMs ?? nowMs);
	switch (run.state) {
		case "planning":
		case "sealing":
			return tryAgainAtMs;
		case "sealed":
			return run.startsAfter.length > 0 || run.sealUntold
				? tryAgainAtMs
				: (run.confirmedAtMs ?? nowMs) + config.coordinatorRetentionMs;
		case "running": {
			const wakes = [run.deadlineAtMs];
			if (freePlaces(messages.length, config) > 0) {
				if (!run.fanOutDone) wakes.push(nowMs);
				if (firstDueAtMs !== null) wakes.push(firstDueAtMs);
			}
			for (const message of messages) {
				if (message.leaseExpiresAtMs !== null) wakes.push(message.leaseExpiresAtMs);
				else if (message.sentAtMs === null) wakes.push(tryAgainAtMs);
				else wakes.push(missedAtMs(message, run, config));
			}
			return Math.max(nowMs, Math.min(...wakes));
		}
	}
}
