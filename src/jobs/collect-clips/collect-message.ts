import {
	describeFailure,
	type Failure,
	type Outcome,
	type TaskResult,
} from "../../domain/outcome.ts";
import { ok } from "../../domain/result.ts";
import type { Window } from "../../domain/run.ts";
import { type Database, DatabaseMeter } from "../../ledger/database.ts";
import { connectionsMax } from "../../limits.ts";
import type { MeteredTokenSource } from "../../twitch/gate-client.ts";
import { HelixClient } from "../../twitch/helix-client.ts";
import { SharedToken } from "../../twitch/shared-token.ts";
import type { Performance, Work, WorkItem } from "../job.ts";
import { RequestBudgetSpent } from "../request-budget.ts";
import { type Collected, type CollectPorts, collectStreamer } from "./collect-streamer.ts";
import { findUnusable } from "./streamer-task.ts";
import { describeTask } from "./task-result.ts";
import { Throttle } from "./throttle.ts";
import { writeClips } from "./write-clips.ts";

export interface MessagePorts {
	readonly database: Database;
	/** TWITCH_API_URL, without a slash at the end. */
	readonly apiUrl: string;
	/** TWITCH_CLIENT_ID; without it the gate gives no token, so nothing is asked. */
	readonly clientId: string | undefined;
	/** TWITCH_CLIENT_SECRET, to be hidden should an answer quote it. */
	readonly clientSecret?: string | undefined;
	/** A source for one message. */
	readonly openTokens: () => MeteredTokenSource;
	/** REQUEST_TIMEOUT_SECONDS, in milliseconds. */
	readonly requestTimeoutMs: number;
	readonly sleep: (ms: number) => Promise<void>;
	readonly dice: () => number;
}

/** Kept free behind the last request for the write and its repetitions. */
const writeMs = 5_000;

const nothingWritten = { clipsNew: 0, clipsChanged: 0 };

/**
 * The tasks of one message, in two steps: all are asked for, six at a time; then the clips of all are written at once.
 */
export async function collectMessage(work: Work, ports: MessagePorts): Promise<Performance> {
	const tokens = ports.openTokens();
	const throttle = new Throttle();
	const meter = new DatabaseMeter();
	const collectPorts: CollectPorts = {
		helix: new HelixClient({
			apiUrl: ports.apiUrl,
			clientId: ports.clientId ?? "",
			clientSecret: ports.clientSecret,
			fetch: work.fetch,
			now: work.now,
			tokens: new SharedToken(tokens),
			isOwnError: (error) => error instanceof RequestBudgetSpent,
		}),
		throttle,
		now: work.now,
		lastRequestAtMs: decideLastRequest(work, ports.requestTimeoutMs),
	};
	const fetched = await collectAll(work, collectPorts);
	const clips = fetched.flatMap((one) => (isCollected(one) ? one.clips : []));
	const writeBeganAtMs = work.now();
	const written = await writeClips(work.runId, clips, {
		...ports,
		meter,
		now: work.now,
		deadlineAtMs: work.deadlineAtMs,
	});
	const d1Ms = Math.max(0, work.now() - writeBeganAtMs);
	const results = work.tasks.map(({ taskId }, index): TaskResult => {
		const one = fetched[index];
		if (one === undefined) throw new Error(`task ${taskId} was not fetched`);
		if (!isCollected(one)) return { taskId, outcome: one, yield: {}, meters: {}, warnings: [] };
		// A task that brought nothing to write has nothing to do with how writing went.
		if (one.clips.length === 0) return describeTask(taskId, one, ok(nothingWritten), 0);
		if (!written.ok) return describeTask(taskId, one, written, d1Ms);
		return describeTask(taskId, one, ok(written.value.get(taskId) ?? nothingWritten), d1Ms);
	});
	const meters = {
		...meter.counts(),
		gateRequests: tokens.requests,
		twitchThrottledMs: throttle.longestMs,
	};
	return { results, meters };
}

/** A task's clips, or how it ended without being asked for. */
type Fetched = Collected | Outcome;

function isCollected(fetched: Fetched): fetched is Collected {
	return "paging" in fetched;
}

/**
 * As many at once as there are connections, and no more begun: so a task whose turn has not come when Twitch
 * says 429 has not asked, and the time of a fetch (P4) is when it was sent.
 */
async function collectAll({ tasks, window }: Work, ports: CollectPorts): Promise<Fetched[]> {
	const fetched: Fetched[] = [];
	const queue = tasks.entries();
	const lanes = Array.from({ length: Math.min(connectionsMax, tasks.length) }, async () => {
		// The lanes share the iterator, so a task goes to whichever lane is free first.
		for (const [index, item] of queue) fetched[index] = await collectOne(item, window, ports);
	});
	await Promise.all(lanes);
	return fetched;
}

async function collectOne(item: WorkItem, window: Window, ports: CollectPorts): Promise<Fetched> {
	const unusable = findUnusable(item.taskId);
	if (unusable !== undefined) return unusable;
	try {
		return await collectStreamer(item, window, ports);
	} catch (error) {
		// A bug, but one streamer's: the other tasks of the message go on.
		return { kind: "retryable", error: describeBug(error) };
	}
}

/** A request is begun only when it can end and its clips be written before the work must be back. */
function decideLastRequest({ now, deadlineAtMs }: Work, requestTimeoutMs: number): number {
	const availableMs = deadlineAtMs - now();
	// With a lease shorter than that something must be asked all the same, or the task would never get anywhere.
	return deadlineAtMs - Math.min(requestTimeoutMs + writeMs, availableMs / 2);
}

function describeBug(error: unknown): Failure {
	const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return describeFailure({
		fingerprint: "collect-clips-bug",
		code: "collect_clips_bug",
		message: `This is a bug in collect-clips: ${reason}`,
	});
}
