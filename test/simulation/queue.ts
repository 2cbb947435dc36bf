import type { TaskMessage } from "../../src/domain/message.ts";
import { createProducer, type SendMessages } from "../../src/queue/producer.ts";
import { type Nature, travel } from "./network.ts";
import { Process } from "./process.ts";

type Disposition =
	| { readonly kind: "ack" }
	| { readonly kind: "retry"; readonly delaySeconds: number };

/** One invocation of a consumer, for one message. */
export type HandleMessage = (
	process: Process,
	body: TaskMessage,
	delivery: number,
) => Promise<Disposition>;

interface QueueSettings {
	readonly name: string;
	/** As in wrangler.toml. */
	readonly maxRetries: number;
	readonly maxConcurrency: number;
	readonly retryDelayMs: number;
	readonly handle: HandleMessage;
	/** Where messages go that were retried too often; they are gone when it is null. */
	readonly deadLetters: SimulatedQueue | null;
	/** A consumer's clock. */
	readonly drawSkewMs: () => number;
}

const minuteMs = 60_000;
/** An invocation of a consumer has 15 minutes. */
const wallTimeMs = 15 * minuteMs;

/** At least once, in no order, with retries and dead letters. */
export class SimulatedQueue {
	readonly #nature: Nature;
	readonly #settings: QueueSettings;
	readonly #backlog: { body: TaskMessage; delivery: number }[] = [];
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
		const process = new Process(`${name} by hand`, this.#nature.kernel, false, 0, () => undefined);
		process.runId = body.runId;
		return handle(process, body, delivery);
	}

	#send(process: Process, batch: readonly { body: TaskMessage; delaySeconds?: number }[]) {
		const { faults, random, chronicle } = this.#nature;
		for (const { body } of batch) chronicle.sent(body.runId);
		const isPart = faults.strike("queue-part");
		const part = isPart ? faults.of("queue-part").below(batch.length) : batch.length;
		const hangs = faults.strike("queue-hang");
		return travel(
			this.#nature,
			process,
			{
				label: `${process.name} > sends ${batch.length}`,
				latencyMs: random.between(5, 200) + (hangs ? 60_000 : 0),
				refused: faults.strike("queue-refuse") && "Queue is overloaded",
				unanswered: (isPart || faults.strike("queue-unanswered")) && "Network connection lost.",
			},
			() => {
				for (const { body, delaySeconds = 0 } of batch.slice(0, part)) {
					this.put(body, delaySeconds * 1_000);
				}
			},
		);
	}

	#arrive(body: TaskMessage, delivery: number): void {
		this.#backlog.push({ body, delivery });
		this.#handOut();
	}

	#handOut(): void {
		const { maxConcurrency, name, handle, drawSkewMs } = this.#settings;
		const { kernel } = this.#nature;
		while (this.#active < maxConcurrency) {
			const next = this.#backlog.shift();
			if (next === undefined) return;
			this.#active += 1;
			this.#invocations += 1;
			const { body, delivery } = next;
			let isOver = false;
			const end = (disposition: Disposition | null) => {
				if (isOver) return;
				isOver = true;
				process.alive = false;
				this.#active -= 1;
				if (disposition === null) this.#again(body, delivery, this.#settings.retryDelayMs);
				if (disposition?.kind === "retry")
					this.#again(body, delivery, disposition.delaySeconds * 1_000);
				this.#handOut();
			};
			// Dead in the middle: the queue has heard nothing, and hands the message out again.
			const onDeath = () => end(null);
			const process = new Process(
				`${name}#${this.#invocations}`,
				kernel,
				false,
				drawSkewMs(),
				onDeath,
			);
			process.runId = body.runId;
			kernel.note(`${process.name} gets ${body.messageNo} of ${body.runId}, delivery ${delivery}`);
			kernel.after(wallTimeMs, `${process.name} is out of time`, () => end(null));
			handle(process, body, delivery).then(end, (error: unknown) => {
				throw new Error("a consumer never rejects", { cause: error });
			});
		}
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
