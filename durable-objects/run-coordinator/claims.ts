import { type LeaseToken, leaseTokenOf } from "../../src/domain/ids.ts";
import { claimTask, type Task } from "../../src/domain/task.ts";
import type { ClaimGranted, ClaimRequest } from "./api.ts";
import { type CoordinatorContext, saveRun } from "./context.ts";
import type { MessageRow, RunRow } from "./store.ts";

/** Step 4: a consumer asks for the tasks of its message, and gets a lease on those that nobody holds. */
export function claimTasks(
	context: CoordinatorContext,
	run: RunRow,
	request: ClaimRequest,
	nowMs: number,
): ClaimGranted {
	const { ports, store } = context;
	// A run that is being sealed never changes again: late messages find nothing to do and leave no trace.
	if (run.state !== "running") return grant(context, run, request.messageNo, null, []);
	const message = store.findMessage(request.messageNo);
	const unclaimed = message !== undefined && message.claimId === null;
	const again = unclaimed ? undefined : store.findLease(request.claimId);
	if (again !== undefined) return grantAgain(context, run, again, nowMs);

	const leaseToken = leaseTokenOf(request.claimId);
	const leaseExpiresAtMs = nowMs + ports.config.leaseMs;
	const claimed: Task[] = [];
	for (const task of store.findTasks(request.taskIds)) {
		const claim = claimTask(task, { nowMs, token: leaseToken, expiresAtMs: leaseExpiresAtMs });
		if (claim.ok) claimed.push(claim.value);
	}
	store.saveTasks(claimed);
	// Claimed under a number that is taken or gone (a message that came twice or late): the lease gets its own.
	const messageNo = unclaimed || claimed.length === 0 ? request.messageNo : run.lastMessageNo + 1;
	if (claimed.length > 0) {
		const lease = {
			taskIds: claimed.map((task) => task.taskId),
			sends: 0,
			claimId: request.claimId,
			leaseToken,
			leaseExpiresAtMs,
		};
		if (unclaimed) store.updateMessage(messageNo, lease);
		else store.insertMessage({ ...lease, messageNo, visibleAtMs: nowMs, sentAtMs: nowMs });
	} else if (unclaimed) {
		// Each of its tasks is closed, held by another consumer or waiting: the message is not missed any more.
		store.deleteMessage(messageNo);
	}
	saveRun(
		context,
		run,
		{
			lastMessageNo: Math.max(run.lastMessageNo, messageNo),
			claimedMessageNo: Math.max(run.claimedMessageNo, request.messageNo),
			lastClaimAtMs: nowMs,
			duplicateDeliveries: run.duplicateDeliveries + (claimed.length === 0 ? 1 : 0),
		},
		{ coordinatorRequests: 1, queueOperations: request.delivery > 1 ? 1 : 0 },
	);
	return grant(context, run, messageNo, leaseToken, claimed);
}

/** The answer to this very claim was lost: what is still held under it is granted once more. */
function grantAgain(
	context: CoordinatorContext,
	run: RunRow,
	message: MessageRow,
	nowMs: number,
): ClaimGranted {
	const held = context.store
		.findTasks(message.taskIds)
		.filter((task) => task.state === "running" && task.leaseToken === message.leaseToken);
	const leaseMs = Math.max(0, (message.leaseExpiresAtMs ?? nowMs) - nowMs);
	return { ...grant(context, run, message.messageNo, message.leaseToken, held), leaseMs };
}

function grant(
	{ ports }: CoordinatorContext,
	run: RunRow,
	messageNo: number,
	leaseToken: LeaseToken | null,
	tasks: readonly Task[],
): ClaimGranted {
	return {
		kind: "granted",
		messageNo,
		leaseToken: leaseToken ?? ("" as LeaseToken),
		leaseMs: ports.config.leaseMs,
		job: run.job,
		window: { fromMs: run.windowFromMs ?? 0, toMs: run.windowToMs ?? 0 },
		tasks: tasks.map((task) => ({
			taskId: task.taskId,
			attempt: task.attempts,
			continuation: task.continuation,
		})),
	};
}
