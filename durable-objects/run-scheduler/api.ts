import type { JobName, RunId } from "../../src/domain/ids.ts";
import type { Trigger, Verdict } from "../../src/domain/run.ts";
import type { SlotAccount } from "../../src/domain/slots.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { TaskTotals } from "../../src/domain/totals.ts";
import type { HeartbeatSignal } from "../../src/notify/heartbeat.ts";
import type { PublicIncident } from "../../src/notify/public-incident.ts";

/**
 * What can be asked of the one RunScheduler. Every call is safe to repeat; shapes only grow. In answers times are
 * RFC 3339 UTC, as the API shows them.
 */
export interface SchedulerApi {
	/** The cron came: starts what is due for the jobs of its expression. What could not be started is tried again. */
	cronCame(event: CronEvent): Promise<void>;
	/** A request came: proof that the deployment answers, and a look at whether the alarm lives. */
	look(): Promise<void>;
	/** A run sealed. What was heard before changes nothing. */
	runSealed(summary: Summary): Promise<void>;
	schedule(): Promise<ScheduleView>;
	/** The newest that are open, 50 at most, and of those that are over `pastMax`, 0 to 50. */
	incidents(pastMax?: number): Promise<IncidentsView>;
	/** No slot of the job is run until then. */
	pause(request: PauseRequest): Promise<JobScheduleView | UnknownJob>;
	resume(job: JobName): Promise<JobScheduleView | UnknownJob>;
	/** Whether a run of that slot should have been. */
	dutyOf(job: JobName, slotAtMs: number): Promise<SlotDuty>;
}

export interface CronEvent {
	/** As in wrangler.toml. */
	readonly cron: string;
	/** When it was due, epoch milliseconds, which is not when it came. */
	readonly scheduledAtMs: number;
}

/** `unknown`: the slot was before the scheduler first looked. */
export type SlotDuty = "expected" | "paused" | "unknown";

export interface PauseRequest {
	readonly job: JobName;
	readonly untilMs: number;
	readonly reason: string;
}

/** There is no such job, or it has no schedule. */
export interface UnknownJob {
	readonly kind: "unknown_job";
}

export interface ScheduleView {
	readonly now: string;
	/** When each last came; null when it never did. */
	readonly proofOfLife: {
		readonly cron: string | null;
		readonly alarm: string | null;
		readonly http: string | null;
	};
	/** When the scheduler's alarm rings next; null when it is dead. */
	readonly nextAlarm: string | null;
	readonly jobs: readonly JobScheduleView[];
}

export interface JobScheduleView {
	readonly job: JobName;
	readonly cron: string;
	readonly nextSlot: string;
	readonly paused: {
		readonly since: string;
		readonly until: string;
		readonly reason: string;
	} | null;
	/** The newest 48, newest first. */
	readonly slots: readonly SlotView[];
}

export interface SlotView {
	readonly slot: string;
	readonly account: SlotAccount;
	readonly trigger: Trigger | null;
	readonly runId: string | null;
	/** Why it has no run; null when it has one. */
	readonly reason: string | null;
	readonly startedAt: string | null;
	readonly sealedAt: string | null;
	readonly durationMs: number | null;
	readonly verdict: Verdict | null;
	readonly tasks: TaskTotals | null;
}

export interface IncidentsView {
	/** Newest first, as are the past ones, of which there are 50 at most. */
	readonly open: readonly IncidentView[];
	readonly past: readonly IncidentView[];
	/** Who is told: whether each is configured. */
	readonly channels: {
		readonly discord: boolean;
		readonly webhook: boolean;
		readonly heartbeat: boolean;
	};
	/** The newest one; null before there was one. */
	readonly lastHeartbeat: HeartbeatView | null;
}

export interface IncidentView extends PublicIncident {
	/** What was told of it, and what could not be. */
	readonly deliveries: readonly DeliveryView[];
}

export interface DeliveryView extends DeliveryState {
	readonly channel: "discord" | "webhook";
	readonly phase: "opened" | "closed";
}

export interface HeartbeatView extends DeliveryState {
	readonly runId: RunId;
	readonly signal: HeartbeatSignal;
}

/** What became of something that was to be told. */
export interface DeliveryState {
	readonly state: "waiting" | "delivered" | "given_up";
	readonly attempts: number;
	readonly deliveredAt: string | null;
	readonly nextAttemptAt: string | null;
	/** What the receiver, or the way to it, said last; null when nothing failed. */
	readonly error: string | null;
}

/** The one object: `env.RUN_SCHEDULER.getByName(schedulerObjectName)`. */
export const schedulerObjectName = "schedule";
