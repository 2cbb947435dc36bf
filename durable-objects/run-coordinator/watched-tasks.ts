import { type Counts, sumCounts } from "../../src/domain/counts.ts";
import type { TaskId } from "../../src/domain/ids.ts";
import { type ErrorGroup, errorGroupsMax, errorTaskIdsMax } from "../../src/domain/summary.ts";
import type { Task, TaskState } from "../../src/domain/task.ts";
import type { StateFold } from "../../src/domain/totals.ts";

/**
 * The tasks of a run that somebody watches, in memory, in the order of their ids. Folds what folds.ts folds from the
 * rows, so that a look ten times a second reads the rows of changed tasks and no others. Pure.
 */
export class WatchedTasks {
	readonly #tasks: Task[] = [];
	readonly #places = new Map<TaskId, number>();

	/** @param tasks in the order of their ids */
	append(tasks: readonly Task[]): void {
		for (const task of tasks) {
			this.#places.set(task.taskId, this.#tasks.length);
			this.#tasks.push(task);
		}
	}

	/** @returns the places of those whose state is another; undefined when one is not known, so that all must be read */
	update(tasks: readonly Task[]): [number, TaskState][] | undefined {
		const changes: [number, TaskState][] = [];
		for (const task of tasks) {
			const place = this.#places.get(task.taskId);
			if (place === undefined) return undefined;
			if (this.#tasks[place]?.state !== task.state) changes.push([place, task.state]);
			this.#tasks[place] = task;
		}
		return changes;
	}

	states(): TaskState[] {
		return this.#tasks.map(({ state }) => state);
	}

	get size(): number {
		return this.#tasks.length;
	}

	foldStates(): StateFold[] {
		const folds = new Map<TaskState, { -readonly [Key in keyof StateFold]: StateFold[Key] }>();
		for (const task of this.#tasks) {
			let fold = folds.get(task.state);
			if (fold === undefined) {
				const { state } = task;
				fold = { state, tasks: 0, recovered: 0, attempts: 0, retries: 0, leasesExpired: 0 };
				folds.set(state, fold);
			}
			fold.tasks += 1;
			fold.recovered += task.recoveries > 0 ? 1 : 0;
			fold.attempts += task.attempts;
			fold.retries += task.retries;
			fold.leasesExpired += task.leasesExpired;
		}
		return [...folds.values()];
	}

	foldReportedYield(): Counts {
		const sums: Record<string, number> = {};
		for (const { yield: reported } of this.#tasks) {
			if (reported === null) continue;
			for (const name in reported) sums[name] = (sums[name] ?? 0) + (reported[name] ?? 0);
		}
		return sumCounts([sums]);
	}

	foldErrors(): ErrorGroup[] {
		const groups = new Map<string, { sample: string; count: number; taskIds: TaskId[] }>();
		for (const { taskId, state, error } of this.#tasks) {
			if (error === null || (state !== "failed" && state !== "lost")) continue;
			const sample = JSON.stringify(error);
			const group = groups.get(error.fingerprint) ?? { sample, count: 0, taskIds: [] };
			groups.set(error.fingerprint, group);
			group.count += 1;
			if (sample < group.sample) group.sample = sample;
			if (group.taskIds.length < errorTaskIdsMax) group.taskIds.push(taskId);
		}
		return [...groups]
			.sort(([left, a], [right, b]) => b.count - a.count || (left < right ? -1 : 1))
			.slice(0, errorGroupsMax)
			.map(([fingerprint, { sample, count, taskIds }]) => {
				const { code, message } = JSON.parse(sample) as { code: string; message: string };
				return { fingerprint, code, message, count, taskIds };
			});
	}
}
