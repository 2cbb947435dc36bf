import type { Counts } from "../../src/domain/counts.ts";
import { type TaskId, toJobName, toTaskId } from "../../src/domain/ids.ts";
import type { Failure, Outcome, TaskResult } from "../../src/domain/outcome.ts";
import { ok, type Result } from "../../src/domain/result.ts";
import type {
	Job,
	Performance,
	Plan,
	PlanRequest,
	Schedule,
	TallyRequest,
	Work,
	WorkItem,
} from "../../src/jobs/job.ts";

/**
 * A job for the engine's tests: each task makes one thing, once however often it is tried, and a test says what
 * becomes of each attempt.
 */
export class ScriptedJob implements Job {
	readonly name;
	readonly schedule: Schedule;
	readonly yieldNames = ["thingsMade"];
	readonly meterNames = ["thingRequests"];
	taskIds: TaskId[];
	/** What `plan` does instead of answering with `taskIds`. */
	planning: ((request: PlanRequest) => Promise<Result<Plan, Failure>>) | null = null;
	/** What becomes of an attempt; `succeeded` when it says nothing. Throws to make `perform` reject. */
	outcomeOf: (item: WorkItem) => Outcome | undefined = () => undefined;
	/** Runs that made a thing, by task: what `tally` counts. */
	readonly made = new Map<TaskId, string>();
	readonly performed: WorkItem[] = [];

	constructor(tasks = 0, name = "scripted", schedule: Schedule = { kind: "manual" }) {
		this.name = toJobName(name);
		this.schedule = schedule;
		this.taskIds = Array.from({ length: tasks }, (_, index) => taskIdOf(index));
	}

	async plan(request: PlanRequest): Promise<Result<Plan, Failure>> {
		if (this.planning !== null) return this.planning(request);
		const window = request.window ?? { fromMs: 0, toMs: request.startedAtMs };
		const wanted = request.taskIds;
		const taskIds = this.taskIds.filter((taskId) => wanted === null || wanted.includes(taskId));
		return ok({ window, taskIds, meters: {} });
	}

	async perform(work: Work): Promise<Performance> {
		const results = work.tasks.map((item): TaskResult => {
			this.performed.push(item);
			const outcome = this.outcomeOf(item) ?? { kind: "succeeded" };
			const fresh = !this.made.has(item.taskId);
			if (outcome.kind === "succeeded" && fresh) this.made.set(item.taskId, work.runId);
			const thingsMade = outcome.kind === "succeeded" && fresh ? 1 : 0;
			return {
				taskId: item.taskId,
				outcome,
				yield: { thingsMade },
				meters: { thingRequests: 1 },
				warnings: [],
			};
		});
		return { results, meters: {} };
	}

	async tally(request: TallyRequest): Promise<ReadonlyMap<TaskId, Counts>> {
		return new Map(
			request.tasks.map(({ taskId }) => [
				taskId,
				{ thingsMade: this.made.get(taskId) === request.runId ? 1 : 0 },
			]),
		);
	}
}

/** task-00007: as text in the order of the numbers. */
export function taskIdOf(index: number): TaskId {
	return toTaskId(`task-${String(index).padStart(5, "0")}`);
}

export function failure(code = "thing_broke"): Failure {
	return { fingerprint: code.replaceAll("_", "-"), code, message: `What happened: ${code}` };
}
