import type { Chronicle } from "./chronicle.ts";
import type { ClauseId, Violated } from "./clauses.ts";
import { checkSchedule } from "./schedule-checker.ts";
import type { Settings } from "./settings.ts";
import type { PreparedDatabase } from "./storage.ts";
import type { ToldClip } from "./twitch.ts";

/**
 * What the final rows have to say, in SQL of its own: no code of the project is asked. Each query finds what contradicts
 * a clause, and finds nothing.
 */
export interface Evidence {
	/** D1. */
	readonly database: PreparedDatabase;
	/** Of the one scheduler. */
	readonly schedule: PreparedDatabase;
	/** Of the runs that are not forgotten; `rowsBefore` is `total_changes()` before the run's first row. */
	readonly ledgers: readonly { readonly database: PreparedDatabase; readonly rowsBefore: number }[];
	readonly told: readonly ToldClip[];
	readonly chronicle: Chronicle;
	readonly settings: Settings;
	/** Slots from the first to the last that must have an account, epoch milliseconds. */
	readonly slots: readonly number[];
	/** The slot that came when all had long been well; null when it was not waited for. */
	readonly nextSlotMs: number | null;
	/** Runs that began, or had most of their time, when nothing went wrong any more. */
	readonly fairRuns: readonly string[];
}

const sumOf = (name: string) => `sum(coalesce(json_extract(yield, '$.${name}'), 0))`;

/** Queries of D1, each of what must not be. Columns: `what`. */
const ledgerQueries: readonly [ClauseId, string][] = [
	[
		"unsealed",
		"SELECT run_id || ' is not sealed' AS what FROM runs WHERE state <> 'sealed' OR verdict IS NULL OR summary IS NULL",
	],
	[
		"seal-before-start",
		"SELECT run_id || ' ended before it began' AS what FROM runs WHERE sealed_at_ms < started_at_ms",
	],
	[
		"unbalanced",
		`SELECT run_id || ' is not balanced: ' || json_extract(summary, '$.tasks') AS what FROM runs
		WHERE json_extract(summary, '$.balanced') IS NOT 1 OR json_extract(summary, '$.tasks.open') <> 0
		OR json_extract(summary, '$.tasks.planned') <> json_extract(summary, '$.tasks.succeeded') + json_extract(summary, '$.tasks.failed')
			+ json_extract(summary, '$.tasks.lost') + json_extract(summary, '$.tasks.cancelled')`,
	],
	[
		"tasks-miscounted",
		`SELECT run_id || ' says of its tasks what they do not' AS what FROM (
			SELECT runs.run_id, summary, count(task_id) AS planned,
				coalesce(sum(run_tasks.state = 'succeeded'), 0) AS succeeded, coalesce(sum(run_tasks.state = 'failed'), 0) AS failed,
				coalesce(sum(run_tasks.state = 'lost'), 0) AS lost, coalesce(sum(run_tasks.state = 'cancelled'), 0) AS cancelled,
				coalesce(sum(json_array_length(attempts)), 0) AS attempts,
				coalesce(sum(recovered AND run_tasks.state <> 'lost'), 0) AS recovered,
				(SELECT count(*) FROM run_tasks AS task, json_each(attempts) AS attempt WHERE task.run_id = runs.run_id
					AND attempt.value ->> 'outcome' = 'lease_expired') AS expired
			FROM runs LEFT JOIN run_tasks ON run_tasks.run_id = runs.run_id GROUP BY runs.run_id
		) WHERE planned <> json_extract(summary, '$.tasks.planned') OR succeeded <> json_extract(summary, '$.tasks.succeeded')
		OR failed <> json_extract(summary, '$.tasks.failed') OR lost <> json_extract(summary, '$.tasks.lost')
		OR cancelled <> json_extract(summary, '$.tasks.cancelled') OR attempts <> json_extract(summary, '$.attempts.total')
		OR recovered <> json_extract(summary, '$.tasks.recovered') OR expired <> json_extract(summary, '$.attempts.leasesExpired')`,
	],
	[
		"open-task",
		"SELECT run_id || ' has an open task ' || task_id AS what FROM run_tasks WHERE closed_at IS NULL OR state NOT IN ('succeeded', 'failed', 'lost', 'cancelled')",
	],
	[
		"task-of-no-run",
		"SELECT run_id || ' has a task of no run' AS what FROM run_tasks WHERE run_id NOT IN (SELECT run_id FROM runs)",
	],
	[
		"clips-new-sum",
		`SELECT 'the sum of clipsNew is ' || said || ', and ' || stored || ' clips are stored' AS what FROM (
			SELECT coalesce(sum(json_extract(summary, '$.yield.clipsNew')), 0) AS said, (SELECT count(*) FROM clips) AS stored FROM runs
		) WHERE said <> stored`,
	],
	[
		"clips-new",
		`SELECT run_id || ' says clipsNew ' || said || ', and ' || stored || ' clips are its' AS what FROM (
			SELECT run_id, json_extract(summary, '$.yield.clipsNew') AS said,
				(SELECT count(DISTINCT clip_id) FROM watch_clip_writes AS written WHERE written.run_id = runs.run_id AND kind = 'new') AS stored
			FROM runs WHERE job = 'collect-clips'
		) WHERE said <> stored`,
	],
	[
		"clips-changed",
		`SELECT run_id || ' says clipsChanged ' || said || ', and changed ' || stored AS what FROM (
			SELECT run_id, json_extract(summary, '$.yield.clipsChanged') AS said,
				(SELECT count(DISTINCT clip_id) FROM watch_clip_writes AS written WHERE written.run_id = runs.run_id AND kind = 'changed'
					AND clip_id NOT IN (SELECT clip_id FROM clips WHERE first_run_id = runs.run_id)) AS stored
			FROM runs WHERE job = 'collect-clips'
		) WHERE said <> stored`,
	],
	[
		"yield-of-tasks",
		`SELECT runs.run_id || ' has another yield than its tasks' AS what FROM runs JOIN run_tasks ON run_tasks.run_id = runs.run_id
		WHERE job = 'collect-clips' GROUP BY runs.run_id
		HAVING ${sumOf("clipsNew")} <> json_extract(summary, '$.yield.clipsNew') OR ${sumOf("clipsSeen")} <> json_extract(summary, '$.yield.clipsSeen')
		OR ${sumOf("clipsChanged")} <> json_extract(summary, '$.yield.clipsChanged')`,
	],
	[
		"yield-adds-up",
		`SELECT run_id || ' saw ' || json_extract(summary, '$.yield') AS what FROM runs WHERE job = 'collect-clips'
		AND json_extract(summary, '$.yield.clipsSeen') <> json_extract(summary, '$.yield.clipsNew')
			+ json_extract(summary, '$.yield.clipsChanged') + json_extract(summary, '$.yield.clipsUnchanged')`,
	],
	[
		"two-runs",
		"SELECT slot_at_ms || ' has ' || count(*) || ' runs' AS what FROM runs WHERE slot_at_ms IS NOT NULL GROUP BY job, slot_at_ms HAVING count(*) > 1",
	],
	[
		"not-followed",
		`SELECT run_id || ' was followed by nothing' AS what FROM runs WHERE job = 'collect-clips'
		AND 'follow' || substr(run_id, length('collect-clips') + 1) || '-a' NOT IN (SELECT run_id FROM runs)`,
	],
	[
		"bug-in-job",
		`SELECT run_id || ' ' || task_id || ' ' || attempts AS what FROM run_tasks, json_each('["collect_clips_bug", "no_outcome",
			"job_threw", "unknown_job", "limit_reached"]') AS code
		WHERE instr(attempts || coalesce(error, ''), '"' || code.value || '"') > 0`,
	],
];

/** Runs that are called something else than what became of their tasks and what operators were told. */
const verdicts = (used: string) => `
	SELECT run_id || ' is ' || verdict || ' with ' || json_extract(summary, '$.tasks') AS what FROM (
		SELECT runs.run_id, verdict, summary, runs.run_id IN (SELECT value FROM json_each(?2)) AS is_cancelled,
			count(task_id) AS planned, coalesce(sum(run_tasks.state = 'succeeded'), 0) AS succeeded,
			coalesce(sum(run_tasks.state = 'cancelled'), 0) AS cancelled,
			-- By the deadline a task is lost, or failed as its last attempt said although there could have been another.
			coalesce(sum(json_extract(error, '$.code') = 'run_deadline'
				OR (run_tasks.state = 'failed' AND json_extract(attempts, '$[#-1].outcome') = 'retryable' AND ${used} < ?1)), 0) AS late
		FROM runs LEFT JOIN run_tasks ON run_tasks.run_id = runs.run_id GROUP BY runs.run_id
	) WHERE (verdict = 'cancelled') <> is_cancelled OR (cancelled > 0 AND NOT is_cancelled)
		OR (verdict <> 'cancelled' AND (verdict = 'timed_out') <> (late > 0))
		OR (verdict = 'succeeded' AND succeeded < planned) OR (verdict = 'failed' AND succeeded > 0)
		OR (verdict = 'partial' AND (succeeded = 0 OR succeeded = planned))`;

export function check(evidence: Evidence, violated: Violated): void {
	const { database, ledgers, settings } = evidence;
	for (const [clause, query] of ledgerQueries) {
		for (const { what } of database.rows(query)) violated(clause, String(what));
	}
	const { maxAttempts, runDeadlineMs } = settings.config;
	const cancelled = JSON.stringify([...evidence.chronicle.cancelled]);
	const used = `(SELECT count(*) FROM json_each(attempts) AS attempt
		WHERE coalesce(attempt.value ->> 'outcome', '') NOT IN ('deferred', 'run_closed'))`;
	for (const { what } of database.rows(
		`SELECT run_id || ' tried ' || task_id || ' too often' AS what FROM run_tasks WHERE ${used} > ?1`,
		maxAttempts,
	)) {
		violated("attempts-at-end", String(what));
	}
	for (const { what } of database.rows(
		`SELECT runs.run_id || ' ' || task_id || ' ' || attempts AS what FROM run_tasks JOIN runs ON runs.run_id = run_tasks.run_id
		WHERE run_tasks.state = 'lost' AND ${used} < ?1 AND unixepoch(closed_at) * 1000 < started_at_ms + ?2 - 1000`,
		maxAttempts,
		runDeadlineMs,
	)) {
		violated("lost-with-attempts", String(what));
	}
	for (const { what } of database.rows(
		`SELECT runs.run_id || ' ' || task_id || ' ' || attempts AS what FROM run_tasks JOIN runs ON runs.run_id = run_tasks.run_id
		WHERE run_tasks.state = 'failed' AND verdict <> 'cancelled' AND json_extract(attempts, '$[#-1].outcome') = 'retryable'
		AND ${used} < ?1 AND unixepoch(closed_at) * 1000 < started_at_ms + ?2 - 1000`,
		maxAttempts,
		runDeadlineMs,
	)) {
		violated("failed-with-attempts", String(what));
	}
	for (const { what } of database.rows(verdicts(used), maxAttempts, cancelled)) {
		violated("wrong-verdict", String(what));
	}
	for (const { what } of database.rows(
		`SELECT run_id || ' ended with ' || json_extract(summary, '$.tasks') AS what FROM runs
		WHERE run_id IN (SELECT value FROM json_each(?1)) AND verdict = 'timed_out'`,
		JSON.stringify(evidence.fairRuns),
	)) {
		violated("had-time", String(what));
	}
	for (const { what } of database.rows(
		`SELECT run_id || ' is sealed ' || round((sealed_at_ms - max(started_at_ms + ?1, ?2)) / 60000.0) || ' minutes late' AS what
		FROM runs WHERE sealed_at_ms > max(started_at_ms + ?1, ?2) + ?3`,
		runDeadlineMs,
		settings.fairAtMs,
		sealPatienceMs,
	)) {
		violated("seal-too-late", String(what));
	}
	for (const ledger of ledgers) {
		checkLedger(ledger.database, database, violated);
		checkCost(ledger, evidence, violated);
	}
	checkClips(evidence, violated);
	checkSchedule(evidence, violated);
}

/** An alarm that rings 40 minutes late, the longest pause between two tries, and a look at whose alarm is dead. */
const sealPatienceMs = 60 * 60_000;

/**
 * What a run may cost at the most, told from its size alone. Far more than any run here needed, and far less than one that
 * repeats itself for an hour.
 */
function checkCost(
	{ database, rowsBefore }: Evidence["ledgers"][number],
	{ chronicle, settings }: Evidence,
	violated: Violated,
): void {
	const [run] = database.rows<{ run_id: string; tasks: number; minutes: number; rows: number }>(
		`SELECT run_id, (SELECT count(*) FROM tasks) AS tasks, total_changes() AS rows,
			(coalesce(confirmed_at_ms, sealed_at_ms) - started_at_ms) / 60000.0 AS minutes FROM run`,
	);
	if (run === undefined) return;
	const { run_id, tasks, minutes } = run;
	const { maxAttempts, messagesInFlight, tasksPerMessage } = settings.config;
	const tries = tasks * maxAttempts;
	// What a queue that is down did not take is sent again: a few times in quick succession, then once a minute.
	const refused = Math.min(Math.ceil(tasks / tasksPerMessage), messagesInFlight) * (8 + minutes);
	const bounds = [
		["too-many-sends", chronicle.sends.get(run_id) ?? 0, 60 + 2 * tries + refused],
		["too-many-alarms", chronicle.alarms.get(run_id) ?? 0, 120 + 2 * tries + 2 * minutes],
		["too-many-rows", run.rows - rowsBefore, 300 + 25 * tries + 2 * minutes],
	] as const;
	for (const [clause, count, most] of bounds) {
		if (count > most) violated(clause, `${run_id}: ${count}, and ${most} at the most`);
	}
}

/** What a run's own object still has is what D1 has. */
function checkLedger(
	ledger: PreparedDatabase,
	database: PreparedDatabase,
	violated: Violated,
): void {
	const [run] = ledger.rows<{ run_id: string; summary: string }>("SELECT run_id, summary FROM run");
	if (run === undefined) return;
	const [sealed] = database.rows("SELECT summary FROM runs WHERE run_id = ?1", run.run_id);
	if (sealed?.["summary"] !== run.summary) violated("object-differs", run.run_id);
	const states = "SELECT json_group_array(task_id || ' ' || state) AS states FROM";
	const [own] = ledger.rows(`${states} (SELECT * FROM tasks ORDER BY task_id)`);
	const [kept] = database.rows(
		`${states} (SELECT * FROM run_tasks WHERE run_id = ?1 ORDER BY task_id)`,
		run.run_id,
	);
	if (own?.["states"] !== kept?.["states"]) violated("other-tasks", run.run_id);
}

/**
 * Each clip is as it was told to the one who asked when it says that it was fetched; and what was told to a task that was
 * heard is there, as it was told then or later. Pages overlap: told again, a clip is none that the same run needs.
 */
function checkClips({ database, told, chronicle }: Evidence, violated: Violated): void {
	const stored = new Map(
		database
			.rows<StoredClip>("SELECT clip_id, fetched_at_ms, view_count, title FROM clips")
			.map((clip) => [clip.clip_id, clip]),
	);
	const answers = new Set(
		told.map((clip) => `${clip.clipId} ${clip.askedAtMs} ${clip.viewCount} ${clip.title}`),
	);
	for (const { clip_id, fetched_at_ms, view_count, title } of stored.values()) {
		const line = `${clip_id} ${fetched_at_ms} ${view_count} ${title}`;
		if (!answers.has(line)) violated("never-told", line);
	}
	const heard = new Set(chronicle.heard.map(({ asker, taskId }) => `${asker} ${taskId}`));
	const known = new Set<string>();
	for (const { clipId, broadcasterId, asker, runId, askedAtMs, viewCount, title } of told) {
		if (!heard.has(`${asker} ${broadcasterId}`) || known.has(`${runId} ${clipId}`)) continue;
		known.add(`${runId} ${clipId}`);
		const clip = stored.get(clipId);
		if (clip === undefined) violated("clip-not-stored", `${clipId}, told to ${asker}`);
		else if (clip.fetched_at_ms < askedAtMs) {
			const isSame = clip.view_count === viewCount && clip.title === title;
			if (!isSame) violated("stale-clip", `${clipId}, told to ${asker} at ${askedAtMs}`);
		}
	}
}

interface StoredClip {
	readonly clip_id: string;
	readonly fetched_at_ms: number;
	readonly view_count: number;
	readonly title: string;
}
