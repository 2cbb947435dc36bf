import { addCounts, sumCounts } from "../../src/domain/counts.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import { type Attempt, recoverTask, reportTask, type Task } from "../../src/domain/task.ts";
import type { Report, ReportAnswer, ReturnAnswer, ReturnRequest } from "./api.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { resendDelaySeconds, writeMessage } from "./fan-out.ts";
import type { RunRow } from "./store.ts";
import { taskPolicy } from "./task-policy.ts";

/** Step 6: outcomes come in; only the holder of the current lease is heard. */
export function hearReport(
	context: CoordinatorContext,
	run: RunRow,
	report: Report,
	nowMs: number,
): ReportAnswer {
	const { ports, store } = context;
	if (run.state !== "running") return { kind: "heard", accepted: 0, late: report.results.length };
	const results = new Map(report.results.map((result) => [result.taskId, result]));
	const moved: Task[] = [];
	const ended: Attempt[] = [];
	let repeated = 0;
	for (const task of store.findTasks([...results.keys()] as TaskId[])) {
		const result = results.get(task.taskId);
		if (result === undefined) continue;
		const policy = taskPolicy(ports.config, run);
		const heard = reportTask(task, report.leaseToken, result, policy, nowMs, ports.dice());
		if (heard.ok) {
			moved.push(heard.value.task);
			if (heard.value.attempt !== null) ended.push(heard.value.attempt);
		} else if (heard.error === "already_reported") {
			repeated += 1;
		}
	}
	const late = results.size - moved.length - repeated;
	for (const { state, taskId, attempts: attempt, error } of moved) {
		if (state !== "failed") continue;
		ports.log("warn", "task_failed", { runId: run.runId, taskId, attempt, code: error?.code });
	}
	store.saveTasks(moved);
	store.appendAttempts(ended);
	if (moved.length > 0) endLease(context, report.messageNo, moved);
	const used =
		moved.length === 0
			? {}
			: addCounts(report.meters, sumCounts(ended.map((attempt) => attempt.meters ?? {})));
	saveRun(
		context,
		run,
		{ lateReports: run.lateReports + (late > 0 ? 1 : 0) },
		addCounts(used, { coordinatorRequests: 1 }),
	);
	return { kind: "heard", accepted: moved.length, late };
}

/** The message is done with once no task of its lease is left unreported. */
function endLease(context: CoordinatorContext, messageNo: number, reported: readonly Task[]): void {
	const { store } = context;
	const message = store.findMessage(messageNo);
	if (message === undefined) return;
	const done = new Set(reported.map((task) => task.taskId));
	const left = message.taskIds.filter((taskId) => !done.has(taskId));
	if (left.length === 0) store.deleteMessage(messageNo);
	else store.updateMessage(messageNo, { taskIds: left });
}

/**
 * The queue gave up on a message. If it is still missed here its tasks are sent again, later each time; if not,
 * they are in other hands already.
 */
export function takeBack(
	context: CoordinatorContext,
	run: RunRow,
	request: ReturnRequest,
	nowMs: number,
): ReturnAnswer {
	const { store } = context;
	if (run.state !== "running") return { kind: "returned", tasks: 0 };
	const message = store.findMessage(request.messageNo);
	if (message === undefined || message.claimId !== null) return { kind: "returned", tasks: 0 };
	const recovered = recoverAll(store.findTasks(message.taskIds));
	store.saveTasks(recovered);
	store.deleteMessage(message.messageNo);
	let { lastMessageNo } = run;
	if (recovered.length > 0) {
		lastMessageNo += 1;
		const taskIds = recovered.map((task) => task.taskId);
		const delaySeconds = resendDelaySeconds(message.sends);
		writeMessage(context, lastMessageNo, taskIds, message.sends + 1, nowMs, delaySeconds);
	}
	saveRun(context, run, { lastMessageNo }, { coordinatorRequests: 1 });
	return { kind: "returned", tasks: recovered.length };
}

/** Those of a missed message that nobody else holds, marked as recovered. */
export function recoverAll(tasks: readonly Task[]): Task[] {
	const recovered: Task[] = [];
	for (const task of tasks) {
		const recovery = recoverTask(task);
		if (recovery.ok) recovered.push(recovery.value);
	}
	return recovered;
}
