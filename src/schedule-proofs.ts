import type { SchedulerApi } from "../durable-objects/run-scheduler/api.ts";
import { describeError, type Log } from "./log.ts";

/** What the Worker's handlers tell the scheduler: that the cron came, and that requests come. */
const lookEveryMs = 60_000;
const announcementsMax = 5;
const pauseMs = 2_000;

/** Of this isolate, epoch milliseconds. */
let lastLookAtMs = Number.NEGATIVE_INFINITY;

/** At most once a minute an isolate: notices a dead alarm. Never rejects; nobody's request waits for it. */
export async function lookAfterSchedule(
	scheduler: SchedulerApi,
	nowMs: number,
	log: Log,
): Promise<void> {
	// One from the future is that of a clock which was ahead.
	if (nowMs >= lastLookAtMs && nowMs - lastLookAtMs < lookEveryMs) return;
	lastLookAtMs = nowMs;
	try {
		await scheduler.look();
	} catch (error) {
		log("error", "scheduler_unreachable", { error: describeError(error) });
	}
}

/**
 * Tells the scheduler of the cron, again when it cannot be reached: the platform does not repeat a cron. Rejects when
 * that stays so; the scheduler's alarm then starts the run.
 */
export async function announceCron(
	scheduler: SchedulerApi,
	{ cron, scheduledTime: scheduledAtMs }: ScheduledController,
	log: Log,
): Promise<void> {
	for (let announcements = 1; ; announcements += 1) {
		try {
			await scheduler.cronCame({ cron, scheduledAtMs });
			return;
		} catch (error) {
			log("error", "scheduler_unreachable", { announcements, error: describeError(error) });
			if (announcements >= announcementsMax) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, pauseMs * announcements));
	}
}
