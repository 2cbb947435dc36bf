import { schedulerObjectName } from "../../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName, toTaskId } from "../../src/domain/ids.ts";
import type { Failure } from "../../src/domain/outcome.ts";
import type { Trigger, Verdict } from "../../src/domain/run.ts";
import { writeSlotReason } from "../../src/domain/slot-reason.ts";
import type { SlotAccount } from "../../src/domain/slots.ts";
import { buildSummary, type ErrorGroup, formatTime } from "../../src/domain/summary.ts";
import type { TaskState } from "../../src/domain/task.ts";
import type { Deployment } from "../support/deployment.ts";
import { Random } from "../support/twitch/random.ts";

/**
 * Two days of a deployment's life, written into D1 and the scheduler's storage: nobody can wait for 48 hourly runs.
 * Only rows, in the shapes that the engine writes; the newest run is a real one.
 */
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
const version = "0.1.0+e3e4a009";

/** What was out of the ordinary, by how many slots ago. */
interface Slot {
	readonly account?: SlotAccount;
	readonly verdict?: Verdict;
	readonly reason?: string;
	readonly isAfterOpenRun?: boolean;
	readonly startedAfterMs?: number;
	readonly durationMs?: number;
}
const pause = {
	account: "paused",
	reason: writeSlotReason.paused("moving D1 to another region"),
} as const;
const unusual: Readonly<Record<number, Slot>> = {
	9: { verdict: "partial" },
	14: { verdict: "failed", durationMs: 61_000 },
	15: { durationMs: 24_000 },
	21: pause,
	22: pause,
	27: { verdict: "partial", durationMs: 19_000 },
	30: { account: "late", startedAfterMs: 1_080_000 },
	31: { account: "missed", reason: writeSlotReason.nobody_came() },
	36: { verdict: "timed_out", durationMs: 58_000 },
	40: { account: "overlap", isAfterOpenRun: true },
	44: { verdict: "cancelled", durationMs: 4_200 },
};

/** Places of streamers among all: who cannot be reached any more, and who now and then. */
const gone = [41, 133];
const goneSinceSlots = 3;
const flaky = new Map([
	[17, 0.06],
	[90, 0.03],
	[5, 0.02],
	[150, 0.01],
]);
const retriedShare = 0.012;

const failures = {
	gone: {
		fingerprint: "twitch-http-404",
		code: "twitch_not_found",
		message: "Twitch answered 404: The broadcaster was not found.",
	},
	server: {
		fingerprint: "twitch-http-500",
		code: "twitch_server_error",
		message: "Twitch answered 500",
	},
	down: {
		fingerprint: "twitch-http-503",
		code: "twitch_server_error",
		message: "Twitch answered 503",
	},
	deadline: {
		fingerprint: "run-deadline",
		code: "run_deadline",
		message: "The run's deadline came before this task was done (RUN_DEADLINE_MINUTES).",
	},
} as const satisfies Record<string, Failure>;

interface Close {
	readonly state: Exclude<TaskState, "planned" | "running" | "waiting">;
	readonly failure: Failure | null;
	readonly attempts: number;
	readonly clips: number;
}

/** @param newestSlotAtMs the slot of the newest run, which is not written here */
export async function writeHistory(
	deployment: Deployment,
	newestSlotAtMs: number,
	slotsBefore = 47,
): Promise<void> {
	// The scheduler makes its tables when it is first asked.
	await deployment.api("/api/schedule");
	const name = { name: schedulerObjectName };
	const schedule = await deployment.worker.getDurableObjectStorage("RUN_SCHEDULER", name);
	for (let ago = slotsBefore; ago >= 1; ago -= 1) {
		const slotAtMs = newestSlotAtMs - ago * hourMs;
		const slot = unusual[ago] ?? {};
		const { account = "run" } = slot;
		const before = runIdForSlot(job, slotAtMs - hourMs);
		const reason = slot.isAfterOpenRun ? writeSlotReason.still_open(before) : (slot.reason ?? null);
		const random = new Random(7, ago);
		const isRun = account === "run" || account === "late";
		const startedAtMs = slotAtMs + (slot.startedAfterMs ?? random.between(900, 19_000));
		const usualMs = random.between(4_300, 6_900);
		const durationMs = slot.durationMs ?? usualMs;
		const runId = isRun ? runIdForSlot(job, slotAtMs) : null;
		await schedule.exec(
			`INSERT OR REPLACE INTO slots (job, slot_at_ms, account, "trigger", run_id, reason, decided_at_ms, started_at_ms, failures)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			job,
			slotAtMs,
			account,
			isRun ? "cron" : null,
			runId,
			reason,
			startedAtMs,
			isRun ? startedAtMs : null,
		);
		if (runId === null) continue;
		const run = await writeRun(deployment, { runId, slotAtMs, startedAtMs, durationMs, ago, slot });
		await schedule.exec(
			`INSERT OR REPLACE INTO runs (run_id, job, slot_at_ms, started_at_ms, verdict, sealed_at_ms, tasks)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			runId,
			job,
			slotAtMs,
			startedAtMs,
			run.verdict,
			startedAtMs + durationMs,
			JSON.stringify(run.tasks),
		);
	}
	const first = newestSlotAtMs - slotsBefore * hourMs - 1;
	await schedule.exec("UPDATE schedules SET expected_since_ms = ?", first);
	for (const [ago, kind, lastedSlots, evidence] of incidentsOf(deployment)) {
		if (ago > slotsBefore) continue;
		const slotAtMs = newestSlotAtMs - ago * hourMs;
		const openedAtMs = slotAtMs + 95_000;
		await schedule.exec(
			`INSERT INTO incidents (incident_id, kind, job, run_id, slot_at_ms, opened_at_ms, closed_at_ms, occurrences, evidence)
			VALUES (?, ?, 'collect-clips', ?, ?, ?, ?, 1, ?)`,
			`${kind}-collect-clips-${openedAtMs}`,
			kind,
			kind === "slot_missed" ? null : runIdForSlot(job, slotAtMs),
			slotAtMs,
			openedAtMs,
			openedAtMs + lastedSlots * hourMs - 88_000,
			JSON.stringify(evidence),
		);
	}
}

function incidentsOf({ twitch }: Deployment): [number, string, number, object][] {
	const planned = twitch.streamers.length;
	const { code, message } = failures.down;
	const deadline = { code: failures.deadline.code, message: failures.deadline.message };
	const lost = Math.ceil(planned * 0.55);
	return [
		[36, "run_timed_out", 1, { causes: [{ ...deadline, count: lost }] }],
		[31, "slot_missed", 1, { reason: writeSlotReason.nobody_came() }],
		[
			14,
			"run_failed",
			1,
			{
				tasks: { planned, succeeded: 0, failed: planned, lost: 0 },
				causes: [{ code, message, count: planned }],
			},
		],
	];
}

interface RunToWrite {
	readonly runId: ReturnType<typeof runIdForSlot>;
	readonly slotAtMs: number;
	readonly startedAtMs: number;
	readonly durationMs: number;
	readonly ago: number;
	readonly slot: Slot;
}

async function writeRun(deployment: Deployment, run: RunToWrite) {
	const { runId, startedAtMs, durationMs, slotAtMs } = run;
	const { streamers } = deployment.twitch;
	const closes = streamers.map((streamer, place) => closeTask(run, place, streamer.active));
	const count = (state: TaskState) => closes.filter((close) => close.state === state).length;
	const attempts = closes.reduce((sum, close) => sum + close.attempts, 0);
	const totals = {
		planned: closes.length,
		succeeded: count("succeeded"),
		failed: count("failed"),
		lost: count("lost"),
		cancelled: count("cancelled"),
		open: 0,
		recovered: 0,
	};
	const verdict =
		run.slot.verdict ?? (totals.succeeded === totals.planned ? "succeeded" : "partial");
	const clipsNew = closes.reduce((sum, close) => sum + close.clips, 0);
	const sealedAtMs = startedAtMs + durationMs;
	const summary = buildSummary({
		runId,
		job,
		trigger: "cron" satisfies Trigger,
		slotAtMs,
		rerunOf: null,
		state: "sealed",
		verdict,
		startedAtMs,
		sealedAtMs,
		nowMs: sealedAtMs,
		totals,
		yield: {
			clipsSeen: clipsNew * 21,
			clipsNew,
			clipsChanged: clipsNew * 9,
			clipsUnchanged: clipsNew * 11,
			clipsRejected: 0,
			streamersWithClips: clipsNew === 0 ? 0 : Math.ceil(totals.succeeded / 4),
		},
		attempts: {
			total: attempts,
			retried: Math.max(0, attempts - closes.length),
			leasesExpired: 0,
			lateReports: 0,
			duplicateDeliveries: run.ago % 11 === 0 ? 1 : 0,
		},
		meters: {
			messages: Math.ceil(closes.length / 12) + 1,
			messagesUnconfirmed: 0,
			queueOperations: (Math.ceil(closes.length / 12) + 1) * 3,
			twitchRequests: attempts,
			twitchThrottledMs: 0,
			gateRequests: 0,
			d1Queries: 19,
			d1RowsRead: clipsNew * 97,
			d1RowsWritten: clipsNew * 12,
			ledgerRowsRead: closes.length * 22,
			ledgerRowsWritten: closes.length * 5,
			coordinatorRequests: 40,
			alarms: 3,
		},
		errors: groupFailures(
			closes,
			streamers.map(({ id }) => id),
		),
		planningFailure: null,
		version,
	});
	await deployment.rows(
		`INSERT OR REPLACE INTO runs (run_id, job, "trigger", slot_at_ms, state, verdict, window_from_ms, window_to_ms,
			started_at_ms, closed_at_ms, sealed_at_ms, summary)
		VALUES (?1, ?2, 'cron', ?3, 'sealed', ?4, ?5, ?6, ?7, ?8, ?8, ?9)`,
		runId,
		job,
		slotAtMs,
		verdict,
		slotAtMs - 24 * hourMs,
		slotAtMs,
		startedAtMs,
		sealedAtMs,
		JSON.stringify(summary),
	);
	const tasks = closes.map((close, place) =>
		taskRow(run, close, streamers[place]?.id ?? "", place),
	);
	await deployment.rows(
		`INSERT OR REPLACE INTO run_tasks (run_id, task_id, state, recovered, closed_at, yield, meters, error, warnings, attempts)
		SELECT ?1, value ->> 'taskId', value ->> 'state', 0, value ->> 'closedAt', value ->> 'yield', value ->> 'meters',
			value -> 'error', '[]', value ->> 'attempts' FROM json_each(?2)`,
		runId,
		JSON.stringify(tasks),
	);
	await deployment.rows(
		"UPDATE run_tasks SET error = NULL WHERE run_id = ?1 AND error = 'null'",
		runId,
	);
	return { verdict, tasks: totals };
}

function closeTask({ ago, slot }: RunToWrite, place: number, isActive: boolean): Close {
	const random = new Random(11, ago, place);
	const chance = random.unit();
	const clips = isActive && random.chance(0.5) ? random.between(0, 3) : 0;
	const failed = (failure: Failure, attempts: number) =>
		({ state: "failed", failure, attempts, clips: 0 }) as const;
	if (slot.verdict === "failed") return failed(failures.down, 4);
	if (slot.verdict === "timed_out" && chance < 0.55) {
		return { state: "lost", failure: failures.deadline, attempts: 1, clips: 0 };
	}
	if (slot.verdict === "cancelled" && chance < 0.7) {
		return { state: "cancelled", failure: null, attempts: 0, clips: 0 };
	}
	if (gone.includes(place) && ago <= goneSinceSlots) return failed(failures.gone, 1);
	if (chance < (flaky.get(place) ?? 0)) return failed(failures.server, 4);
	if (slot.verdict === "partial" && chance < 0.03) return failed(failures.server, 4);
	return { state: "succeeded", failure: null, attempts: chance > 1 - retriedShare ? 2 : 1, clips };
}

function groupFailures(closes: readonly Close[], ids: readonly string[]): ErrorGroup[] {
	const groups = new Map<Failure, string[]>();
	for (const [place, { failure }] of closes.entries()) {
		if (failure === null) continue;
		groups.set(failure, [...(groups.get(failure) ?? []), ids[place] ?? ""]);
	}
	return [...groups]
		.sort(([, left], [, right]) => right.length - left.length)
		.map(([failure, taskIds]) => ({
			fingerprint: failure.fingerprint,
			code: failure.code,
			message: failure.message,
			count: taskIds.length,
			taskIds: taskIds.slice(0, 20).map(toTaskId),
		}));
}

function taskRow(run: RunToWrite, close: Close, taskId: string, place: number) {
	const { startedAtMs, durationMs } = run;
	const random = new Random(13, run.ago, place);
	const workMs = random.between(90, 260);
	const counts = {
		clipsSeen: close.clips * 5,
		clipsNew: close.clips,
		clipsChanged: close.clips * 2,
		clipsUnchanged: close.clips * 2,
		clipsRejected: 0,
		streamersWithClips: close.clips > 0 ? 1 : 0,
	};
	let atMs = startedAtMs + random.between(200, Math.floor(durationMs / 3));
	const attempts = Array.from({ length: close.attempts }, (_, index) => {
		const claimedAtMs = atMs;
		const endedAtMs = claimedAtMs + workMs;
		atMs = Math.min(endedAtMs + 700 * 2 ** index, startedAtMs + durationMs - workMs);
		const isLast = index === close.attempts - 1;
		const isGood = isLast && close.state === "succeeded";
		const isLost = close.state === "lost";
		const isFinal = isLast && close.failure === failures.gone;
		return {
			attempt: index + 1,
			claimedAt: formatTime(claimedAtMs),
			endedAt: formatTime(endedAtMs),
			durationMs: workMs,
			outcome: isGood ? "succeeded" : isLost ? "run_closed" : isFinal ? "permanent" : "retryable",
			error: isGood ? null : (close.failure ?? failures.server),
			yield: isGood ? counts : null,
			meters: {
				twitchRequests: 1,
				twitchMs: Math.floor(workMs * 0.7),
				d1Ms: isGood ? Math.floor(workMs * 0.15) : 0,
			},
		};
	});
	return {
		taskId,
		state: close.state,
		closedAt: attempts.at(-1)?.endedAt ?? formatTime(startedAtMs + durationMs),
		yield: counts,
		meters: { twitchRequests: close.attempts },
		error: close.failure,
		attempts,
	};
}
