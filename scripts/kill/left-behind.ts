import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RunState } from "../../src/domain/run.ts";
import type { Summary } from "../../src/domain/summary.ts";

/** What stands on disk while no daicho runs: what a restart has to go on from. */
export interface LeftBehind {
	/** Runs whose objects know them and that are not sealed, oldest first. */
	readonly open: readonly OpenRun[];
	/** Of D1, oldest first. */
	readonly runs: readonly StoredRun[];
	/** Of D1. */
	readonly clips: readonly StoredClip[];
}

export interface OpenRun {
	readonly runId: string;
	readonly state: RunState;
	/** Null until planned. */
	readonly planned: number | null;
	readonly done: number;
	/** Tasks on lease: in the hands of a consumer that is dead now. */
	readonly leased: number;
}

export interface StoredRun {
	readonly runId: string;
	readonly state: RunState;
	readonly window: { readonly fromMs: number; readonly toMs: number } | null;
	readonly summary: Summary | null;
}

export interface StoredClip {
	readonly clipId: string;
	readonly firstRunId: string;
}

/**
 * Reads a copy: to open a database whose writer died is to repair it, and that has to be left to the restart. Must not be
 * called while anything runs on this state.
 */
export function readLeftBehind(state: string): LeftBehind {
	const copy = mkdtempSync(join(tmpdir(), "daicho-kill-copy-"));
	try {
		if (existsSync(join(state, "v3"))) cpSync(join(state, "v3"), copy, { recursive: true });
		return {
			open: databasesIn(join(copy, "do"), /RunCoordinator/)
				.flatMap(readCoordinator)
				.sort((a, b) => a.startedAtMs - b.startedAtMs),
			...readLedger(databasesIn(join(copy, "d1"), /./)),
		};
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

function databasesIn(folder: string, object: RegExp): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => object.test(name))
		.flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
		.filter((file) => file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"));
}

function readCoordinator(file: string): (OpenRun & { startedAtMs: number })[] {
	const database = new DatabaseSync(file);
	try {
		// An object that was killed in its first moment has no tables, or no run in them: nobody was told of that run.
		if (!hasTable(database, "run")) return [];
		const rows = database
			.prepare(
				`SELECT run_id AS runId, state, planned_tasks AS planned, started_at_ms AS startedAtMs,
					(SELECT count(*) FROM tasks WHERE closed_at_ms IS NOT NULL) AS done,
					(SELECT count(*) FROM tasks WHERE state = 'running') AS leased
				FROM run WHERE state <> 'sealed'`,
			)
			.all();
		return rows as unknown as (OpenRun & { startedAtMs: number })[];
	} finally {
		database.close();
	}
}

function readLedger(files: readonly string[]): Pick<LeftBehind, "runs" | "clips"> {
	const [file] = files;
	if (file === undefined) return { runs: [], clips: [] };
	const database = new DatabaseSync(file);
	try {
		if (!hasTable(database, "clips")) return { runs: [], clips: [] };
		const runs = database
			.prepare(
				`SELECT run_id AS runId, state, window_from_ms AS fromMs, window_to_ms AS toMs, summary
				FROM runs ORDER BY started_at_ms, run_id`,
			)
			.all() as unknown as (StoredRun & { fromMs: number; toMs: number; summary: string })[];
		const clips = database
			.prepare("SELECT clip_id AS clipId, first_run_id AS firstRunId FROM clips")
			.all() as unknown as StoredClip[];
		return { runs: runs.map(toStoredRun), clips };
	} finally {
		database.close();
	}
}

function toStoredRun(row: {
	runId: string;
	state: RunState;
	fromMs: number | null;
	toMs: number | null;
	summary: string | null;
}): StoredRun {
	const { runId, state, fromMs, toMs, summary } = row;
	const window = fromMs === null || toMs === null ? null : { fromMs, toMs };
	return { runId, state, window, summary: summary === null ? null : JSON.parse(summary) };
}

function hasTable(database: DatabaseSync, name: string): boolean {
	const found = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
	return found.get(name) !== undefined;
}
