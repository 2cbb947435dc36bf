import type { JobName } from "../domain/ids.ts";
import { type MatrixRow, orderByFlakiness } from "../domain/matrix.ts";
import { formatSlot, formatTime } from "../domain/summary.ts";
import type { Database } from "../ledger/database.ts";
import { listMatrixRuns, type MatrixRun, readMatrixRows } from "../ledger/matrix.ts";
import { matrixRowsMax, matrixRunsMax } from "../limits.ts";
import { badRequest } from "./errors.ts";
import { readJob, readLimit, readWhole } from "./params.ts";
import { answerWithEtag, etagOf } from "./responses.ts";
import { type NameTasks, nameOf } from "./task-names.ts";

/** `GET /api/matrix`: tasks × the newest sealed runs of a job, flaky ones first. */
export interface MatrixSources {
	readonly database: Database;
	readonly nameTasks: NameTasks;
}

type NamedRow = MatrixRow & ReturnType<typeof nameOf>;

const standardRows = 100;
const searchCharactersMax = 100;
/**
 * The last matrix that this isolate has read, by its runs: sealed runs do not change, so its pages and searches need
 * no second look at thousands of rows. A streamer's new name shows with the next run. What could not be named just now
 * is not remembered, here or by the caller.
 */
let remembered: { readonly key: string; readonly rows: readonly NamedRow[] } | undefined;

export async function getMatrix(
	sources: MatrixSources,
	request: Request,
	query: URLSearchParams,
): Promise<Response> {
	const job = readJob(query);
	if (job === null) throw badRequest("invalid_job", "Say which job: job=collect-clips.");
	const limit = readLimit(query, standardRows, matrixRowsMax);
	const from = readWhole(query, "cursor", 0, 1_000_000) ?? 0;
	const search = readSearch(query);
	const runsAsked = readWhole(query, "runs", 1, matrixRunsMax) ?? matrixRunsMax;
	const runs = await listMatrixRuns(sources.database, job, runsAsked);
	const key = JSON.stringify([job, runs.map(({ runId }) => runId)]);
	const etag = await etagOf(`${key} ${limit} ${from} ${search}`);
	const view = ({ rows, areNamed }: NamedRows) => {
		const found = search === "" ? rows : rows.filter((row) => matches(row, search));
		const page = found.slice(from, from + limit);
		const next = from + limit < found.length ? String(from + limit) : null;
		const body = { job, runs: runs.map(viewRun), rows: page, total: found.length, cursor: next };
		return areNamed ? body : Response.json(body, { headers: { "cache-control": "no-store" } });
	};
	return answerWithEtag(request, etag, async () => view(await readRows(sources, job, runs, key)));
}

interface NamedRows {
	readonly rows: readonly NamedRow[];
	readonly areNamed: boolean;
}

async function readRows(
	{ database, nameTasks }: MatrixSources,
	job: JobName,
	runs: readonly MatrixRun[],
	key: string,
): Promise<NamedRows> {
	if (remembered?.key === key) return { rows: remembered.rows, areNamed: true };
	const read = await readMatrixRows(
		database,
		runs.map(({ runId }) => runId),
	);
	const ordered = orderByFlakiness(read);
	const names = await nameTasks(
		job,
		ordered.map(({ taskId }) => taskId),
	);
	const rows = ordered.map((row) => ({ ...row, ...nameOf(names?.get(row.taskId)) }));
	const areNamed = names !== null;
	if (areNamed) remembered = { key, rows };
	return { rows, areNamed };
}

function matches({ taskId, name }: NamedRow, search: string): boolean {
	return taskId.toLowerCase().includes(search) || (name ?? "").toLowerCase().includes(search);
}

function readSearch(query: URLSearchParams): string {
	const search = (query.get("search") ?? "").trim().toLowerCase();
	if (search.length <= searchCharactersMax) return search;
	throw badRequest(
		"invalid_search",
		`search is a text of at most ${searchCharactersMax} characters.`,
	);
}

function viewRun({ runId, slotAtMs, startedAtMs, verdict }: MatrixRun) {
	const slot = slotAtMs === null ? null : formatSlot(slotAtMs);
	return { runId, slot, startedAt: formatTime(startedAtMs), verdict };
}
