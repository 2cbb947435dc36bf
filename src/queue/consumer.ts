import type {
	ClaimAnswer,
	ClaimGranted,
	FindCoordinator,
	ReportAnswer,
} from "../../durable-objects/run-coordinator/api.ts";
import type { Config } from "../config.ts";
import type { Counts } from "../domain/counts.ts";
import type { ClaimId, RunId } from "../domain/ids.ts";
import { decodeTaskMessage, type TaskMessage } from "../domain/message.ts";
import { engineFailure, type Outcome, type TaskResult } from "../domain/outcome.ts";
import { backoffMs } from "../domain/retry.ts";
import type { JobRegistry, Performance } from "../jobs/job.ts";
import { describeError, type Log } from "../log.ts";
import type { WithinTime } from "../time-limit.ts";
import { ExternalRequests } from "./external-requests.ts";

/**
 * Steps 4 to 6, for one message: claim, perform, report, acknowledge.
 *
 * Crash before the claim: the queue delivers again. After it: the lease runs out and the coordinator sends the
 * tasks again. After the report: the message comes again, is granted nothing and is acknowledged.
 */
export interface ConsumerPorts {
	readonly findCoordinator: FindCoordinator;
	readonly jobs: JobRegistry;
	readonly fetch: typeof fetch;
	readonly nowMs: () => number;
	readonly dice: () => number;
	readonly makeId: () => string;
	readonly sleep: (ms: number) => Promise<void>;
	readonly withinTime: WithinTime;
	readonly config: Pick<Config, "requestTimeoutMs" | "requestsPerInvocation">;
	readonly log: Log;
}

/** What the queue is told: done with it, or deliver it again. */
export type Disposition =
	| { readonly kind: "ack" }
	| { readonly kind: "retry"; readonly delaySeconds: number };

const ack: Disposition = { kind: "ack" };
/** Work stops this long before the lease ends, so that the report is heard. */
const leaseMarginMs = 15_000;
/**
 * From the invocation's begin to the end of its work, however long the lease: the platform ends a consumer after 15
 * minutes, and a report may be asked for four times, 30 s each.
 */
const workMsMax = 750_000;
const triesMax = 4;
const longestPauseMs = 4_000;
const retryDelaySeconds = 5;

export class Consumer {
	readonly #ports: ConsumerPorts;

	constructor(ports: ConsumerPorts) {
		this.#ports = ports;
	}

	/**
	 * @param delivery how often the queue has delivered this message, counted from 1
	 * @returns never rejects: what went wrong with this message stays with this message
	 */
	async handle(body: unknown, delivery: number): Promise<Disposition> {
		const { log } = this.#ports;
		const message = decodeTaskMessage(body);
		if (!message.ok) {
			// Delivering it again would not make it readable; its tasks, if it had any, are missed by their run.
			// Its body stays out of the log: nobody knows what is in it.
			log("error", "message_unreadable", { reason: message.error, delivery });
			return ack;
		}
		try {
			return await this.#handleMessage(message.value, delivery);
		} catch (error) {
			const { runId, messageNo } = message.value;
			log("warn", "message_failed", { runId, messageNo, delivery, error: describeError(error) });
			return { kind: "retry", delaySeconds: retryDelaySeconds };
		}
	}

	async #handleMessage(message: TaskMessage, delivery: number): Promise<Disposition> {
		const { findCoordinator, makeId, nowMs, log } = this.#ports;
		const { runId, messageNo, taskIds } = message;
		const beganAtMs = nowMs();
		// The lease is timed by this clock alone, from before the call that is answered: that says what is left of it.
		let claimedAtMs = beganAtMs;
		const claimId = makeId() as ClaimId;
		// Repeated under one id, a claim whose answer was lost is granted the same tasks again.
		const claim: ClaimAnswer = await this.#insist(() => {
			claimedAtMs = nowMs();
			return findCoordinator(runId).claim({ messageNo, taskIds, claimId, delivery });
		});
		if (claim.kind === "unknown_run") {
			log("warn", "message_of_unknown_run", { runId, messageNo });
			return ack;
		}
		if (claim.tasks.length === 0) return ack;
		const leaseEndsAtMs = claimedAtMs + claim.leaseMs;
		const deadlineAtMs = Math.min(leaseEndsAtMs - leaseMarginMs, beganAtMs + workMsMax);
		const { results, meters } = await this.#perform(runId, claim, deadlineAtMs);
		const { messageNo: leaseNo, leaseToken } = claim;
		const report = { messageNo: leaseNo, leaseToken, results, meters };
		const answer = await this.#insist(
			// The coordinator knows whether it has heard this report.
			(): Promise<ReportAnswer> => findCoordinator(runId).report(report),
		);
		if (answer.kind === "heard" && answer.late > 0) {
			log("warn", "report_late", { runId, messageNo, late: answer.late });
		}
		return ack;
	}

	/** Every granted task gets a result, whatever the job does. */
	async #perform(
		runId: RunId,
		claim: ClaimGranted,
		deadlineAtMs: number,
	): Promise<{ results: TaskResult[]; meters: Counts }> {
		const { jobs, config, nowMs, log } = this.#ports;
		const job = jobs.get(claim.job);
		if (job === undefined) {
			const error = engineFailure("unknown_job", `No job ${claim.job} is registered here.`);
			const outcome: Outcome = { kind: "permanent", error };
			return { results: claim.tasks.map(({ taskId }) => noYield(taskId, outcome)), meters: {} };
		}
		const requests = new ExternalRequests(this.#ports.fetch, {
			timeoutMs: config.requestTimeoutMs,
			budget: config.requestsPerInvocation,
		});
		let performance: Performance;
		try {
			performance = await job.perform({
				runId,
				window: claim.window,
				tasks: claim.tasks,
				fetch: requests.fetch,
				deadlineAtMs,
				now: nowMs,
			});
		} catch (error) {
			log("error", "job_threw", { runId, job: job.name, error: describeError(error) });
			const failure = engineFailure("job_threw", `The job failed: ${describeError(error)}`);
			const outcome: Outcome = { kind: "retryable", error: failure };
			return { results: claim.tasks.map(({ taskId }) => noYield(taskId, outcome)), meters: {} };
		}
		const told = new Map(performance.results.map((result) => [result.taskId, result]));
		const error = engineFailure("no_outcome", "The job said nothing of this task.");
		const results = claim.tasks.map(
			({ taskId }) => told.get(taskId) ?? noYield(taskId, { kind: "retryable", error }),
		);
		return { results, meters: performance.meters };
	}

	/** A call that may not have arrived, or hangs, made again. Looks the stub up each time: one whose object was reset stays broken. */
	async #insist<Answer>(call: () => Promise<Answer>): Promise<Answer> {
		const { sleep, dice, withinTime } = this.#ports;
		for (let tries = 1; ; tries += 1) {
			try {
				return await withinTime(call());
			} catch (error) {
				if (tries === triesMax) throw error;
				await sleep(backoffMs(tries, longestPauseMs, dice()));
			}
		}
	}
}

function noYield(taskId: string, outcome: Outcome): TaskResult {
	return { taskId, outcome, yield: {}, meters: {}, warnings: [] };
}
