import type { TaskMessage } from "../../src/domain/message.ts";
import { handleBatch } from "../../src/queue/batch.ts";
import type { Disposition } from "../../src/queue/consumer.ts";
import { createProducer, type SendMessages } from "../../src/queue/producer.ts";
import { type Nature, travel } from "./network.ts";
import { Process, SimulatedError } from "./process.ts";

/** What a consumer does with one message. */
export type HandleMessage = (
	process: Process,
	body: TaskMessage,
	delivery: number,
) => Promise<Disposition>;

/** As wrangler.toml has them. */
export interface ConsumerSettings {
	readonly maxBatchSize: number;
	readonly maxBatchTimeoutMs: number;
	readonly maxRetries: number;
	readonly maxConcurrency: number;
	readonly retryDelayMs: number;
}

/** daicho-tasks. A test compares both with wrangler.toml. */
export const taskSettings: ConsumerSettings = {
	maxBatchSize: 1,
	maxBatchTimeoutMs: 0,
	maxRetries: 3,
	maxConcurrency: 5,
	retryDelayMs: 5_000,
};

/** daicho-dead-letters. */
export const deadLetterSettings: ConsumerSettings = {
	maxBatchSize: 10,
	maxBatchTimeoutMs: 1_000,
	maxRetries: 10,
	maxConcurrency: 1,
	retryDelayMs: 30_000,
};

interface QueueSettings extends ConsumerSettings {
	readonly name: string;
	readonly handle: HandleMessage;
	/** Where messages go that were retried too often; they are gone when it is null. */
	readonly deadLetters: SimulatedQueue | null;
}

interface Waiting {
	readonly body: TaskMessage;
	readonly delivery: number;
	readonly sinceMs: number;
}

const minuteMs = 60_000;
/** An invocation of a consumer has 15 minutes. */
const wallTimeMs = 15 * minuteMs;

const overloaded = "Queue is overloaded";
const lost = "Network connection lost.";

/** At least once, in no order, with retries and dead letters. */
export class SimulatedQueue {
	readonly #nature: Nature;
	readonly #settings: QueueSettings;
	readonly #backlog: Waiting[] = [];
	/** Where messages go instead of to consumers, when somebody hands them out himself; see scenarios. */
	held: TaskMessage[] | null = null;
	#active = 0;
	#invocations = 0;

	constructor(nature: Nature, settings: QueueSettings) {
		this.#nature = nature;
		this.#settings = settings;
	}

	/** The producer of one process: ours, over a send that may fail in every way. */
	sendFrom(process: Process): SendMessages {
		const sendBatch = (batch: Iterable<{ body: TaskMessage; delaySeconds?: number }>) =>
			this.#send(process, [...batch]);
		return createProducer({ sendBatch } as unknown as Queue<TaskMessage>);
	}

	put(body: TaskMessage, delayMs: number): void {
		const { kernel, faults, random } = this.#nature;
		const text = JSON.stringify(body);
		if (this.held !== null) return void this.held.push(JSON.parse(text) as TaskMessage);
		const copies = faults.strike("queue-double") ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			if (faults.strike("queue-lose")) continue;
			const delay = faults.of("queue-delay");
			const lateMs = faults.strike("queue-delay")
				? delay.below(delay.pick([10_000, 20 * minuteMs]))
				: 0;
			const atMs = kernel.nowMs + delayMs + lateMs + random.between(5, 3_000);
			const arrive = () => this.#arrive(JSON.parse(text) as TaskMessage, 1);
			kernel.at(atMs, `${this.#settings.name} has ${body.messageNo} of ${body.runId}`, arrive);
		}
	}

	/** One invocation now, whatever the queue thinks. */
	handOut(body: TaskMessage, delivery: number): Promise<Disposition> {
		const { name, handle } = this.#settings;
		const process = new Process(`${name} by hand`, this.#nature, false, () => undefined);
		process.runId = body.runId;
		return handle(process, body, delivery);
	}

	#send(process: Process, batch: readonly { body: TaskMessage; delaySeconds?: number }[]) {
		const { faults, random, chronicle } = this.#nature;
		for (const { body } of batch) chronicle.sent(body.runId);
		const hangs = faults.strike("queue-hang");
		const isPart = faults.draw("queue-part");
		const journey = {
			label: `${process.name} > sends ${batch.length}`,
			latencyMs: random.between(5, 200) + (hangs ? 60_000 : 0),
			refused: faults.draw("queue-refuse") && ({ kind: "queue-refuse", says: overloaded } as const),
			unanswered:
				faults.draw("queue-unanswered") && ({ kind: "queue-unanswered", says: lost } as const),
		};
		return travel(this.#nature, process, journey, () => {
			const fails = isPart && faults.happens("queue-part");
			const part = fails ? faults.of("queue-part").below(batch.length) : batch.length;
			for (const { body, delaySeconds = 0 } of batch.slice(0, part)) {
				this.put(body, delaySeconds * 1_000);
			}
			if (fails) throw new SimulatedError(lost);
		});
	}

	/** A batch is handed out when it is full, or its first message has waited long enough. */
	#arrive(body: TaskMessage, delivery: number): void {
		const { kernel } = this.#nature;
		const { maxBatchTimeoutMs, name } = this.#settings;
		this.#backlog.push({ body, delivery, sinceMs: kernel.nowMs });
		this.#handOut();
		if (maxBatchTimeoutMs > 0) {
			kernel.after(maxBatchTimeoutMs, `${name} has waited`, () => this.#handOut());
		}
	}

	#isBatchDue(): boolean {
		const { maxBatchSize, maxBatchTimeoutMs } = this.#settings;
		const [first] = this.#backlog;
		if (first === undefined) return false;
		const hasWaited = first.sinceMs + maxBatchTimeoutMs <= this.#nature.kernel.nowMs;
		return hasWaited || this.#backlog.length >= maxBatchSize;
	}

	#handOut(): void {
		const { maxConcurrency, maxBatchSize } = this.#settings;
		while (this.#active < maxConcurrency && this.#isBatchDue()) {
			this.#invoke(this.#backlog.splice(0, maxBatchSize));
		}
	}

	/** One invocation. Killed before its end, the queue has heard nothing of it, and hands the whole batch out again. */
	#invoke(batch: readonly Waiting[]): void {
		const { name, handle, retryDelayMs } = this.#settings;
		const { kernel } = this.#nature;
		this.#active += 1;
		this.#invocations += 1;
		const retries = new Map<Waiting, number>();
		let isOver = false;
		const end = (again: ReadonlyMap<Waiting, number>) => {
			if (isOver) return;
			isOver = true;
			process.alive = false;
			kernel.callOff(outOfTime);
			this.#active -= 1;
			for (const [{ body, delivery }, delayMs] of again) this.#again(body, delivery, delayMs);
			this.#handOut();
		};
		const killed = () => end(new Map(batch.map((waiting) => [waiting, retryDelayMs])));
		const process = new Process(`${name}#${this.#invocations}`, this.#nature, false, killed);
		const outOfTime = kernel.after(wallTimeMs, `${process.name} is out of time`, killed);
		const messages = batch.map((waiting) => ({
			body: waiting.body,
			attempts: waiting.delivery,
			ack: () => undefined,
			retry: ({ delaySeconds }: { delaySeconds: number }) => {
				retries.set(waiting, delaySeconds * 1_000);
			},
		}));
		for (const { body, delivery } of batch) {
			process.runId = body.runId;
			kernel.note(`${process.name} gets ${body.messageNo} of ${body.runId}, delivery ${delivery}`);
		}
		handleBatch({ messages } as unknown as MessageBatch<TaskMessage>, (body, delivery) =>
			handle(process, body as TaskMessage, delivery),
		).then(
			() => end(retries),
			(error: unknown) => {
				throw new Error("a consumer never rejects", { cause: error });
			},
		);
	}

	#again(body: TaskMessage, delivery: number, delayMs: number): void {
		const { kernel, random } = this.#nature;
		const { maxRetries, deadLetters, name } = this.#settings;
		if (delivery > maxRetries) {
			kernel.note(`${name} gives ${body.messageNo} of ${body.runId} up`);
			deadLetters?.put(body, 0);
			return;
		}
		kernel.after(delayMs + random.between(5, 3_000), `${name} has it again`, () =>
			this.#arrive(body, delivery + 1),
		);
	}
}
