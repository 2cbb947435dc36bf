import type { JobName, RunId } from "../domain/ids.ts";
import type { Trigger, Verdict } from "../domain/run.ts";
import type { Database, Statement } from "./database.ts";

/**
 * The `runs` row of a run in D1, from its start to its seal. Written by the run's coordinator alone; every write
 * here may be repeated, because a D1 write whose answer is lost may have been made.
 */
export interface RunHead {
	readonly runId: RunId;
	readonly job: JobName;
	readonly trigger: Trigger;
	readonly slotAtMs: number | null;
	readonly rerunOf: RunId | null;
	readonly startedAtMs: number;
	/** What it looks at; null when planning failed. */
	readonly windowFromMs: number | null;
	readonly windowToMs: number | null;
}

const insertRun = `
	INSERT INTO runs (
		run_id, job, "trigger", slot_at_ms, rerun_of, started_at_ms, window_from_ms, window_to_ms, state, closed_at_ms
	)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`;

/**
 * Before anything is sent.
 * @returns false when D1 has this run as closed: it was sealed before and its object has forgotten it
 */
export async function openRun(database: Database, run: RunHead): Promise<boolean> {
	const [, found] = await database.batch<{ closed_at_ms: number | null }>([
		database
			.prepare(`${insertRun} ON CONFLICT (run_id) DO NOTHING`)
			.bind(...headValues(run), "running", null),
		database.prepare("SELECT closed_at_ms FROM runs WHERE run_id = ?1").bind(run.runId),
	]);
	return found?.results[0]?.closed_at_ms === null;
}

/**
 * The gate: from here on no clip write of this run passes, because each asks for `closed_at_ms` to be null.
 * Inserts the row when D1 was down at the start.
 * @returns whether the run is sealed in D1
 */
export async function closeRun(
	database: Database,
	run: RunHead,
	closedAtMs: number,
): Promise<boolean> {
	const [, found] = await database.batch<{ sealed_at_ms: number | null }>([
		database
			.prepare(
				`${insertRun}
				ON CONFLICT (run_id) DO UPDATE SET closed_at_ms = excluded.closed_at_ms, state = excluded.state
				WHERE runs.closed_at_ms IS NULL`,
			)
			.bind(...headValues(run), "sealing", closedAtMs),
		database.prepare("SELECT sealed_at_ms FROM runs WHERE run_id = ?1").bind(run.runId),
	]);
	return found?.results[0]?.sealed_at_ms != null;
}

/** The last write of a run. A sealed row never changes again. */
export function sealRunStatement(
	database: Database,
	seal: { runId: RunId; verdict: Verdict; sealedAtMs: number; summary: string },
): Statement {
	return database
		.prepare(
			`UPDATE runs SET state = 'sealed', verdict = ?2, sealed_at_ms = ?3, summary = ?4
			WHERE run_id = ?1 AND sealed_at_ms IS NULL`,
		)
		.bind(seal.runId, seal.verdict, seal.sealedAtMs, seal.summary);
}

function headValues(run: RunHead): unknown[] {
	const { runId, job, trigger, slotAtMs, rerunOf, startedAtMs, windowFromMs, windowToMs } = run;
	return [runId, job, trigger, slotAtMs, rerunOf, startedAtMs, windowFromMs, windowToMs];
}
