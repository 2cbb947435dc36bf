import type { Evidence } from "./checker.ts";
import type { Violated } from "./clauses.ts";

/** The scheduler's final rows, against D1 and against what the world saw. No code of the project is asked. */
interface SlotRow {
	readonly slot_at_ms: number;
	readonly account: string;
	readonly run_id: string | null;
	readonly decided_at_ms: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How far two clocks may differ. */
const skewMs = 5 * minuteMs;
/** How long after a seal the scheduler may still take a run for open: it looks every five minutes, and may fail once. */
const hearingMs = 15 * minuteMs;

export function checkSchedule(evidence: Evidence, violated: Violated): void {
	const { schedule, database, slots } = evidence;
	const accounts = schedule.rows<SlotRow>(
		"SELECT slot_at_ms, account, run_id, decided_at_ms FROM slots WHERE job = 'collect-clips'",
	);
	const bySlot = new Map(accounts.map((row) => [row.slot_at_ms, row]));
	for (const slotAtMs of slots) {
		const account = bySlot.get(slotAtMs);
		if (account === undefined || account.account === "due") {
			violated("no-account", new Date(slotAtMs).toISOString());
		}
	}
	for (const account of accounts) checkAccount(account, evidence, violated);
	checkIncidents(evidence, violated);
	const strays = database.rows(
		`SELECT run_id FROM runs WHERE "trigger" IN ('cron', 'alarm') AND job = 'collect-clips'
		AND run_id NOT IN (SELECT value FROM json_each(?1))`,
		JSON.stringify(accounts.map(({ run_id }) => run_id)),
	);
	for (const { run_id } of strays) violated("run-of-no-slot", String(run_id));
	const unheard = schedule.rows(
		"SELECT run_id FROM runs WHERE sealed_at_ms IS NOT NULL AND verdict IS NULL",
	);
	for (const { run_id } of unheard) violated("unheard-verdict", String(run_id));
	checkNextSlot(evidence, violated);
	checkTold(evidence, violated);
}

/** What the promises are for: on a good day the slot's run gets every clip. */
function checkNextSlot(
	{ database, schedule, settings, nextSlotMs }: Evidence,
	violated: Violated,
): void {
	if (nextSlotMs === null) return;
	const [slot] = schedule.rows<SlotRow>("SELECT * FROM slots WHERE slot_at_ms = ?1", nextSlotMs);
	const [run] = database.rows<{ verdict: string; succeeded: number }>(
		"SELECT verdict, summary ->> '$.tasks.succeeded' AS succeeded FROM runs WHERE run_id = ?1",
		slot?.run_id ?? null,
	);
	const isGood = slot?.account === "run" && run?.verdict === "succeeded";
	if (isGood && run?.succeeded === settings.streamers) return;
	violated(
		"next-slot",
		`${new Date(nextSlotMs).toISOString()} is ${slot?.account}: ${JSON.stringify(run)}`,
	);
}

/** That each account is true. */
function checkAccount(
	row: SlotRow,
	{ database, chronicle, settings }: Evidence,
	violated: Violated,
) {
	const { slot_at_ms, account, run_id, decided_at_ms } = row;
	const slot = `slot ${new Date(slot_at_ms).toISOString()} is ${account}`;
	const hasRun = account === "run" || account === "late";
	const [run] = database.rows<{ slot_at_ms: number; started_at_ms: number }>(
		"SELECT slot_at_ms, started_at_ms FROM runs WHERE run_id = ?1",
		run_id,
	);
	// A start that was given up names the run that would have been, and that there never was.
	const isGivenUp = account === "missed" && run_id !== null && run === undefined;
	if (hasRun !== (run_id !== null) && !isGivenUp) {
		violated("account-without-run", `${slot} with ${run_id}`);
	}
	if (hasRun && run?.slot_at_ms !== slot_at_ms) violated("slot-lost-run", slot);
	const lateMs = (run?.started_at_ms ?? 0) - slot_at_ms;
	if (account === "run" && lateMs > settings.config.cronGraceMs + skewMs + minuteMs) {
		violated("started-too-late", `${slot}, and started ${lateMs / minuteMs} minutes later`);
	}
	const isMissed = account === "missed" && !isGivenUp;
	if (isMissed && decided_at_ms < slot_at_ms + hourMs - skewMs) violated("missed-too-early", slot);
	const isWithin = (atMs: number) =>
		chronicle.pauses.some(
			({ fromMs, untilMs }) => atMs >= fromMs - skewMs && atMs < untilMs + skewMs,
		);
	if (account === "paused" && !isWithin(slot_at_ms) && !isWithin(decided_at_ms)) {
		violated("paused-for-nothing", slot);
	}
	if (account !== "overlap") return;
	const open = database.rows(
		`SELECT run_id FROM runs WHERE slot_at_ms < ?1 AND job = 'collect-clips' AND "trigger" IN ('cron', 'alarm')
		AND started_at_ms <= ?2 + ${skewMs} AND sealed_at_ms >= ?2 - ${hearingMs}`,
		slot_at_ms,
		decided_at_ms,
	);
	if (open.length === 0) violated("overlap-for-nothing", slot);
}

/** What somebody has to know of was told, if only as one more of a kind. */
function checkIncidents({ database, schedule, settings }: Evidence, violated: Violated): void {
	const kinds = schedule.rows<{ kind: string }>(
		"SELECT DISTINCT kind || job AS kind FROM incidents",
	);
	const known = new Set(kinds.map(({ kind }) => kind));
	const bad = database.rows<{ what: string; kind: string }>(
		`SELECT run_id AS what, CASE verdict WHEN 'partial' THEN 'run_over_tolerance' ELSE 'run_' || verdict END || job AS kind
		FROM runs WHERE verdict IN ('failed', 'timed_out') OR (verdict = 'partial'
			AND (json_extract(summary, '$.tasks.failed') + json_extract(summary, '$.tasks.lost')) * 100
				> json_extract(summary, '$.tasks.planned') * ?1)`,
		settings.config.toleratedFailurePercent,
	);
	for (const { what, kind } of bad) if (!known.has(kind)) violated("incident-missing", what);
	const slots = schedule.rows<SlotRow>("SELECT * FROM slots WHERE account IN ('late', 'missed')");
	for (const { slot_at_ms, account } of slots) {
		// One that was missed and then had its run after all is late, and was told of as missed.
		const told = ["slot_missed", ...(account === "late" ? ["slot_late"] : [])];
		if (told.some((kind) => known.has(`${kind}collect-clips`))) continue;
		violated("incident-missing", `slot ${new Date(slot_at_ms).toISOString()} is ${account}`);
	}
}

/** Each incident is over, and its beginning and end were told on each channel, in this order; and nothing else was. */
function checkTold({ schedule, chronicle }: Evidence, violated: Violated): void {
	const incidents = schedule.rows<{ incident_id: string; closed_at_ms: number | null }>(
		"SELECT incident_id, closed_at_ms FROM incidents",
	);
	const first = new Map<string, number>();
	for (const [at, { channel, messageId }] of chronicle.taken.entries()) {
		const key = `${channel} ${messageId}`;
		if (!first.has(key)) first.set(key, at);
	}
	const known = new Set<string>();
	for (const { incident_id, closed_at_ms } of incidents) {
		if (closed_at_ms === null) violated("incident-open", incident_id);
		for (const channel of ["discord", "webhook"]) {
			const keys = ["opened", "closed"].map((end) => `${channel} ${incident_id}-${end}`);
			for (const key of keys) known.add(key);
			const [opened, closed] = keys.map((key) => first.get(key));
			if (opened === undefined || closed === undefined) {
				violated("incident-untold", `${incident_id} on ${channel}`);
			} else if (closed < opened) {
				violated("told-in-order", `${incident_id} on ${channel}`);
			}
		}
	}
	for (const key of first.keys()) {
		if (!key.startsWith("heartbeat ") && !known.has(key)) violated("told-of-nothing", key);
	}
}
