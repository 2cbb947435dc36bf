import type { Counts } from "../../src/domain/counts.ts";
import { type TaskId, toJobName, toTaskId } from "../../src/domain/ids.ts";
import { ok } from "../../src/domain/result.ts";
import type { Job, PlanRequest, TallyRequest, Work } from "../../src/jobs/job.ts";

/** A job that comes after `collect-clips`: one task, always done. Without it nothing would ever be started by a seal. */
export class FollowerJob implements Job {
	readonly name = toJobName("follow");
	readonly schedule = { kind: "after", job: toJobName("collect-clips") } as const;
	readonly yieldNames = [];
	readonly meterNames = [];

	async plan({ startedAtMs }: PlanRequest) {
		const window = { fromMs: 0, toMs: startedAtMs };
		return ok({ window, taskIds: [toTaskId("all")], meters: {} });
	}

	async perform({ tasks }: Work) {
		const nothing = { yield: {}, meters: {}, warnings: [] };
		const outcome = { kind: "succeeded" } as const;
		return { results: tasks.map(({ taskId }) => ({ taskId, outcome, ...nothing })), meters: {} };
	}

	async tally({ tasks }: TallyRequest): Promise<ReadonlyMap<TaskId, Counts>> {
		return new Map(tasks.map(({ taskId }) => [taskId, {}]));
	}
}
