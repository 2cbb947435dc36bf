import { rootRunId, runIdAfter } from "../../src/domain/ids.ts";
import { judgeRun, runIncidentKinds } from "../../src/domain/run-judgement.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { findOpenRuns } from "../../src/ledger/open-runs.ts";
import { describeError } from "../../src/log.ts";
import type { SchedulerContext } from "./context.ts";
import { closeIncident, openIncident } from "./incident-book.ts";
import { addHeartbeat } from "./outbox.ts";
import type { RunRow } from "./store.ts";

/**
 * Every run is watched until it is sealed and what comes after it is started: its coordinator is asked now and then
 * whether its alarm lives.
 */
const lookEveryMs = 300_000;
const looksAtOnce = 20;
/** A run that nobody knows so long after it was asked for was never started. */
const unknownForMs = 3_600_000;
/** The seal may need some time behind the deadline; after this somebody has to know. */
const stuckAfterDeadlineMs = 900_000;

type WatchedRun = Pick<RunRow, "runId" | "job" | "slotAtMs" | "startedAtMs">;

/** A run that is watched, or was, stays as it is. */
export function watchRun({ ports, store }: SchedulerContext, run: WatchedRun): void {
	if (store.findRun(run.runId) !== undefined) return;
	store.saveRun({
		...run,
		nextLookAtMs: ports.nowMs() + lookEveryMs,
		verdict: null,
		sealedAtMs: null,
		tasks: null,
	});
}

/** Whether the ledger is to be asked for runs that nobody told us of. */
export function isLedgerDue({ ports, store }: SchedulerContext): boolean {
	return (store.findProof("ledger") ?? 0) <= ports.nowMs() - lookEveryMs;
}

/** Finds open runs, and wakes those whose alarm is dead. */
export async function lookAfterRuns(context: SchedulerContext): Promise<void> {
	const { ports, store } = context;
	if (isLedgerDue(context)) await askLedger(context);
	const looks = store.listLooks(ports.nowMs(), looksAtOnce);
	await Promise.all(looks.map((run) => lookAt(context, run)));
}

async function askLedger(context: SchedulerContext): Promise<void> {
	const { ports, store } = context;
	// Since it was last asked, which may be long ago: what began meanwhile is nobody else's.
	const sinceMs = (store.findProof("ledger") ?? ports.nowMs()) - unknownForMs;
	let open: Awaited<ReturnType<typeof findOpenRuns>>;
	try {
		open = await findOpenRuns(ports.database, sinceMs);
	} catch (error) {
		ports.log("warn", "ledger_unreachable", { error: describeError(error) });
		return;
	}
	store.atomically(() => {
		store.saveProof("ledger", ports.nowMs());
		for (const run of open) {
			if (store.findRun(run.runId) !== undefined) continue;
			watchRun(context, { ...run, slotAtMs: null });
			// Found, not told: whatever should have told us may be dead, so it is looked at now.
			const watched = store.findRun(run.runId);
			if (watched !== undefined) store.saveRun({ ...watched, nextLookAtMs: ports.nowMs() });
		}
	});
}

async function lookAt(context: SchedulerContext, run: RunRow): Promise<void> {
	const { ports, store } = context;
	const { runId, job } = run;
	let sealed: Summary | null = null;
	let isKnown = true;
	let isSettled = false;
	try {
		const coordinator = ports.findCoordinator(runId);
		const answer = await coordinator.wake();
		isKnown = answer.kind === "awake";
		isSettled = answer.kind !== "awake" || answer.settled !== false;
		if (answer.kind === "awake" && answer.state === "sealed") {
			const summary = await coordinator.summary();
			if (!("kind" in summary)) sealed = summary;
		}
		if (answer.kind === "awake" && answer.woken) ports.log("warn", "run_was_dead", { runId });
		// Sealed and without a summary is one that was forgotten while it was asked: nothing will ever be heard of it.
		const isOpen = answer.kind === "awake" && answer.state !== "sealed";
		const stuckAtMs = isOpen ? answer.deadlineAtMs + stuckAfterDeadlineMs : null;
		if (stuckAtMs !== null && ports.nowMs() >= stuckAtMs) {
			const beganAtMs = stuckAtMs - stuckAfterDeadlineMs;
			openStuck(context, run, beganAtMs);
		}
	} catch (error) {
		ports.log("warn", "run_unreachable", { runId, job, error: describeError(error) });
	}
	if (sealed !== null) hearSeal(context, sealed);
	// Read again: the run may have told of its seal while it was asked.
	const current = store.findRun(runId);
	if (current === undefined) return;
	if (current.sealedAtMs !== null) {
		const nextLookAtMs = isSettled ? null : ports.nowMs() + lookEveryMs;
		if (current.nextLookAtMs !== nextLookAtMs) store.saveRun({ ...current, nextLookAtMs });
		return;
	}
	const isGone = !isKnown && ports.nowMs() >= run.startedAtMs + unknownForMs;
	store.saveRun({ ...current, nextLookAtMs: isGone ? null : ports.nowMs() + lookEveryMs });
}

function openStuck(context: SchedulerContext, run: RunRow, beganAtMs: number): void {
	const { runId, job, slotAtMs } = run;
	// The run may have told of its seal while it was asked: nothing would close what is opened now.
	if (context.store.findRun(runId)?.sealedAtMs != null) return;
	const seen = context.store.findOpenIncident("run_stuck", job);
	if (seen?.runId === runId) return;
	openIncident(context, {
		kind: "run_stuck",
		job,
		runId,
		...(slotAtMs === null ? {} : { slotAtMs }),
		beganAtMs,
		evidence: {},
	});
}

/** What was heard before changes nothing: coordinators tell until they are sure. */
export function hearSeal(context: SchedulerContext, summary: Summary): void {
	const { store, ports } = context;
	store.atomically(() => {
		const { runId, job, verdict, tasks } = summary;
		if (verdict === null || store.findRun(runId)?.sealedAtMs != null) return;
		const startedAtMs = Date.parse(summary.startedAt);
		const sealedAtMs = Date.parse(summary.sealedAt ?? summary.startedAt);
		const slotAtMs = summary.slot === null ? null : Date.parse(summary.slot);
		store.saveRun({
			runId,
			job,
			slotAtMs,
			startedAtMs,
			// Once more: its answer may be lost and its alarm dead, and nobody else would wake it.
			nextLookAtMs: ports.nowMs() + lookEveryMs,
			verdict,
			sealedAtMs,
			tasks,
		});
		judge(context, summary, startedAtMs, sealedAtMs, slotAtMs);
		const stuck = store.findOpenIncident("run_stuck", job);
		if (stuck?.runId === runId) closeIncident(context, "run_stuck", job);
		for (const other of ports.jobs.values()) {
			if (other.schedule.kind !== "after" || other.schedule.job !== job) continue;
			const follower = { runId: runIdAfter(other.name, runId), job: other.name, slotAtMs };
			watchRun(context, { ...follower, startedAtMs: ports.nowMs() });
		}
	});
}

function judge(
	context: SchedulerContext,
	summary: Summary,
	startedAtMs: number,
	sealedAtMs: number,
	slotAtMs: number | null,
): void {
	const { ports, store } = context;
	const { runId, job } = summary;
	const toleratedPercent = ports.config.toleratedFailurePercent;
	const judgement = judgeRun(summary, toleratedPercent);
	if (slotAtMs !== null && summary.trigger !== "after") {
		const signal = judgement.kind === "bad" ? "fail" : "success";
		const { succeeded, planned } = summary.tasks;
		const text = `${runId}: ${summary.verdict}, ${succeeded} of ${planned} tasks succeeded`;
		addHeartbeat(context, { runId, signal, text });
	}
	if (judgement.kind === "bad") {
		const { planned, succeeded, failed, lost } = summary.tasks;
		const causes = summary.errors
			.slice(0, 3)
			.map(({ code, message, count }) => ({ code, message, count }));
		openIncident(context, {
			kind: judgement.incident,
			job,
			runId,
			...(slotAtMs === null ? {} : { slotAtMs }),
			beganAtMs: sealedAtMs,
			evidence: { tasks: { planned, succeeded, failed, lost }, toleratedPercent, causes },
		});
		// Heard late: a run that started after it was good, so it was over before it was known.
		const good = store
			.listSealedAfter(job, startedAtMs)
			.find((run) => run.verdict !== null && run.tasks !== null && isGood(run, toleratedPercent));
		if (good?.sealedAtMs != null) closeIncident(context, judgement.incident, job, good.sealedAtMs);
	}
	if (judgement.kind !== "good") return;
	for (const kind of runIncidentKinds) {
		const open = store.findOpenIncident(kind, job);
		// By hand a part is run: that shows the whole is good only for a rerun of what was bad.
		const isRerun = open?.runId != null && rootRunId(open.runId) === rootRunId(runId);
		if (slotAtMs !== null || isRerun) closeIncident(context, kind, job, sealedAtMs);
	}
}

function isGood(run: RunRow, toleratedPercent: number): boolean {
	if (run.verdict === null || run.tasks === null) return false;
	return judgeRun({ verdict: run.verdict, tasks: run.tasks }, toleratedPercent).kind === "good";
}
