import type { TaskId } from "../../src/domain/ids.ts";
import type { Result } from "../../src/domain/result.ts";
import {
	type Attempt,
	closeTaskAtDeadline,
	closeTaskAtLimit,
	expireLease,
	type Moved,
	type Task,
	type TaskRefusal,
} from "../../src/domain/task.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { writeMessage } from "./fan-out.ts";
import { missedAtMs } from "./in-flight.ts";
import { recoverAll } from "./reports.ts";
import type { MessageRow, RunRow } from "./store.ts";
import { reachedLimit, taskPolicy } from "./task-policy.ts";

/** Step 8: what went missing is sent again or closed. Synchronous: the caller makes it one step. */
const closingChunk = 1_000;

export function sweep(context: CoordinatorContext, run: RunRow, nowMs: number): RunRow {
	const { ports, store } = context;
	if (nowMs >= run.deadlineAtMs) {
		const closedTasks = closeOpenTasks(context, (task) => closeTaskAtDeadline(task, nowMs));
		ports.log("warn", "run_deadline_reached", { runId: run.runId, closedTasks });
		const timedOut = run.timedOut || closedTasks > 0;
		return saveRun(context, run, { fanOutDone: true, timedOut }, {});
	}
	const reached = reachedLimit(ports.config, run);
	if (reached !== null) {
		const closedTasks = closeOpenTasks(context, (task) => closeTaskAtLimit(task, reached, nowMs));
		const { message: reason } = reached;
		ports.log("error", "run_limit_reached", { runId: run.runId, closedTasks, reason });
		return saveRun(context, run, { fanOutDone: true }, {});
	}
	let { lastMessageNo } = run;
	for (const message of store.messages()) {
		const resent = isOverdue(message, run, nowMs, context)
			? resend(context, run, message, lastMessageNo + 1, nowMs)
			: false;
		if (resent) lastMessageNo += 1;
	}
	if (lastMessageNo === run.lastMessageNo) return run;
	ports.log("warn", "messages_recovered", {
		runId: run.runId,
		messages: lastMessageNo - run.lastMessageNo,
	});
	return saveRun(context, run, { lastMessageNo }, {});
}

function isOverdue(
	message: MessageRow,
	run: RunRow,
	nowMs: number,
	{ ports }: CoordinatorContext,
): boolean {
	if (message.leaseExpiresAtMs !== null) return message.leaseExpiresAtMs <= nowMs;
	return message.sentAtMs !== null && missedAtMs(message, run, ports.config) <= nowMs;
}

/** @returns whether a new message took the old one's place; none does when its tasks are in other hands or lost */
function resend(
	context: CoordinatorContext,
	run: RunRow,
	message: MessageRow,
	messageNo: number,
	nowMs: number,
): boolean {
	const { store } = context;
	const tasks = store.findTasks(message.taskIds);
	const again =
		message.leaseToken === null
			? recoverAll(tasks)
			: expireAll(context, run, message, tasks, nowMs);
	store.saveTasks(again);
	store.deleteMessage(message.messageNo);
	const taskIds = again.filter((task) => task.closedAtMs === null).map((task) => task.taskId);
	if (taskIds.length === 0) return false;
	writeMessage(context, messageNo, taskIds, message.sends + 1, nowMs);
	return true;
}

function expireAll(
	{ ports, store }: CoordinatorContext,
	run: RunRow,
	message: MessageRow,
	tasks: readonly Task[],
	nowMs: number,
): Task[] {
	const expired: Task[] = [];
	const ended: Attempt[] = [];
	for (const task of tasks) {
		if (task.leaseToken !== message.leaseToken) continue;
		const expiry = expireLease(task, taskPolicy(ports.config, run), nowMs);
		if (!expiry.ok) continue;
		expired.push(expiry.value.task);
		if (expiry.value.attempt !== null) ended.push(expiry.value.attempt);
	}
	store.appendAttempts(ended);
	return expired;
}

/** @returns how many were open; nothing is in flight afterwards */
function closeOpenTasks(
	{ store }: CoordinatorContext,
	close: (task: Task) => Result<Moved, TaskRefusal>,
): number {
	let after: TaskId | null = null;
	let closedTasks = 0;
	for (;;) {
		const open = store.pageOpenTasks(after, closingChunk);
		const last = open.at(-1);
		if (last === undefined) break;
		after = last.taskId;
		const tasks: Task[] = [];
		const ended: Attempt[] = [];
		for (const task of open) {
			const closed = close(task);
			if (!closed.ok) continue;
			tasks.push(closed.value.task);
			if (closed.value.attempt !== null) ended.push(closed.value.attempt);
		}
		store.saveTasks(tasks);
		store.appendAttempts(ended);
		closedTasks += tasks.length;
	}
	store.deleteMessages();
	return closedTasks;
}
