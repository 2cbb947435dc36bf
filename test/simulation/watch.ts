import type {
	ClaimAnswer,
	ClaimRequest,
	Report,
	ReportAnswer,
} from "../../durable-objects/run-coordinator/api.ts";
import type { RunId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Chronicle } from "./chronicle.ts";
import { clauses, type Violated, type Violation } from "./clauses.ts";
import type { Kernel } from "./kernel.ts";
import type { SimulatedObject } from "./object.ts";
import type { Settings } from "./settings.ts";
import type { PreparedDatabase } from "./storage.ts";
import { coordinatorTriggers, schedulerTriggers } from "./watch-triggers.ts";

const violationsMax = 20;
/** How far two clocks may differ. */
const skewMs = 5 * 60_000;
/** How long behind its deadline a run that cannot be asked is waited for. */
const unreachableMs = 15 * 60_000;
/** At a time, as in wrangler.toml. */
export const consumersMax = 5;

/** What of an object is looked at. */
export type Watched = Pick<
	SimulatedObject<never>,
	"name" | "storage" | "touched" | "rings" | "isAlarmAlive" | "alarmGivenUp"
>;

/**
 * What must hold at any moment, looked at from outside: by triggers in every database, at the calls to a coordinator, and
 * after every event. Knows what is promised and nothing of how it is kept.
 */
export class Watch {
	readonly violations: Violation[] = [];
	readonly #kernel: Kernel;
	readonly #settings: Settings;
	readonly #chronicle: Chronicle;
	/** Clips that Twitch told to a process of a task. */
	toldTo: (asker: string, taskId: string) => readonly string[] = () => [];
	#d1: PreparedDatabase | null = null;
	#schedule: PreparedDatabase | null = null;
	/** Runs that D1 had closed when they were begun (once more) in their objects. */
	readonly #closedBefore = new Set<string>();
	/** Which claim has which lease, by the lease's token. */
	readonly #holders = new Map<string, string>();
	/** The claim under which a task was heard of, by run and task, until somebody else has it. */
	readonly #heardUnder = new Map<string, string>();

	constructor(kernel: Kernel, settings: Settings, chronicle: Chronicle) {
		this.#kernel = kernel;
		this.#settings = settings;
		this.#chronicle = chronicle;
	}

	readonly violated: Violated = (clause, what) => {
		if (this.violations.length >= violationsMax) return;
		const [promise] = clauses[clause];
		this.violations.push({ clause, promise, what, atMs: this.#kernel.nowMs });
		this.#kernel.note(`VIOLATED ${clause}: ${what}`);
	};

	onD1(database: PreparedDatabase): void {
		database.violated = this.violated;
		this.#d1 = database;
	}

	onCoordinator(database: PreparedDatabase, runId: string): void {
		database.violated = this.violated;
		const closed = this.#d1?.rows(
			"SELECT 1 FROM runs WHERE run_id = ?1 AND closed_at_ms IS NOT NULL",
			runId,
		);
		if (closed?.length === 1) this.#closedBefore.add(runId);
		const { maxAttempts, messagesInFlight, tasksPerMessage } = this.#settings.config;
		// A message that comes twice or late is held beside the window, by a consumer each at the most.
		const inFlight = (messagesInFlight + consumersMax) * tasksPerMessage;
		database.limits = { attempts: maxAttempts, "tasks in flight": inFlight };
		putOnce(database, coordinatorTriggers);
	}

	onScheduler(database: PreparedDatabase): void {
		database.violated = this.violated;
		this.#schedule = database;
		putOnce(database, schedulerTriggers);
	}

	/** P1: whenever a run is there its alarm is alive, unless the platform has given it up. */
	afterEvent(object: Watched): void {
		if (!object.touched && object.rings === 0) return;
		object.touched = false;
		if (object.storage.isEmpty || object.isAlarmAlive || object.alarmGivenUp) return;
		const [run] = object.storage.database.rows<{ state: string }>("SELECT state FROM run");
		if (run !== undefined) this.violated("run-without-alarm", `${object.name} is ${run.state}`);
	}

	/** P1: what is there to be looked at, and to be told of, is not deleted before its time. */
	beforeDestroy(object: Watched, nowMs: number): void {
		if (object.storage.isEmpty || this.#closedBefore.has(object.name)) return;
		const [run] = object.storage.database.rows<{ state: string; confirmed_at_ms: number }>(
			"SELECT state, confirmed_at_ms FROM run",
		);
		if (run === undefined) return;
		const { coordinatorRetentionMs } = this.#settings.config;
		if (run.state === "sealed" && nowMs >= run.confirmed_at_ms + coordinatorRetentionMs) return;
		this.violated("deleted-too-early", `${object.name} is ${run.state}`);
	}

	/** P1: what the deadline has come for is closed by the alarm. */
	afterRing(object: Watched, beganAtMs: number): void {
		if (object.storage.isEmpty) return;
		const [run] = object.storage.database.rows<{ state: string; deadline_at_ms: number }>(
			"SELECT state, deadline_at_ms FROM run",
		);
		if (run?.state === "running" && beganAtMs >= run.deadline_at_ms) {
			this.violated("open-behind-deadline", object.name);
		}
	}

	/** P5: no slot's run begins while the run of the slot before is open, which could have said so. */
	beforeStart(
		object: Watched,
		{ runId, job, slotAtMs, trigger }: RunRequest,
		find: (runId: RunId) => Watched | undefined,
	): void {
		if (slotAtMs === null || trigger === "after" || !object.storage.isEmpty) return;
		const [slot, before] =
			this.#schedule?.rows<{ run_id: RunId; decided_at_ms: number }>(
				`SELECT run_id, decided_at_ms FROM slots WHERE job = ?1 AND slot_at_ms <= ?2 AND run_id IS NOT NULL
				ORDER BY slot_at_ms DESC LIMIT 2`,
				job,
				slotAtMs,
			) ?? [];
		const other = before === undefined ? undefined : find(before.run_id);
		if (slot?.run_id !== runId || before === undefined || other === undefined) return;
		if (other.storage.isEmpty) return;
		const [run] = other.storage.database.rows<{ state: string; started_at_ms: number }>(
			"SELECT state, started_at_ms FROM run",
		);
		if (run?.state !== "planning" && run?.state !== "running") return;
		// One whose start arrives only now could not be asked, and one that cannot be is not waited for without end.
		const { runDeadlineMs } = this.#settings.config;
		const overdueAtMs = before.decided_at_ms + runDeadlineMs + unreachableMs - skewMs;
		const isKnown = run.started_at_ms < slot.decided_at_ms - skewMs;
		if (isKnown && slot.decided_at_ms < overdueAtMs) {
			this.violated("runs-overlap", `${runId} begins while ${before.run_id} is ${run.state}`);
		}
	}

	/** P2, P3: a task has one holder at a time, and only the same claim gets the same answer again. */
	async claim(
		object: Watched,
		request: ClaimRequest,
		call: () => Promise<ClaimAnswer>,
	): Promise<ClaimAnswer> {
		const held = object.storage.isEmpty
			? []
			: object.storage.database.rows<{ task_id: string }>(
					`SELECT task_id FROM tasks JOIN messages ON messages.lease_token = tasks.lease_token
					WHERE messages.claim_id = ?1 AND tasks.state = 'running'`,
					request.claimId,
				);
		const answer = await call();
		if (answer.kind !== "granted") return answer;
		const { leaseToken, tasks } = answer;
		const granted = new Set<string>(tasks.map(({ taskId }) => taskId));
		if (held.some(({ task_id }) => !granted.has(task_id))) {
			this.violated("not-granted-again", `${object.name} to ${request.claimId}`);
		}
		if (tasks.length === 0) return answer;
		// Its consumer is gone: what is granted to a call that arrives only now is nobody's until the lease runs out.
		for (const { taskId } of tasks) {
			const key = `${object.name} ${taskId}`;
			if (this.#heardUnder.get(key) === request.claimId) {
				this.violated("granted-after-report", `${key} to ${request.claimId}`);
			}
			this.#heardUnder.delete(key);
		}
		const holder = this.#holders.get(leaseToken) ?? request.claimId;
		this.#holders.set(leaseToken, holder);
		if (holder !== request.claimId) {
			this.violated("two-holders", `${object.name} gives ${leaseToken}`);
		}
		return answer;
	}

	/** P3: exactly those results are heard whose task runs under the report's own lease. */
	async report(
		object: Watched,
		report: Report,
		asker: string,
		call: () => Promise<ReportAnswer>,
	): Promise<ReportAnswer> {
		const hearable = object.storage.isEmpty
			? []
			: object.storage.database.rows<{ task_id: string }>(
					`SELECT task_id FROM tasks WHERE state = 'running' AND lease_token = ?1
					AND task_id IN (SELECT value FROM json_each(?2)) AND (SELECT state FROM run) = 'running'`,
					report.leaseToken,
					JSON.stringify(report.results.map(({ taskId }) => taskId)),
				);
		const answer = await call();
		if (answer.kind !== "heard") return answer;
		if (answer.accepted !== hearable.length) {
			const held = `${answer.accepted} results, where ${hearable.length} hold a lease`;
			this.violated("heard-without-lease", `${object.name} hears ${held}`);
			return answer;
		}
		const claimId = this.#holders.get(report.leaseToken) ?? "";
		const ids = new Set(hearable.map(({ task_id }) => task_id));
		for (const taskId of ids) this.#heardUnder.set(`${object.name} ${taskId}`, claimId);
		for (const { taskId, outcome } of report.results) {
			const isDone = outcome.kind === "succeeded" || outcome.kind === "deferred";
			if (!isDone || !ids.has(taskId)) continue;
			this.#chronicle.heard.push({ asker, taskId });
			this.#lookForClips(asker, taskId);
		}
		return answer;
	}

	/** P3: a later run would bring the clips as well, so they are looked for at once. */
	#lookForClips(asker: string, taskId: string): void {
		const told = this.toldTo(asker, taskId);
		if (told.length === 0) return;
		const missing = this.#d1?.rows<{ clip_id: string }>(
			"SELECT value AS clip_id FROM json_each(?1) WHERE value NOT IN (SELECT clip_id FROM clips)",
			JSON.stringify(told),
		);
		for (const { clip_id } of missing ?? []) {
			this.violated("clip-not-stored", `${clip_id}, told to ${asker}, which was heard`);
		}
	}
}

/** A database that is used again has them. */
function putOnce(database: PreparedDatabase, triggers: string): void {
	const known = database.rows("SELECT 1 FROM sqlite_master WHERE type = 'trigger' LIMIT 1");
	if (known.length === 0) database.sqlite.exec(triggers);
}
