import type { TaskId } from "../../src/domain/ids.ts";
import { moveRun } from "../../src/domain/run.ts";
import { cancelTask, type Task } from "../../src/domain/task.ts";
import type { CancelAnswer } from "./api.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import { foldStates } from "./folds.ts";
import type { RunRow } from "./store.ts";

/** An operator stops the run: what has not started is cancelled, what runs may finish, nothing is begun again. */
const chunkTasks = 1_000;

export function cancelRun(context: CoordinatorContext, run: RunRow, nowMs: number): CancelAnswer {
	if (run.cancelledAtMs !== null) return countCancelled(context);
	switch (run.state) {
		case "planning":
			// A plan that is being made finds the run sealing, and is dropped.
			saveRun(
				context,
				run,
				{
					state: moveRun(run.state, "sealing"),
					cancelledAtMs: nowMs,
					plannedTasks: 0,
					fanOutDone: true,
					failures: 0,
					tryAgainAtMs: null,
				},
				{ coordinatorRequests: 1 },
			);
			return { kind: "cancelled", cancelled: 0, running: 0 };
		case "running":
			cancelOpenTasks(context, nowMs);
			saveRun(context, run, { cancelledAtMs: nowMs, fanOutDone: true }, { coordinatorRequests: 1 });
			return countCancelled(context);
		case "sealing":
		case "sealed":
			return { kind: "too_late" };
	}
}

function cancelOpenTasks({ store }: CoordinatorContext, nowMs: number): void {
	let after: TaskId | null = null;
	for (;;) {
		const open: Task[] = store.pageOpenTasks(after, chunkTasks);
		const last = open.at(-1);
		if (last === undefined) break;
		after = last.taskId;
		store.saveTasks(
			open.flatMap((task) => {
				const cancelled = cancelTask(task, nowMs);
				return cancelled.ok ? [cancelled.value] : [];
			}),
		);
	}
	// A claimed message is still worked on; nobody needs to claim the others any more.
	for (const message of store.messages()) {
		if (message.claimId === null) store.deleteMessage(message.messageNo);
	}
}

function countCancelled({ ports }: CoordinatorContext): CancelAnswer {
	const folds = foldStates(ports.storage);
	const count = (state: Task["state"]) => folds.find((fold) => fold.state === state)?.tasks ?? 0;
	return { kind: "cancelled", cancelled: count("cancelled"), running: count("running") };
}
