/**
 * Objects answer in milliseconds. One that hangs must hold up neither the slots, nor what is to be told, nor a place at
 * the queue, of which there are few.
 */
const answerWithinMs = 30_000;

/**
 * Rejects when there is no answer within `limitMs`, 30 s when not said; what was asked for may be carried out all the
 * same.
 */
export type WithinTime = <T>(answer: Promise<T>, limitMs?: number) => Promise<T>;

export const withinTime: WithinTime = async (answer, limitMs = answerWithinMs) => {
	let timer: ReturnType<typeof setTimeout> | null = null;
	const limit = new Promise<never>((_, reject) => {
		const reason = `no answer within ${limitMs / 1_000} s`;
		timer = setTimeout(() => reject(new Error(reason)), limitMs);
	});
	try {
		return await Promise.race([answer, limit]);
	} finally {
		clearTimeout(timer);
	}
};
