import { type Answer, makeIdempotencyKey, type Refusal } from "../api/client.ts";

/**
 * One question, one thing that happens: however often its button is pressed, one request is under way, and what is
 * sent again after a failure carries the same key, so that an answer that was lost on the way starts nothing twice.
 */
export class Once<T> {
	readonly key: string;
	readonly #send: (key: string) => Promise<Answer<T>>;
	#underWay = false;
	#done = false;

	constructor(send: (key: string) => Promise<Answer<T>>, key = makeIdempotencyKey()) {
		this.key = key;
		this.#send = send;
	}

	/** @returns undefined when it is under way already, or done */
	async press(): Promise<Answer<T> | undefined> {
		if (this.#underWay || this.#done) return undefined;
		this.#underWay = true;
		const answer = await this.#send(this.key);
		this.#underWay = false;
		this.#done = answer.ok;
		return answer;
	}
}

/** Whether asking again may help: a refusal with a reason is final for this question. */
export function mayTryAgain(refusal: Refusal): boolean {
	return refusal.kind === "offline" || refusal.kind === "broken" || refusal.status === 429;
}
