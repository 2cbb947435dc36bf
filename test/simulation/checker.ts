import type { PreparedDatabase } from "./storage.ts";
import type { ToldClip } from "./twitch.ts";

/**
 * What the final rows have to say, in SQL of its own: no code of the project is asked. Each query finds what contradicts
 * a promise, and finds nothing.
 */
export interface Evidence {
	/** D1. */
	readonly database: PreparedDatabase;
	/** Of the one scheduler. */
	readonly schedule: PreparedDatabase;
	/** Of the runs that are not forgotten. */
	readonly ledgers: readonly PreparedDatabase[];
	readonly told: readonly ToldClip[];
	/** What receivers took, in its order. */
	readonly taken: readonly { readonly channel: string; readonly messageId: string }[];
	/** Slots from the first to the last that must have an account, epoch milliseconds. */
	readonly slots: readonly number[];
	readonly maxAttempts: number;
	/** Runs that began, or had most of their time, when nothing went wrong any more. */
	readonly fairRuns: readonly string[];
}

const sumOf = (name: string) => `sum(coalesce(json_extract(yield, '$.${name}'), 0))`;

/** Queries of D1, each of what must not be. Columns: `what`. */
const ledgerQueries: readonly [string, string][] = [
	[
		"P1",
		"SELECT run_id || ' is not sealed' AS what FROM runs WHERE state <> 'sealed' OR verdict IS NULL OR summary IS NULL",
	],
	[
		"P1",
		"SELECT run_id || ' ended before it began' AS what FROM runs WHERE sealed_at_ms < started_at_ms",
	],
	[
		"P2",
		`SELECT run_id || ' is not balanced: ' || json_extract(summary, '$.tasks') AS what FROM runs
		WHERE json_extract(summary, '$.balanced') IS NOT 1 OR json_extract(summary, '$.tasks.open') <> 0
		OR json_extract(summary, '$.tasks.planned') <> json_extract(summary, '$.tasks.succeeded') + json_extract(summary, '$.tasks.failed')
			+ json_extract(summary, '$.tasks.lost') + json_extract(summary, '$.tasks.cancelled')`,
	],
	[
		"P2",
		`SELECT run_id || ' says of its tasks what they do not' AS what FROM (
			SELECT runs.run_id, summary, count(task_id) AS planned,
				coalesce(sum(run_tasks.state = 'succeeded'), 0) AS succeeded, coalesce(sum(run_tasks.state = 'failed'), 0) AS failed,
				coalesce(sum(run_tasks.state = 'lost'), 0) AS lost, coalesce(sum(run_tasks.state = 'cancelled'), 0) AS cancelled,
				coalesce(sum(json_array_length(attempts)), 0) AS attempts
			FROM runs LEFT JOIN run_tasks ON run_tasks.run_id = runs.run_id GROUP BY runs.run_id
		) WHERE planned <> json_extract(summary, '$.tasks.planned') OR succeeded <> json_extract(summary, '$.tasks.succeeded')
		OR failed <> json_extract(summary, '$.tasks.failed') OR lost <> json_extract(summary, '$.tasks.lost')
		OR cancelled <> json_extract(summary, '$.tasks.cancelled') OR attempts <> json_extract(summary, '$.attempts.total')`,
	],
	[
		"P2",
		"SELECT run_id || ' has an open task ' || task_id AS what FROM run_tasks WHERE closed_at IS NULL OR state NOT IN ('succeeded', 'failed', 'lost', 'cancelled')",
	],
	[
		"P2",
		"SELECT run_id || ' has a task of no run' AS what FROM run_tasks WHERE run_id NOT IN (SELECT run_id FROM runs)",
	],
	[
		"P3",
		`SELECT 'the sum of clipsNew is ' || said || ', and ' || stored || ' clips are stored' AS what FROM (
			SELECT coalesce(sum(json_extract(summary, '$.yield.clipsNew')), 0) AS said, (SELECT count(*) FROM clips) AS stored FROM runs
		) WHERE said <> stored`,
	],
	[
		"P3",
		`SELECT run_id || ' says clipsNew ' || said || ', and ' || stored || ' clips are its' AS what FROM (
			SELECT run_id, json_extract(summary, '$.yield.clipsNew') AS said,
				(SELECT count(*) FROM clips WHERE first_run_id = run_id) AS stored FROM runs WHERE job = 'collect-clips'
		) WHERE said <> stored`,
	],
	[
		"P3",
		`SELECT runs.run_id || ' has another yield than its tasks' AS what FROM runs JOIN run_tasks ON run_tasks.run_id = runs.run_id
		WHERE job = 'collect-clips' GROUP BY runs.run_id
		HAVING ${sumOf("clipsNew")} <> json_extract(summary, '$.yield.clipsNew') OR ${sumOf("clipsSeen")} <> json_extract(summary, '$.yield.clipsSeen')
		OR ${sumOf("clipsChanged")} <> json_extract(summary, '$.yield.clipsChanged')`,
	],
	[
		"P3",
		`SELECT run_id || ' saw ' || json_extract(summary, '$.yield') AS what FROM runs WHERE job = 'collect-clips'
		AND json_extract(summary, '$.yield.clipsSeen') <> json_extract(summary, '$.yield.clipsNew')
			+ json_extract(summary, '$.yield.clipsChanged') + json_extract(summary, '$.yield.clipsUnchanged')`,
	],
	[
		"P5",
		"SELECT slot_at_ms || ' has ' || count(*) || ' runs' AS what FROM runs WHERE slot_at_ms IS NOT NULL GROUP BY job, slot_at_ms HAVING count(*) > 1",
	],
	[
		"P5",
		`SELECT run_id || ' was followed by nothing' AS what FROM runs WHERE job = 'collect-clips'
		AND 'follow' || substr(run_id, length('collect-clips') + 1) || '-a' NOT IN (SELECT run_id FROM runs)`,
	],
];

export function check(evidence: Evidence, violated: (text: string) => void): void {
	const { database, schedule, ledgers, told, taken, slots, maxAttempts, fairRuns } = evidence;
	for (const [promise, query] of ledgerQueries) {
		for (const { what } of database.rows(query)) violated(`${promise} ${what}`);
	}
	const over = database.rows(
		`SELECT run_id || ' tried ' || task_id || ' too often' AS what FROM run_tasks, json_each(attempts) AS attempt
		WHERE coalesce(attempt.value ->> 'outcome', '') NOT IN ('deferred', 'run_closed')
		GROUP BY run_id, task_id HAVING count(*) > ?1`,
		maxAttempts,
	);
	for (const { what } of over) violated(`P6 ${what}`);
	const lost = database.rows(
		`SELECT run_id || ' had time, and ended ' || verdict || ' with ' || json_extract(summary, '$.tasks') AS what FROM runs
		WHERE run_id IN (SELECT value FROM json_each(?1)) AND (verdict = 'timed_out' OR EXISTS (
			SELECT 1 FROM run_tasks, json_each(attempts) AS attempt WHERE run_tasks.run_id = runs.run_id AND run_tasks.state = 'lost'
			GROUP BY task_id HAVING count(*) < ?2))`,
		JSON.stringify(fairRuns),
		maxAttempts,
	);
	for (const { what } of lost) violated(`P2 ${what}`);
	for (const ledger of ledgers) checkLedger(ledger, database, violated);
	checkClips(database, told, violated);
	checkSchedule(schedule, database, slots, violated);
	checkTold(schedule, taken, violated);
}

/** What a run's own object still has is what D1 has. */
function checkLedger(
	ledger: PreparedDatabase,
	database: PreparedDatabase,
	violated: (text: string) => void,
): void {
	const [run] = ledger.rows<{ run_id: string; summary: string }>("SELECT run_id, summary FROM run");
	if (run === undefined) return;
	const [sealed] = database.rows("SELECT summary FROM runs WHERE run_id = ?1", run.run_id);
	if (sealed?.["summary"] !== run.summary) violated(`P1 ${run.run_id} is not what D1 has`);
	const states = "SELECT json_group_array(task_id || ' ' || state) AS states FROM";
	const [own] = ledger.rows(`${states} (SELECT * FROM tasks ORDER BY task_id)`);
	const [kept] = database.rows(
		`${states} (SELECT * FROM run_tasks WHERE run_id = ?1 ORDER BY task_id)`,
		run.run_id,
	);
	if (own?.["states"] !== kept?.["states"]) violated(`P2 ${run.run_id} has other tasks in D1`);
}

/** Each clip is as it was told to the one who asked when it says that it was fetched. */
function checkClips(
	database: PreparedDatabase,
	told: readonly ToldClip[],
	violated: (text: string) => void,
): void {
	const answers = new Set(
		told.map(
			({ clipId, askedAtMs, viewCount, title }) => `${clipId} ${askedAtMs} ${viewCount} ${title}`,
		),
	);
	const stored = database.rows<Record<string, string | number>>(
		"SELECT clip_id, fetched_at_ms, view_count, title FROM clips",
	);
	for (const clip of stored) {
		const line = `${clip["clip_id"]} ${clip["fetched_at_ms"]} ${clip["view_count"]} ${clip["title"]}`;
		if (!answers.has(line)) violated(`P4 nobody was ever told ${line}`);
	}
}

function checkSchedule(
	schedule: PreparedDatabase,
	database: PreparedDatabase,
	slots: readonly number[],
	violated: (text: string) => void,
): void {
	const accounts = schedule.rows<{ slot_at_ms: number; account: string; run_id: string | null }>(
		"SELECT slot_at_ms, account, run_id FROM slots WHERE job = 'collect-clips'",
	);
	const bySlot = new Map(accounts.map((row) => [row.slot_at_ms, row]));
	for (const slotAtMs of slots) {
		const account = bySlot.get(slotAtMs);
		const name = new Date(slotAtMs).toISOString();
		if (account === undefined || account.account === "due") violated(`P5 ${name} has no account`);
	}
	for (const { account, run_id, slot_at_ms } of accounts) {
		const hasRun = account === "run" || account === "late";
		const [run] = database.rows("SELECT slot_at_ms FROM runs WHERE run_id = ?1", run_id);
		// A start that was given up names the run that would have been, and that there never was.
		const isGivenUp = account === "missed" && run === undefined;
		if (hasRun !== (run_id !== null) && !isGivenUp)
			violated(`P5 slot ${slot_at_ms} is ${account} with ${run_id}`);
		if (hasRun && run?.["slot_at_ms"] !== slot_at_ms)
			violated(`P5 slot ${slot_at_ms} lost its run`);
	}
	const strays = database.rows(
		`SELECT run_id FROM runs WHERE "trigger" IN ('cron', 'alarm') AND job = 'collect-clips'
		AND run_id NOT IN (SELECT value FROM json_each(?1))`,
		JSON.stringify(accounts.map(({ run_id }) => run_id)),
	);
	for (const { run_id } of strays) violated(`P5 ${run_id} belongs to no slot`);
	const unheard = schedule.rows<{ run_id: string }>(
		"SELECT run_id FROM runs WHERE sealed_at_ms IS NOT NULL AND verdict IS NULL",
	);
	for (const { run_id } of unheard) violated(`P5 ${run_id} was heard of without a verdict`);
}

/** Each incident is over, and its beginning and end were told on each channel, in this order. */
function checkTold(
	schedule: PreparedDatabase,
	taken: Evidence["taken"],
	violated: (text: string) => void,
): void {
	const incidents = schedule.rows<{ incident_id: string; closed_at_ms: number | null }>(
		"SELECT incident_id, closed_at_ms FROM incidents",
	);
	const first = new Map<string, number>();
	for (const [at, { channel, messageId }] of taken.entries()) {
		const key = `${channel} ${messageId}`;
		if (!first.has(key)) first.set(key, at);
	}
	for (const { incident_id, closed_at_ms } of incidents) {
		if (closed_at_ms === null) violated(`P5 ${incident_id} is not over`);
		for (const channel of ["discord", "webhook"]) {
			const opened = first.get(`${channel} ${incident_id}-opened`);
			const closed = first.get(`${channel} ${incident_id}-closed`);
			if (opened === undefined || closed === undefined) {
				violated(`P5 ${channel} was not told of ${incident_id}`);
			} else if (closed < opened) {
				violated(`P5 ${channel} was told of the end of ${incident_id} before its beginning`);
			}
		}
	}
	const overlapping = schedule.rows<{ what: string }>(
		`SELECT early.incident_id || ' and ' || late.incident_id AS what FROM incidents AS early JOIN incidents AS late
		ON early.kind = late.kind AND early.job = late.job AND early.incident_id < late.incident_id
		WHERE early.closed_at_ms IS NULL AND late.closed_at_ms IS NULL`,
	);
	for (const { what } of overlapping) violated(`P5 ${what} are the same`);
}
