import type { TaskId } from "../../src/domain/ids.ts";
import type { Summary } from "../../src/domain/summary.ts";
import type { Task, TaskState } from "../../src/domain/task.ts";
import { describeError } from "../../src/log.ts";
import type { CoordinatorContext } from "./context.ts";
import {
	byteLength,
	liveBytesMax,
	writeChanges,
	writeSealed,
	writeSnapshot,
} from "./live-messages.ts";
import { summarizeRun } from "./reads.ts";
import type { RunRow, StoreWatcher } from "./store.ts";
import { WatchedTasks } from "./watched-tasks.ts";

/** One open socket of somebody who watches the run. Any method may throw: the other end may be gone. */
export interface Watcher {
	/** From when on it is told nothing more, epoch milliseconds. */
	readonly untilMs: number;
	send(text: string): void;
	close(code: number, reason: string): void;
}

export interface LivePorts {
	/** Those that are open; also those from before the object slept. */
	readonly watchers: () => readonly Watcher[];
	/** Calls back once, after so many milliseconds. */
	readonly later: (ms: number, callback: () => void) => void;
}

export type WatchAnswer =
	| { readonly kind: "watching" }
	| { readonly kind: "unknown_run" | "too_many_watchers" | "run_too_large" };

/** Ours: each change is sent to each of them. */
const watchersMax = 50;
/** More tasks than this are not kept in memory for whoever watches; GET /api/runs/:runId is asked instead. Ours. */
const watchedTasksMax = 20_000;
const pageTasks = 1_000;
/** From the first change to its message; what changes meanwhile goes with it. */
const restMs = 100;
/**
 * A socket was let in by a session or a token that may have been ended since, so it has to come again. A session that
 * expires sooner ends it sooner.
 */
export const watchMaxMs = 600_000;

/**
 * Tells whoever watches what changes in a run. With nobody there it does nothing at all, and whatever fails here
 * stays here: no claim, report or seal waits for it or hears of it.
 *
 * There is no timer but the one that is set by a change and rings once, so a run in which nothing happens lets its
 * object sleep with its sockets open. Whoever was there before it slept gets a new snapshot with the next change.
 */
export class LiveFeed implements StoreWatcher {
	readonly #context: CoordinatorContext;
	readonly #ports: LivePorts | undefined;
	readonly #findRun: () => RunRow | undefined;
	/** Whether anybody is there; null when this instance has not looked yet. */
	#isWatched: boolean | null = null;
	/** As the watchers have it; null when they must be told everything. */
	#told: { readonly tasks: WatchedTasks; summary: Summary } | null = null;
	#changed = new Set<TaskId>();
	#isDue = false;

	constructor(
		context: CoordinatorContext,
		ports: LivePorts | undefined,
		findRun: () => RunRow | undefined,
	) {
		this.#context = context;
		this.#ports = ports;
		this.#findRun = findRun;
	}

	tasksPlanned(): void {
		this.#told = null;
		this.#schedule();
	}

	/** They may be rolled back yet, so what they have become is read when it is told. */
	tasksSaved(tasks: readonly Task[]): void {
		if (this.#told !== null) for (const { taskId } of tasks) this.#changed.add(taskId);
		this.#schedule();
	}

	runSaved(): void {
		this.#schedule();
	}

	/** @param accept opens the socket; called when it may be */
	watch(accept: () => Watcher): WatchAnswer {
		const run = this.#findRun();
		if (run === undefined || this.#ports === undefined) return { kind: "unknown_run" };
		if ((run.plannedTasks ?? 0) > watchedTasksMax) return { kind: "run_too_large" };
		if (this.#sendAway(this.#ports.watchers()).length >= watchersMax)
			return { kind: "too_many_watchers" };
		// The others first: what is told from now on is told to this one, too.
		if (this.#isDue || this.#told === null) this.#tell();
		const watcher = accept();
		this.#isWatched = true;
		try {
			const { tasks, summary } = this.#told ?? this.#load(run);
			watcher.send(writeSnapshot(summary, tasks.states()));
			if (run.state === "sealed") this.#end(run, [watcher]);
		} catch (error) {
			this.#fail(error);
		}
		return { kind: "watching" };
	}

	/** A socket closed. */
	left(): void {
		this.#isWatched = (this.#ports?.watchers().length ?? 0) > 0;
		if (!this.#isWatched) this.#forget();
	}

	#schedule(): void {
		if (this.#isDue || this.#ports === undefined) return;
		try {
			this.#isWatched ??= this.#ports.watchers().length > 0;
			if (!this.#isWatched) return;
			const size = this.#told?.tasks.size ?? 0;
			this.#isDue = true;
			this.#ports.later(Math.max(restMs, size / 100), () => this.#tell());
		} catch (error) {
			this.#fail(error);
		}
	}

	/** Never throws. */
	#tell(): void {
		this.#isDue = false;
		try {
			const watchers = this.#sendAway(this.#ports?.watchers() ?? []);
			const run = this.#findRun();
			if (watchers.length === 0 || run === undefined) {
				for (const watcher of watchers) attempt(() => watcher.close(1001, "the run is forgotten"));
				this.#isWatched = false;
				this.#forget();
				return;
			}
			if ((run.plannedTasks ?? 0) > watchedTasksMax) {
				// It was planned after they came.
				for (const watcher of watchers) attempt(() => watcher.close(4001, "too many tasks"));
				return;
			}
			this.#tellChanges(run, watchers);
			if (run.state === "sealed") this.#end(run, watchers);
		} catch (error) {
			this.#fail(error);
		}
	}

	#tellChanges(run: RunRow, watchers: readonly Watcher[]): void {
		const changed = this.#changed;
		this.#changed = new Set();
		const known = this.#told;
		const changes =
			known === null ? undefined : known.tasks.update(this.#context.reader.findTasks([...changed]));
		if (known === null || changes === undefined) {
			// A sealed run has its result said at once; nobody needs what it was before.
			if (run.state === "sealed") return;
			const { tasks, summary } = this.#load(run);
			broadcast(watchers, writeSnapshot(summary, tasks.states()));
			return;
		}
		const summary = this.#summarize(run, known.tasks);
		broadcast(watchers, this.#shorter(known, summary, changes));
		known.summary = summary;
	}

	/** When thousands change at once, all of them are shorter than those that changed. */
	#shorter(
		{ tasks, summary: before }: { readonly tasks: WatchedTasks; readonly summary: Summary },
		summary: Summary,
		changes: readonly [number, TaskState][],
	): string {
		const text = writeChanges(before, summary, changes, tasks.size);
		if (byteLength(text) <= liveBytesMax) return text;
		const snapshot = writeSnapshot(summary, tasks.states());
		return byteLength(snapshot) < byteLength(text) ? snapshot : text;
	}

	/** Reads every task, once for all who watch. */
	#load(run: RunRow): { readonly tasks: WatchedTasks; summary: Summary } {
		const tasks = new WatchedTasks();
		for (let after: TaskId | null = null; ; ) {
			const page: Task[] = this.#context.reader.pageTasks(after, pageTasks);
			tasks.append(page);
			after = page.at(-1)?.taskId ?? null;
			if (page.length < pageTasks || tasks.size > watchedTasksMax) break;
		}
		this.#changed.clear();
		this.#told = { tasks, summary: this.#summarize(run, tasks) };
		return this.#told;
	}

	#summarize(run: RunRow, tasks: WatchedTasks): Summary {
		return summarizeRun(this.#context, run, tasks.foldReportedYield(), {
			states: tasks.foldStates(),
			errors: tasks.foldErrors(),
		});
	}

	#end(run: RunRow, watchers: readonly Watcher[]): void {
		if (run.summary === null) return;
		const summary = JSON.parse(run.summary) as Summary;
		for (const watcher of watchers) {
			attempt(() => watcher.send(writeSealed(summary)));
			attempt(() => watcher.close(1000, "sealed"));
		}
		this.#isWatched = false;
		this.#forget();
	}

	/** Before anything is told: who watches a quiet run may have been here for hours. @returns those who stay */
	#sendAway(watchers: readonly Watcher[]): readonly Watcher[] {
		const nowMs = this.#context.ports.nowMs();
		const staying = watchers.filter(({ untilMs }) => nowMs < untilMs);
		for (const watcher of watchers) {
			if (!staying.includes(watcher)) attempt(() => watcher.close(4000, "come again"));
		}
		return staying;
	}

	#forget(): void {
		this.#told = null;
		this.#changed.clear();
	}

	/** What the watchers know is not known any more: the next message is a snapshot. */
	#fail(error: unknown): void {
		this.#forget();
		this.#isWatched = null;
		this.#context.ports.log("warn", "live_failed", { error: describeError(error) });
	}
}

function broadcast(watchers: readonly Watcher[], text: string): void {
	for (const watcher of watchers) attempt(() => watcher.send(text));
}

/** A socket that is gone is the platform's to take away, and nobody else's trouble. */
function attempt(act: () => void): void {
	try {
		act();
	} catch {
		// Its page notices by itself, and comes again.
	}
}
