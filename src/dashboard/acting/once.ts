import { type Answer, makeIdempotencyKey, mayTryAgain } from "../api/client.ts";

/**
 * Keys of acts of which no answer has come yet, by what was asked: asked again in another dialog, it is the same act.
 * After a while it is a new one, or who wants one more run hours later would be shown the old one.
 */
const unanswered = new Map<string, { readonly key: string; readonly atMs: number }>();
const keptMs = 300_000;

/**
 * One question, one thing that happens: however often its button is pressed, one request is under way, and what is
 * sent again after a failure carries the same key, so that an answer that was lost on the way starts nothing twice.
 */
export class Once<T> {
	readonly key: string;
	readonly #asks: string;
	readonly #send: (key: string) => Promise<Answer<T>>;
	#underWay = false;
	#done = false;

	/** @param asks the same text for the same act */
	constructor(asks: string, send: (key: string) => Promise<Answer<T>>) {
		const before = unanswered.get(asks);
		const isRecent = before !== undefined && Date.now() - before.atMs < keptMs;
		this.key = isRecent ? before.key : makeIdempotencyKey();
		this.#asks = asks;
		this.#send = send;
	}

	/** @returns undefined when it is under way already, or done */
	async press(): Promise<Answer<T> | undefined> {
		if (this.#underWay || this.#done) return undefined;
		this.#underWay = true;
		unanswered.set(this.#asks, { key: this.key, atMs: Date.now() });
		const answer = await this.#send(this.key);
		this.#underWay = false;
		this.#done = answer.ok;
		if (answer.ok || !mayTryAgain(answer.refusal)) unanswered.delete(this.#asks);
		return answer;
	}
}
