import type { JobName } from "../domain/ids.ts";
import { estimateRun } from "../domain/usual.ts";
import { listRuns } from "../ledger/run-list.ts";

/** What a dry run answers: what would be run, and about what it would take by the last runs of its job. */
const runsLookedAt = 48;

export async function answerDryRun(
	database: D1Database,
	job: JobName,
	tasks: number,
	asked: Readonly<Record<string, unknown>>,
): Promise<Response> {
	const sealed = { job, state: "sealed", verdict: null } as const;
	const records = await listRuns(database, sealed, null, runsLookedAt);
	const { runs, durationMs, meters } = estimateRun(
		tasks,
		records.flatMap(({ summary }) => summary ?? []),
	);
	return Response.json({
		dryRun: true,
		...asked,
		tasks,
		aboutMs: durationMs,
		aboutMeters: meters,
		basedOnRuns: runs,
	});
}
