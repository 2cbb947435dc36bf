/**
 * Why a slot has no run (yet), as one English line: written where it is decided, read again where it is told in another
 * language. Pure.
 */
const reasons = {
	still_open: /^(\S+) is still open\.$/,
	not_asked: /^(\S+) could not be asked: (.*)$/s,
	not_started: /^(\S+) could not be started: (.*)$/s,
	paused: /^Paused: (.*)$/s,
	nobody_came: /^Neither the cron nor the alarm came before a newer slot was due\.$/,
	schedule_changed: /^The schedule was changed from (.+) to (.+) before it was decided\.$/,
} as const;
export type SlotReason = keyof typeof reasons;

export const writeSlotReason = {
	still_open: (runId: string) => `${runId} is still open.`,
	not_asked: (runId: string, error: string) => `${runId} could not be asked: ${error}`,
	not_started: (runId: string, error: string) => `${runId} could not be started: ${error}`,
	paused: (why: string) => `Paused: ${why}`,
	nobody_came: () => "Neither the cron nor the alarm came before a newer slot was due.",
	schedule_changed: (from: string, to: string) =>
		`The schedule was changed from ${from} to ${to} before it was decided.`,
} as const satisfies Record<SlotReason, (...said: string[]) => string>;

/** @returns undefined for the words of an error, and for a line of another version */
export function readSlotReason(
	line: string,
): { readonly reason: SlotReason; readonly said: readonly string[] } | undefined {
	for (const [reason, pattern] of Object.entries(reasons)) {
		const found = pattern.exec(line);
		if (found !== null) return { reason: reason as SlotReason, said: found.slice(1) };
	}
	return undefined;
}
