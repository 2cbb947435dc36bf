import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { Api } from "./api.ts";
import { Refusal } from "./refusal.ts";
import { followRun } from "./run.ts";
import { counted, type Screen, span } from "./screen.ts";
import { describeClips, describeTasks, verdictWord } from "./summary-table.ts";

const hourMs = 3_600_000;
const cron = "0 * * * *";
const job = toJobName("collect-clips");
/** A timer stands still while a machine sleeps, so the clock is looked at again and again. */
const lookMs = 10_000;

export type CronApi = Pick<Api, "fireCron" | "getRun">;

export interface Clock {
	nowMs(): number;
	sleep(ms: number): Promise<unknown>;
}

export function nextHour(nowMs: number): number {
	return (Math.floor(nowMs / hourMs) + 1) * hourMs;
}

/** 18:00 UTC */
export function formatHour(atMs: number): string {
	return `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
}

/**
 * Stands in for Cloudflare's cron, which wrangler does not have: starts a run on every full hour, and says in one line how
 * it ended. Hours that the machine slept through are not made up for; the last of them is. Never resolves.
 * @param sinceMs since when a schedule is kept: an hour that came after that is due, however late this begins
 */
export async function playCron(
	api: CronApi,
	screen: Pick<Screen, "line" | "paint">,
	clock: Clock,
	sinceMs: number,
): Promise<never> {
	for (let dueAtMs = nextHour(sinceMs); ; ) {
		const waitMs = dueAtMs - clock.nowMs();
		if (waitMs > 0) {
			await clock.sleep(Math.min(waitMs, lookMs));
			continue;
		}
		const slotAtMs = nextHour(clock.nowMs()) - hourMs;
		dueAtMs = slotAtMs + hourMs;
		// Not waited for: a run may take longer than an hour, and the next one is due all the same.
		void startRun(api, screen, slotAtMs);
	}
}

async function startRun(
	api: CronApi,
	screen: Pick<Screen, "line" | "paint">,
	slotAtMs: number,
): Promise<void> {
	const hour = formatHour(slotAtMs);
	try {
		await api.fireCron(cron, slotAtMs);
		const summary = await followRun(api, runIdForSlot(job, slotAtMs));
		screen.line(`  ${screen.paint("dim", hour)}  ${describeRun(screen, summary)}`);
	} catch (error) {
		const reason = error instanceof Refusal ? error.message : String(error);
		screen.line(`  ${screen.paint("dim", hour)}  ${screen.paint("red", "no result")}: ${reason}`);
	}
}

function describeRun(screen: Pick<Screen, "paint">, summary: Summary): string {
	const causes = summary.errors.length;
	return [
		verdictWord(screen, summary),
		describeTasks(summary),
		`${describeClips(summary)} clips`,
		span(summary.durationMs),
		...(causes > 0 ? [`${counted(causes, "cause")} of failure`] : []),
		summary.runId,
	].join("  ");
}
