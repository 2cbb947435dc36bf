import { jobOfRun, type RunId } from "../domain/ids.ts";
import { writeRuns } from "../domain/task-letters.ts";
import { findRun } from "../ledger/run-list.ts";
import { listRunTaskStates } from "../ledger/run-tasks.ts";
import { runNotFound } from "./errors.ts";
import { readOneOf } from "./params.ts";
import { jsonWithEtag } from "./responses.ts";
import type { NamedSources } from "./runs.ts";

/**
 * `GET /api/runs/:runId/grid`: every task of a run in a few bytes each, in the order of ids, which is the order of the
 * live socket's grid and of `…/tasks`. `part=states` leaves out what stays the same while the run goes on: ids and names.
 */
export async function getGrid(
	sources: NamedSources,
	request: Request,
	runId: RunId,
	query: URLSearchParams,
): Promise<Response> {
	const part = readOneOf(query, "part", ["states"]);
	const { taskIds, states } = await readStates(sources, runId);
	if (part === "states") return jsonWithEtag(request, { states });
	const named = await sources.nameTasks(jobOfRun(runId), taskIds);
	const names = taskIds.map((taskId) => named?.get(taskId)?.name ?? null);
	return jsonWithEtag(request, { taskIds, names, states });
}

async function readStates({ database, findCoordinator }: NamedSources, runId: RunId) {
	if ((await findRun(database, runId))?.summary) {
		const tasks = await listRunTaskStates(database, runId);
		return {
			taskIds: tasks.map(({ taskId }) => taskId),
			states: writeRuns(tasks.map(({ state }) => state)),
		};
	}
	const answer = await findCoordinator(runId).states();
	if (answer.kind === "unknown_run") throw runNotFound(runId);
	return answer;
}
