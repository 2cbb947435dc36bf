import { decodeRunId, decodeTaskId, type RunId, type TaskId } from "./ids.ts";
import { err, ok, type Result } from "./result.ts";

/** One queue message: up to `TASKS_PER_MESSAGE` tasks of one run. Everything else is asked of the coordinator. */
export interface TaskMessage {
	/** Of this shape; a consumer of another version says so instead of guessing. */
	readonly version: 1;
	readonly runId: RunId;
	/** Counts the run's messages from 1; a message that is sent again is a new one. */
	readonly messageNo: number;
	readonly taskIds: readonly TaskId[];
}

const tasksMax = 100;

export function decodeTaskMessage(body: unknown): Result<TaskMessage, string> {
	if (typeof body !== "object" || body === null) return err("the message is no object");
	const message = body as Record<string, unknown>;
	if (message["version"] !== 1) return err("the message is of a version that is not known here");
	const runId = decodeRunId(message["runId"]);
	if (!runId.ok) return runId;
	const messageNo = message["messageNo"];
	if (!Number.isSafeInteger(messageNo) || (messageNo as number) < 1) {
		return err("messageNo is no whole number from 1");
	}
	const ids = message["taskIds"];
	if (!Array.isArray(ids) || ids.length === 0 || ids.length > tasksMax) {
		return err(`taskIds is no list of 1 to ${tasksMax} ids`);
	}
	const taskIds: TaskId[] = [];
	for (const id of ids) {
		const taskId = decodeTaskId(id);
		if (!taskId.ok) return taskId;
		taskIds.push(taskId.value);
	}
	return ok({ version: 1, runId: runId.value, messageNo: messageNo as number, taskIds });
}
