import { nextSlot } from "../../src/domain/schedule.ts";
import { formatSlot, formatTime } from "../../src/domain/summary.ts";
import { incidentsMax } from "../../src/limits.ts";
import type { Heartbeat } from "../../src/notify/heartbeat.ts";
import { publicIncident } from "../../src/notify/public-incident.ts";
import type {
	DeliveryState,
	DeliveryView,
	HeartbeatView,
	IncidentsView,
	JobScheduleView,
	ScheduleView,
	SlotView,
} from "./api.ts";
import type { SchedulerContext } from "./context.ts";
import { toIncident } from "./incident-book.ts";
import type { DeliveryRow, IncidentRow } from "./incident-store.ts";
import { dueSlots } from "./slot-accounts.ts";
import { isPaused } from "./slot-skipping.ts";
import type { ScheduleRow, SlotRow } from "./store.ts";

/** What the API shows of the schedule and its incidents. Reads only. */
const slotsShown = 48;

export function viewSchedule(
	context: SchedulerContext,
	nextAlarmAtMs: number | null,
): ScheduleView {
	const { ports, store } = context;
	return {
		now: formatTime(ports.nowMs()),
		proofOfLife: {
			cron: formatOptional(store.findProof("cron")),
			alarm: formatOptional(store.findProof("alarm")),
			http: formatOptional(store.findProof("http")),
		},
		nextAlarm: formatOptional(nextAlarmAtMs),
		jobs: store.listSchedules().map((schedule) => viewJob(context, schedule)),
	};
}

export function viewJob(context: SchedulerContext, schedule: ScheduleRow): JobScheduleView {
	const { ports, store } = context;
	const { job, cron, pausedAtMs, pausedUntilMs, pauseReason } = schedule;
	const nowMs = ports.nowMs();
	const known = store.listSlots(job, slotsShown);
	const undecided = dueSlots(context, schedule)
		.filter((slotAtMs) => !known.some((slot) => slot.slotAtMs === slotAtMs))
		.map((slotAtMs) => ({ slotAtMs, view: viewUndecided(slotAtMs) }));
	const slots = [
		...undecided,
		...known.map((row) => ({ slotAtMs: row.slotAtMs, view: viewSlot(context, row) })),
	]
		.sort((left, right) => right.slotAtMs - left.slotAtMs)
		.slice(0, slotsShown)
		.map(({ view }) => view);
	return {
		job,
		cron,
		nextSlot: formatSlot(nextSlot(cron, nowMs)),
		paused:
			isPaused(schedule, nowMs) && pausedAtMs !== null && pausedUntilMs !== null
				? {
						since: formatTime(pausedAtMs),
						until: formatTime(pausedUntilMs),
						reason: pauseReason ?? "",
					}
				: null,
		slots,
	};
}

export function viewIncidents(context: SchedulerContext, pastMax: number): IncidentsView {
	const { ports, store } = context;
	const view = (row: IncidentRow) => ({
		...publicIncident(toIncident(row), ports.nowMs()),
		deliveries: store.incidents.listDeliveries(row.incidentId).flatMap(viewDelivery),
	});
	const { discord, webhook, heartbeat } = ports.channels;
	return {
		open: store.incidents.listIncidents(true, incidentsMax).map(view),
		past: store.incidents.listIncidents(false, Math.min(pastMax, incidentsMax)).map(view),
		channels: {
			discord: discord !== null,
			webhook: webhook !== null,
			heartbeat: heartbeat !== null,
		},
		lastHeartbeat: viewHeartbeat(store.incidents.findNewestHeartbeat()),
	};
}

function viewSlot({ store }: SchedulerContext, slot: SlotRow): SlotView {
	const run = slot.runId === null ? undefined : store.findRun(slot.runId);
	return {
		slot: formatSlot(slot.slotAtMs),
		account: slot.account,
		trigger: slot.trigger,
		runId: slot.runId,
		reason: slot.reason,
		startedAt: formatOptional(slot.startedAtMs),
		sealedAt: formatOptional(run?.sealedAtMs ?? null),
		durationMs: run?.sealedAtMs == null ? null : run.sealedAtMs - run.startedAtMs,
		verdict: run?.verdict ?? null,
		tasks: run?.tasks ?? null,
	};
}

function viewUndecided(slotAtMs: number): SlotView {
	return {
		slot: formatSlot(slotAtMs),
		account: "due",
		trigger: null,
		runId: null,
		reason: null,
		startedAt: null,
		sealedAt: null,
		durationMs: null,
		verdict: null,
		tasks: null,
	};
}

function viewDelivery(row: DeliveryRow): DeliveryView[] {
	if (row.channel === "heartbeat") return [];
	const phase = row.messageId.endsWith("-closed") ? "closed" : "opened";
	return [{ channel: row.channel, phase, ...viewDeliveryState(row) }];
}

function viewHeartbeat(row: DeliveryRow | undefined): HeartbeatView | null {
	if (row === undefined) return null;
	const { runId, signal } = JSON.parse(row.content) as Heartbeat;
	return { runId, signal, ...viewDeliveryState(row) };
}

function viewDeliveryState(row: DeliveryRow): DeliveryState {
	const waits = row.nextAttemptAtMs !== null;
	return {
		state: row.deliveredAtMs !== null ? "delivered" : waits ? "waiting" : "given_up",
		attempts: row.attempts,
		deliveredAt: formatOptional(row.deliveredAtMs),
		nextAttemptAt: formatOptional(row.nextAttemptAtMs),
		error: row.error,
	};
}

function formatOptional(atMs: number | null): string | null {
	return atMs === null ? null : formatTime(atMs);
}
