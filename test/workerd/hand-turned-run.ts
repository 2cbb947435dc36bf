import {
	applyD1Migrations,
	createExecutionContext,
	createMessageBatch,
	getQueueResult,
	runDurableObjectAlarm,
	runInDurableObject,
} from "cloudflare:test";
import { vi } from "vitest";
import { runIdForRequest, toJobName } from "../../src/domain/ids.ts";
import type { TaskMessage } from "../../src/domain/message.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";
import worker from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { expectNumbers } from "../support/expect-numbers.ts";
import { env } from "./env.ts";

/**
 * A run of the exported objects with their real alarm and D1, whose queue, clock and Twitch are in the test's hands.
 * Objects, consumers and tests share one isolate, so what is put in the platform's place here holds for all of them.
 */
const job = toJobName("collect-clips");
const realNow = Date.now.bind(Date);
let runs = 0;

/** A call that never comes back: whoever waits for it is killed, or waits for ever. */
export const never = new Promise<never>(() => undefined);

export class HandTurnedRun {
	readonly runId;
	/** What was sent and not handed out yet, oldest first. */
	queue: TaskMessage[] = [];
	/** What sending does, instead of putting the messages into the queue. */
	onSend: ((take: () => void) => Promise<void>) | null = null;
	/** Whether Twitch keeps everybody waiting, and how many requests it has seen. */
	twitchHolds: Promise<void> | null = null;
	twitchRequests = 0;
	readonly #planned: number;
	#aheadMs = 0;
	#deliveries = 0;

	constructor(planned: number) {
		runs += 1;
		this.#planned = planned;
		this.runId = runIdForRequest(job, realNow() + runs);
	}

	/** @param planned streamers, each with one clip; 12 are in a message */
	static async create(planned = 24): Promise<HandTurnedRun> {
		vi.restoreAllMocks();
		await applyD1Migrations(env.DB, env.MIGRATIONS);
		const run = new HandTurnedRun(planned);
		run.#takeOver();
		const ids = Array.from({ length: planned }, (_, index) => String(runs * 1_000 + index));
		await env.DB.batch([
			env.DB.prepare("DELETE FROM streamers"),
			env.DB.prepare(
				`INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms)
				SELECT value, 'login' || value, 'Name ' || value, 1, 0 FROM json_each(?1)`,
			).bind(JSON.stringify(ids)),
		]);
		return run;
	}

	/** Started, planned and sent. */
	static async begin(planned = 24): Promise<HandTurnedRun> {
		const run = await HandTurnedRun.create(planned);
		await run.stub.start(run.request);
		await run.sent(Math.ceil(planned / 12));
		return run;
	}

	/** Looked up each time: the stub of an object that crashed stays broken. */
	get stub() {
		return env.RUN_COORDINATOR.getByName(this.runId);
	}

	get request(): RunRequest {
		const { runId } = this;
		const byHand = { trigger: "manual", slotAtMs: null, rerunOf: null } as const;
		return { runId, job, ...byHand, taskIds: null, window: null };
	}

	sent(messages: number): Promise<void> {
		return eventually(() => {
			if (this.queue.length !== messages) throw new Error(`${this.queue.length} are sent`);
		});
	}

	take(): TaskMessage {
		const message = this.queue.shift();
		if (message === undefined) throw new Error("the queue is empty");
		return message;
	}

	/** One invocation of the Worker's own consumer; @returns whether the queue is to deliver the message again */
	async deliver(body: TaskMessage, attempts = 1, queue = "daicho-tasks"): Promise<boolean> {
		this.#deliveries += 1;
		const id = `message-${this.#deliveries}`;
		const batch = createMessageBatch(queue, [{ id, timestamp: new Date(), attempts, body }]);
		await worker.queue(batch as MessageBatch<unknown>, env);
		const { retryMessages } = await getQueueResult(batch, createExecutionContext());
		return retryMessages.length > 0;
	}

	returnDeadLetter(body: TaskMessage): Promise<boolean> {
		return this.deliver(body, 1, "daicho-dead-letters");
	}

	moveClock(ms: number): void {
		this.#aheadMs += ms;
		vi.spyOn(Date, "now").mockImplementation(() => realNow() + this.#aheadMs);
	}

	alarmAtMs(): Promise<number | null> {
		return runInDurableObject(this.stub, (_, { storage }) => storage.getAlarm());
	}

	/** Moves the clock to the alarm that is set, and lets it ring. */
	async ring(): Promise<void> {
		const atMs = await this.alarmAtMs();
		if (atMs !== null && atMs > Date.now()) this.moveClock(atMs - Date.now());
		await runDurableObjectAlarm(this.stub);
	}

	async summary(): Promise<Summary> {
		const summary = await this.stub.summary();
		if ("kind" in summary) throw new Error("unknown run");
		return summary as Summary;
	}

	/** Once the alarm has rung by itself. */
	sealed(): Promise<Summary> {
		return eventually(async () => {
			const summary = await this.summary();
			if (summary.state !== "sealed") throw new Error(`it is ${summary.state}`);
			return summary;
		});
	}

	/** Delivers and rings until the run is sealed; its row in D1 says the same. */
	async finish(): Promise<Summary> {
		for (let steps = 0; steps < 300; steps += 1) {
			const summary = await this.summary();
			if (summary.state === "sealed") {
				const row = await env.DB.prepare("SELECT summary FROM runs WHERE run_id = ?1")
					.bind(this.runId)
					.first<{ summary: string }>();
				if (row?.summary !== JSON.stringify(summary)) throw new Error("D1 has another summary");
				return summary;
			}
			const message = this.queue.shift();
			if (message === undefined) await this.ring();
			else await this.deliver(message);
		}
		throw new Error("the run does not seal");
	}

	/** As `expectNumbers`; `clips` is how many are new, one a streamer when not said. */
	expectNumbers(
		summary: Summary,
		{
			clips = this.#planned,
			...but
		}: Omit<NonNullable<Parameters<typeof expectNumbers>[2]>, "yield"> & { clips?: number } = {},
	): void {
		expectNumbers(summary, this.#planned, {
			...but,
			yield: {
				clipsSeen: clips,
				clipsNew: clips,
				clipsChanged: 0,
				clipsUnchanged: 0,
				clipsRejected: 0,
				streamersWithClips: clips,
			},
		});
	}

	#takeOver(): void {
		const queue = Object.getPrototypeOf(env.TASKS) as Queue<TaskMessage>;
		vi.spyOn(queue, "sendBatch").mockImplementation(async (batch) => {
			const take = () => this.queue.push(...[...batch].map(({ body }) => body));
			await (this.onSend === null ? take() : this.onSend(() => void take()));
			return {} as never;
		});
		const createdAt = new Date(realNow() - 3_600_000).toISOString();
		vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
			const url = new URL(input instanceof Request ? input.url : String(input));
			if (url.pathname.endsWith("/token")) {
				return Response.json({ access_token: "a", expires_in: 5_000_000, token_type: "bearer" });
			}
			this.twitchRequests += 1;
			await this.twitchHolds;
			const id = url.searchParams.get("broadcaster_id") ?? "";
			const clip = { id: `Clip-${id}`, broadcaster_id: id, created_at: createdAt };
			const data = [{ ...clip, view_count: 1, duration: 30, title: "A clip" }];
			return Response.json({ data, pagination: {} });
		});
	}
}

/** Stands in D1's place for the batches whose statements `pattern` finds; the others pass. */
export function interceptBatches(
	pattern: RegExp,
	instead: (carryOut: () => Promise<unknown>) => Promise<unknown>,
) {
	const d1 = Object.getPrototypeOf(env.DB) as D1Database;
	const original = d1.batch;
	return vi.spyOn(d1, "batch").mockImplementation(function (this: D1Database, statements) {
		const texts = statements.map((each) => (each as unknown as { statement: string }).statement);
		const carryOut = () => Reflect.apply(original, this, [statements]) as Promise<never>;
		return (pattern.test(texts.join(";")) ? instead(carryOut) : carryOut()) as Promise<never>;
	});
}
