import { type RunId, toRunId, toTaskId } from "../../../src/domain/ids.ts";
import type { TaskResult } from "../../../src/domain/outcome.ts";
import { ok } from "../../../src/domain/result.ts";
import { createCollectClips } from "../../../src/jobs/collect-clips/collect-clips.ts";
import type { Job, Performance, WorkItem } from "../../../src/jobs/job.ts";
import { ExternalRequests } from "../../../src/queue/external-requests.ts";
import { GateClient, type TokenSource } from "../../../src/twitch/gate-client.ts";
import { SqliteDatabase } from "../../support/sqlite-database.ts";
import {
	type Answer,
	helixClip,
	pageOf,
	scriptFetch,
	windowFromMs,
	windowToMs,
} from "../twitch/helix-answers.ts";

export const runA = toRunId("collect-clips-20261123T1700Z");
export const runB = toRunId("collect-clips-20261123T171502123Z-m");
export const runC = toRunId("collect-clips-20261123T1800Z");
export const startMs = Date.parse("2026-11-23T17:00:05Z");
export const window = { fromMs: windowFromMs, toMs: windowToMs };

/** What Twitch lists of a streamer: Helix clips, without their `broadcaster_id`. */
export type Listing = Readonly<Record<string, readonly Record<string, unknown>[]>>;

export interface PerformOptions {
	readonly runId?: RunId;
	readonly tasks: readonly (string | Partial<WorkItem>)[];
	/** External requests of the invocation. */
	readonly budget?: number;
	/** Milliseconds from the clock's time. */
	readonly deadlineInMs?: number;
	readonly fetch?: typeof fetch;
}

/** The job over a real database, a scripted Twitch and a clock that the test holds. */
export class Bench {
	readonly database = SqliteDatabase.migrated();
	readonly clock = { nowMs: startMs };
	readonly slept: number[] = [];
	readonly asked: URL[] = [];
	readonly tokensReplaced: string[] = [];
	readonly job: Job;
	/** What answers instead of the listing, if it has an answer. */
	answer: (url: URL, headers: Headers) => ReturnType<Answer> | undefined = () => undefined;
	listing: Listing = {};
	/** What stands between the job and the database. */
	readonly #batch = this.database.batch.bind(this.database);

	constructor(options: { apiUrl?: string; tokens?: TokenSource } = {}) {
		this.job = createCollectClips({
			database: this.database,
			apiUrl: options.apiUrl ?? "https://twitch.test/helix",
			clientId: "client-1",
			openTokens: () => new GateClient(options.tokens ?? this.#tokens()),
			clipWindowHours: 24,
			requestTimeoutMs: 10_000,
			sleep: async (ms) => {
				this.slept.push(ms);
				this.clock.nowMs += ms;
			},
			dice: () => 0,
		});
		this.openRun(runA);
	}

	openRun(runId: RunId): void {
		this.database.rows(
			`INSERT INTO runs (run_id, job, "trigger", state, started_at_ms)
			VALUES (?, 'collect-clips', 'cron', 'running', ?)`,
			runId,
			startMs,
		);
	}

	closeRun(runId: RunId): void {
		this.database.rows("UPDATE runs SET closed_at_ms = 1 WHERE run_id = ?", runId);
	}

	sealRun(runId: RunId): void {
		this.database.rows(
			"UPDATE runs SET closed_at_ms = 1, sealed_at_ms = 2 WHERE run_id = ?",
			runId,
		);
	}

	async perform(options: PerformOptions): Promise<Performance> {
		const requests = new ExternalRequests(options.fetch ?? this.#fetch(), {
			timeoutMs: 5_000,
			budget: options.budget ?? 45,
		});
		return this.job.perform({
			runId: options.runId ?? runA,
			window,
			tasks: options.tasks.map((task) => ({
				taskId: toTaskId("1001"),
				attempt: 1,
				continuation: null,
				...(typeof task === "string" ? { taskId: toTaskId(task) } : task),
			})),
			fetch: requests.fetch,
			deadlineAtMs: this.clock.nowMs + (options.deadlineInMs ?? 105_000),
			now: () => this.clock.nowMs,
		});
	}

	/** One task on its own: its result. */
	async performOne(
		task: string | Partial<WorkItem>,
		options: Omit<PerformOptions, "tasks"> = {},
	): Promise<TaskResult> {
		const { results } = await this.perform({ ...options, tasks: [task] });
		return results[0] as TaskResult;
	}

	/** What the recount of a closed run says of one task. */
	async tallyOne(taskId: string, runId: RunId, reported: Record<string, number> | null = null) {
		const task = { taskId: toTaskId(taskId), reported };
		const tally = await this.job.tally({ runId, window, tasks: [task] });
		return tally.get(task.taskId);
	}

	/** Makes the next batches fail, before they are written or after. */
	failBatches(
		times: number,
		when: "before" | "after",
		message = "D1_ERROR: Network connection lost",
	) {
		let left = times;
		this.database.batch = async <Row>(statements: Parameters<SqliteDatabase["batch"]>[0]) => {
			const fails = left > 0;
			left -= 1;
			if (fails && when === "before") throw new Error(message);
			const results = await this.#batch(statements);
			if (fails) throw new Error(message);
			return results as Awaited<ReturnType<typeof this.database.batch<Row>>>;
		};
	}

	clip(clipId: string): Record<string, unknown> | undefined {
		return this.database.rows("SELECT * FROM clips WHERE clip_id = ?", clipId)[0];
	}

	countClips(): number {
		return this.database.rows("SELECT 1 FROM clips").length;
	}

	#fetch(): typeof fetch {
		return scriptFetch((url, headers) => {
			this.asked.push(url);
			return this.answer(url, headers) ?? this.#list(url);
		}).fetch;
	}

	/** Pages of 100 with the offset as cursor, as Twitch has them. */
	#list(url: URL): Response {
		const streamer = url.searchParams.get("broadcaster_id") ?? "";
		const from = Number(url.searchParams.get("after") ?? 0);
		const clips = (this.listing[streamer] ?? []).map((clip) =>
			helixClip(String(clip["id"]), { broadcaster_id: streamer, ...clip }),
		);
		const next = from + 100 < clips.length ? String(from + 100) : undefined;
		return pageOf(clips.slice(from, from + 100), next);
	}

	#tokens(): TokenSource {
		return {
			getToken: async () => ok("t1"),
			replaceToken: async (failed) => {
				this.tokensReplaced.push(failed);
				return ok("t2");
			},
		};
	}
}

/** `count` clips with ids of their own. */
export function listed(prefix: string, count: number): Record<string, unknown>[] {
	return Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}` }));
}

export const seen = (clipsNew: number, clipsChanged: number, clipsUnchanged: number) => ({
	clipsSeen: clipsNew + clipsChanged + clipsUnchanged,
	clipsNew,
	clipsChanged,
	clipsUnchanged,
	clipsRejected: 0,
	streamersWithClips: clipsNew + clipsChanged + clipsUnchanged > 0 ? 1 : 0,
});
