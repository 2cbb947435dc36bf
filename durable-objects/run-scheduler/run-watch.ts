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
/** After a failure; not at each request, of which there may be any number. */
const ledgerAgainMs = 60_000;
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
	const nowMs = ports.nowMs();
	return (
		store.isOlder("ledger", lookEveryMs, nowMs) &&
		store.isOlder("ledger_failed", ledgerAgainMs, nowMs)
	);
}

/** Whether a run that was asked for then has long had to be sealed, whatever its coordinator says or does not say. */
export function isLongOverdue({ ports }: SchedulerContext, startedAtMs: number): boolean {
	return ports.nowMs() >= startedAtMs + ports.config.runDeadlineMs + stuckAfterDeadlineMs;
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
	// Since it last answered, which may be long ago: what began meanwhile is nobody else's.
	const sinceMs = (store.findProof("ledger") ?? ports.nowMs()) - unknownForMs;
	let open: Awaited<ReturnType<typeof findOpenRuns>>;
	try {
		open = await findOpenRuns(ports.database, sinceMs);
	} catch (error) {
		ports.log("warn", "ledger_unreachable", { error: describeError(error) });
		const nowMs = ports.nowMs();
		store.saveProof("ledger_failed", nowMs);
		// What begins from here on is asked for when it answers for the first time.
		if (store.findProof("ledger") === null) store.saveProof("ledger", nowMs - lookEveryMs);
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
	/** As its coordinator says; as it was configured when that cannot be asked. */
	let deadlineAtMs = run.startedAtMs + ports.config.runDeadlineMs;
	try {
		const coordinator = ports.findCoordinator(runId);
		const answer = await ports.withinTime(coordinator.wake());
		isKnown = answer.kind === "awake";
		isSettled = answer.kind !== "awake" || answer.settled !== false;
		if (answer.kind === "awake") deadlineAtMs = answer.deadlineAtMs;
		if (answer.kind === "awake" && answer.woken) ports.log("warn", "run_was_dead", { runId });
		if (answer.kind === "awake" && answer.state === "sealed") {
			const summary = await ports.withinTime(coordinator.summary());
			// Sealed and without a summary is one that was forgotten while it was asked: nothing will be heard of it.
			if ("kind" in summary) isKnown = false;
			else sealed = summary;
		}
	} catch (error) {
		ports.log("warn", "run_unreachable", { runId, job, error: describeError(error) });
	}
	if (sealed !== null) hearSeal(context, sealed);
	store.atomically(() => {
		// Read again: the run may have told of its seal while it was asked.
		const current = store.findRun(runId);
		if (current === undefined) return;
		const isSealed = current.sealedAtMs !== null;
		const isGone = !isKnown && ports.nowMs() >= run.startedAtMs + unknownForMs;
		const isDone = isSealed ? isSettled : isGone;
		const nextLookAtMs = isDone ? null : ports.nowMs() + lookEveryMs;
		if (current.nextLookAtMs !== nextLookAtMs) store.saveRun({ ...current, nextLookAtMs });
		if (isSealed && isDone) watchFollowersAgain(context, current);
		if (isSealed) return;
		if (isGone) closeStuck(context, current);
		else if (isKnown && ports.nowMs() >= deadlineAtMs + stuckAfterDeadlineMs) {
			openStuck(context, current, deadlineAtMs);
		}
	});
}

/** One at a time is told of: a second one is found by the next look after the first is over. */
function openStuck(context: SchedulerContext, run: RunRow, beganAtMs: number): void {
	const { runId, job, slotAtMs } = run;
	if (context.store.incidents.findOpenIncident("run_stuck", job) !== undefined) return;
	openIncident(context, {
		kind: "run_stuck",
		job,
		runId,
		...(slotAtMs === null ? {} : { slotAtMs }),
		beganAtMs,
		evidence: {},
	});
}

function closeStuck(context: SchedulerContext, { runId, job }: Pick<RunRow, "runId" | "job">) {
	const stuck = context.store.incidents.findOpenIncident("run_stuck", job);
	if (stuck?.runId === runId) closeIncident(context, "run_stuck", job);
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
		if (slotAtMs !== null) correctAccount(context, summary, slotAtMs, startedAtMs);
		judge(context, summary, startedAtMs, sealedAtMs, slotAtMs);
		closeStuck(context, { runId, job });
		for (const follower of listFollowers(context, { runId, job, slotAtMs })) {
			watchRun(context, follower);
		}
	});
}

/** The runs that come after this one, as asked for now. */
function listFollowers(
	{ ports }: SchedulerContext,
	{ runId, job, slotAtMs }: Pick<RunRow, "runId" | "job" | "slotAtMs">,
): WatchedRun[] {
	return [...ports.jobs.values()]
		.filter(({ schedule }) => schedule.kind === "after" && schedule.job === job)
		.map(({ name }) => ({
			runId: runIdAfter(name, runId),
			job: name,
			slotAtMs,
			startedAtMs: ports.nowMs(),
		}));
}

/** Their starts are confirmed only now: one that was not to be had for so long that it was let go is there after all. */
function watchFollowersAgain(context: SchedulerContext, run: RunRow): void {
	for (const follower of listFollowers(context, run)) {
		const known = context.store.findRun(follower.runId);
		if (known === undefined) watchRun(context, follower);
		else if (known.nextLookAtMs === null) {
			// One that sealed long ago was started again, and has to find that out by itself.
			const { startedAtMs } = known.sealedAtMs === null ? follower : known;
			const nextLookAtMs = context.ports.nowMs() + lookEveryMs;
			context.store.saveRun({ ...known, startedAtMs, nextLookAtMs });
		}
	}
}

/** Its start was given up because no answer came, and yet it had started: the slot has its run. */
function correctAccount(
	{ store }: SchedulerContext,
	{ runId, job }: Summary,
	slotAtMs: number,
	startedAtMs: number,
): void {
	const slot = store.findSlot(job, slotAtMs);
	if (slot?.runId !== runId || slot.account !== "missed") return;
	store.saveSlot({ ...slot, account: "late", reason: null, startedAtMs });
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
		// Heard late: a run that started after it was good, so it was over before it was known.
		const good = store
			.listSealedAfter(job, startedAtMs)
			.find((run) => run.verdict !== null && run.tasks !== null && isGood(run, toleratedPercent));
		// What stands open then began after that, and is not over.
		if (
			good !== undefined &&
			store.incidents.findOpenIncident(judgement.incident, job) !== undefined
		)
			return;
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
		if (good?.sealedAtMs != null) closeIncident(context, judgement.incident, job, good.sealedAtMs);
	}
	if (judgement.kind !== "good") return;
	for (const kind of runIncidentKinds) {
		const open = store.incidents.findOpenIncident(kind, job);
		if (open === undefined) continue;
		const seenWith = open.runId === null ? undefined : store.findRun(open.runId);
		// By hand a part is run: that shows the whole is good only for a rerun of what was bad.
		const isRerun = open.runId !== null && rootRunId(open.runId) === rootRunId(runId);
		// Heard late, it is no end of what began after it.
		const isLater = startedAtMs > (seenWith?.startedAtMs ?? 0);
		if (isRerun || (slotAtMs !== null && isLater)) closeIncident(context, kind, job, sealedAtMs);
	}
}

function isGood(run: RunRow, toleratedPercent: number): boolean {
	if (run.verdict === null || run.tasks === null) return false;
	return judgeRun({ verdict: run.verdict, tasks: run.tasks }, toleratedPercent).kind === "good";
}
