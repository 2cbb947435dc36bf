import { type DeliveryOutcome, isGivenUp, nextDeliveryAtMs } from "../../src/notify/deliver.ts";
import type { Heartbeat } from "../../src/notify/heartbeat.ts";
import type { Notice } from "../../src/notify/notice.ts";
import type { SchedulerContext } from "./context.ts";
import type { DeliveryRow } from "./incident-store.ts";

/**
 * Sends what is to be told, again and again until it was taken or is not worth it any more.
 *
 * A crash between sending and noting it down sends it once more, with the same message id: receivers of the webhook
 * can tell, Discord cannot.
 */
const deliveriesAtOnce = 6;

export async function sendDeliveries(context: SchedulerContext): Promise<void> {
	const due = context.store.incidents.listDueDeliveries(context.ports.nowMs(), deliveriesAtOnce);
	await Promise.all(due.map((delivery) => sendOne(context, delivery)));
}

/** For slot runs only: a heartbeat tells from outside whether the schedule is kept. */
export function addHeartbeat(
	{ ports, store, alarm }: SchedulerContext,
	heartbeat: Heartbeat,
): void {
	if (ports.channels.heartbeat === null) return;
	const nowMs = ports.nowMs();
	store.incidents.addDelivery({
		messageId: `${heartbeat.runId}-${heartbeat.signal}`,
		channel: "heartbeat",
		incidentId: null,
		content: JSON.stringify(heartbeat),
		createdAtMs: nowMs,
		attempts: 0,
		nextAttemptAtMs: nowMs,
		deliveredAtMs: null,
		error: null,
	});
	alarm.wakeAt(nowMs);
}

async function sendOne(context: SchedulerContext, delivery: DeliveryRow): Promise<void> {
	const { ports, store } = context;
	const before = findPredecessor(context, delivery);
	if (before !== undefined) {
		const nextAttemptAtMs = Math.max(before.nextAttemptAtMs ?? 0, ports.nowMs()) + 1;
		store.incidents.updateDelivery({ ...delivery, nextAttemptAtMs });
		return;
	}
	const outcome = await attempt(context, delivery);
	const nowMs = ports.nowMs();
	// Read again: an alarm that came twice may have sent it meanwhile, and what was taken is not told again.
	const current = store.incidents.findDelivery(delivery.messageId, delivery.channel);
	if (current === undefined || current.nextAttemptAtMs === null) return;
	const attempts = delivery.attempts + 1;
	if (outcome.kind === "delivered") {
		const done = { attempts, deliveredAtMs: nowMs, nextAttemptAtMs: null, error: null };
		store.incidents.updateDelivery({ ...delivery, ...done });
		return;
	}
	const policy = delivery.channel === "heartbeat" ? "heartbeat" : "notice";
	const againAtMs = nextDeliveryAtMs(nowMs, attempts, outcome, ports.dice());
	// One that would come too late need not be waited for.
	const isOver = isGivenUp(policy, delivery.createdAtMs, againAtMs, attempts);
	const nextAttemptAtMs = isOver ? null : againAtMs;
	store.incidents.updateDelivery({ ...delivery, attempts, nextAttemptAtMs, error: outcome.reason });
	const { messageId, channel } = delivery;
	const fields = { messageId, channel, attempts, reason: outcome.reason };
	ports.log(isOver ? "error" : "warn", isOver ? "delivery_given_up" : "delivery_failed", fields);
}

/** In order: nobody wants to hear of an end before its beginning, and a heartbeat would be taken for one that hangs. */
function findPredecessor(
	{ store }: SchedulerContext,
	{ messageId, channel }: DeliveryRow,
): DeliveryRow | undefined {
	const first = messageId.replace(/-closed$/, "-opened").replace(/-(success|fail)$/, "-start");
	if (first === messageId) return undefined;
	const before = store.incidents.findDelivery(first, channel);
	return before?.nextAttemptAtMs == null ? undefined : before;
}

function attempt({ ports }: SchedulerContext, delivery: DeliveryRow): Promise<DeliveryOutcome> {
	const { channel, content } = delivery;
	const send =
		channel === "heartbeat"
			? ports.channels.heartbeat?.(JSON.parse(content) as Heartbeat)
			: ports.channels[channel]?.(JSON.parse(content) as Notice);
	// Configured when it was written down, and no more.
	return (
		send ??
		Promise.resolve({
			kind: "failed",
			reason: `${channel} is not configured any more`,
			retryAfterMs: null,
		})
	);
}
