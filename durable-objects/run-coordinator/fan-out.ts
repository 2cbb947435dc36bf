import type { TaskId } from "../../src/domain/ids.ts";
import { backoffMs } from "../../src/domain/retry.ts";
import { endWait, type Task } from "../../src/domain/task.ts";
import { queueOperationsPerMessage } from "../../src/limits.ts";
import { describeError } from "../../src/log.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { freePlaces } from "./in-flight.ts";
import type { MessageRow, RunRow } from "./store.ts";

/** Step 3: tasks go into messages, and messages into the queue, never more than MESSAGES_IN_FLIGHT at a time. */
const longestSendBackoffMs = 60_000;
const longestDelaySeconds = 600;

/**
 * Writes messages for tasks whose wait is over and for the next planned ones, as far as there are places. Nothing
 * is sent here: a message is a row before it is in the queue, so a crash in between sends it again.
 */
export function fillMessages(context: CoordinatorContext, run: RunRow, nowMs: number): RunRow {
	const { ports, store } = context;
	const { tasksPerMessage } = ports.config;
	const room = freePlaces(store.messages().length, ports.config) * tasksPerMessage;
	if (room === 0) return run;
	const due = store.dueTasks(nowMs, room).map((task) => endDueWait(task, nowMs));
	store.saveTasks(due);
	const places = room - due.length;
	const planned = run.fanOutDone ? [] : store.nextPlanned(run.fanOutAfter, places);
	const taskIds = [...due.map((task) => task.taskId), ...planned];
	let messageNo = run.lastMessageNo;
	for (let from = 0; from < taskIds.length; from += tasksPerMessage) {
		messageNo += 1;
		writeMessage(context, messageNo, taskIds.slice(from, from + tasksPerMessage), 1, nowMs);
	}
	if (messageNo === run.lastMessageNo && run.fanOutDone) return run;
	return saveRun(
		context,
		run,
		{
			lastMessageNo: messageNo,
			fanOutAfter: planned.at(-1) ?? run.fanOutAfter,
			fanOutDone: run.fanOutDone || planned.length < places,
		},
		{},
	);
}

function endDueWait(task: Task, nowMs: number): Task {
	const ended = endWait(task, nowMs);
	if (!ended.ok) throw new Error(`task ${task.taskId} is not due: ${ended.error}`);
	return ended.value;
}

/** @param sends 1 at first; each time that its tasks come back unclaimed it waits longer */
export function writeMessage(
	{ store }: CoordinatorContext,
	messageNo: number,
	taskIds: readonly TaskId[],
	sends: number,
	nowMs: number,
	delaySeconds = 0,
): void {
	store.insertMessage({
		messageNo,
		taskIds,
		sends,
		visibleAtMs: nowMs + delaySeconds * 1_000,
		sentAtMs: null,
		claimId: null,
		leaseToken: null,
		leaseExpiresAtMs: null,
	});
}

/** Seconds to hold back a message whose tasks have been sent `sends` times for nothing. */
export function resendDelaySeconds(sends: number): number {
	return Math.min(longestDelaySeconds, 10 * 2 ** Math.min(10, sends - 1));
}

/**
 * Sends every message that the queue has not confirmed. A send whose answer is lost may have been sent: it is
 * sent again, and the second one finds its tasks claimed.
 */
export async function sendMessages(context: CoordinatorContext): Promise<void> {
	const { ports, store } = context;
	const run = store.findRun();
	if (run?.state !== "running" || (run.tryAgainAtMs ?? 0) > ports.nowMs()) return;
	const unsent = store
		.messages()
		.filter((message) => message.sentAtMs === null && message.claimId === null);
	if (unsent.length === 0) return;
	try {
		await ports.send(unsent.map((message) => toOutgoing(run, message, ports.nowMs())));
	} catch (error) {
		afterFailedSend(context, error, unsent.length);
		return;
	}
	// The send awaited: messages may have been claimed and reported meanwhile, so the row is read again.
	store.atomically(() => {
		const current = store.findRun();
		if (current?.state !== "running") return;
		store.markSent(
			unsent.map((message) => message.messageNo),
			ports.nowMs(),
		);
		const used = {
			messages: unsent.length,
			queueOperations: unsent.length * queueOperationsPerMessage,
		};
		saveRun(context, current, { failures: 0, tryAgainAtMs: null }, used);
	});
}

function afterFailedSend(context: CoordinatorContext, error: unknown, messages: number): void {
	const { ports, store } = context;
	const run = store.findRun();
	if (run?.state !== "running") return;
	const failures = run.failures + 1;
	const pauseMs = backoffMs(failures, longestSendBackoffMs, ports.dice());
	ports.log("warn", "send_failed", { runId: run.runId, failures, error: describeError(error) });
	// They may be in the queue all the same, so they count against the limit of what a run may send.
	const used = { messagesUnconfirmed: messages };
	saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, used);
}

function toOutgoing(run: RunRow, message: MessageRow, nowMs: number) {
	return {
		body: {
			version: 1 as const,
			runId: run.runId,
			messageNo: message.messageNo,
			taskIds: message.taskIds,
		},
		delaySeconds: Math.max(0, Math.ceil((message.visibleAtMs - nowMs) / 1_000)),
	};
}
