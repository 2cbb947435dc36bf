/**
 * What a world itself saw happen, whatever daicho's rows say of it: the checker holds the rows against it. Times are the
 * world's own, epoch milliseconds.
 */
export class Chronicle {
	/** When an operator's pause arrived, and until when it was to last. */
	readonly pauses: { readonly fromMs: number; readonly untilMs: number }[] = [];
	/** Runs of which an operator was told that they are cancelled. */
	readonly cancelled = new Set<string>();
	/** Tasks whose result was heard as succeeded or as given back, and who had done them. */
	readonly heard: { readonly asker: string; readonly taskId: string }[] = [];
	/** What receivers took, in its order. */
	readonly taken: { readonly channel: string; readonly messageId: string }[] = [];
	/** Messages that a run handed to the queue, whatever became of them. */
	readonly sends = new Map<string, number>();
	/** Alarms rung, by the object's name. */
	readonly alarms = new Map<string, number>();
	/** When the scheduler began to keep a schedule; null when it has not. */
	scheduledSinceMs: number | null = null;

	sent(runId: string): void {
		this.sends.set(runId, (this.sends.get(runId) ?? 0) + 1);
	}

	rang(name: string): void {
		this.alarms.set(name, (this.alarms.get(name) ?? 0) + 1);
	}
}
