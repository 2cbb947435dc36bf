import type {
	ClaimAnswer,
	ClaimRequest,
	Report,
	ReportAnswer,
} from "../../durable-objects/run-coordinator/api.ts";
import type { Coordinator } from "../../durable-objects/run-coordinator/coordinator.ts";
import type { Kernel } from "./kernel.ts";
import type { SimulatedObject } from "./object.ts";
import type { Settings } from "./settings.ts";
import type { PreparedDatabase } from "./storage.ts";
import { coordinatorTriggers, schedulerTriggers } from "./watch-triggers.ts";

/**
 * What must hold at any moment, looked at from outside: by triggers in every database, at the calls to a coordinator, and
 * after every event. Knows what is promised and nothing of how it is kept.
 */
export interface Violation {
	readonly promise: "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "other";
	readonly what: string;
	readonly atMs: number;
}

const promise = /^(P[1-6]) (.*)$/;
const violationsMax = 20;

export class Watch {
	readonly violations: Violation[] = [];
	readonly #kernel: Kernel;
	readonly #settings: Settings;
	/** Which claim has which lease, by the lease's token. */
	readonly #holders = new Map<string, string>();

	constructor(kernel: Kernel, settings: Settings) {
		this.#kernel = kernel;
		this.#settings = settings;
	}

	readonly violated = (text: string): void => {
		const match = promise.exec(text);
		const found = { promise: match?.[1] ?? "other", what: match?.[2] ?? text } as Violation;
		if (this.violations.length >= violationsMax) return;
		this.violations.push({ ...found, atMs: this.#kernel.nowMs });
		this.#kernel.note(`VIOLATED ${text}`);
	};

	onD1(database: PreparedDatabase): void {
		database.violated = this.violated;
	}

	onCoordinator(database: PreparedDatabase): void {
		database.violated = this.violated;
		const { maxAttempts, messagesInFlight } = this.#settings.config;
		database.limits = { attempts: maxAttempts, messages: 2 * messagesInFlight };
		putOnce(database, coordinatorTriggers);
	}

	onScheduler(database: PreparedDatabase): void {
		database.violated = this.violated;
		putOnce(database, schedulerTriggers);
	}

	/** P1: whenever a run is there its alarm is alive, unless the platform has given it up. */
	afterEvent(object: SimulatedObject<Coordinator>): void {
		if (!object.touched && object.rings === 0) return;
		object.touched = false;
		if (object.storage.isEmpty || object.isAlarmAlive || object.alarmGivenUp) return;
		const [run] = object.storage.database.rows<{ state: string }>("SELECT state FROM run");
		if (run !== undefined) this.violated(`P1 ${object.name} is ${run.state} and has no alarm`);
	}

	/** P1: what the deadline has come for is closed by the alarm. */
	afterRing(object: SimulatedObject<Coordinator>, beganAtMs: number): void {
		if (object.storage.isEmpty) return;
		const [run] = object.storage.database.rows<{ state: string; deadline_at_ms: number }>(
			"SELECT state, deadline_at_ms FROM run",
		);
		if (run?.state === "running" && beganAtMs >= run.deadline_at_ms) {
			this.violated(`P1 ${object.name} runs after the alarm of its deadline`);
		}
	}

	/** P2, P3: a task has one holder at a time, and only the same claim gets the same answer again. */
	async claim(
		object: SimulatedObject<Coordinator>,
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
			this.violated(`P3 ${object.name} does not grant again what it granted to the same claim`);
		}
		if (tasks.length === 0) return answer;
		const holder = this.#holders.get(leaseToken) ?? request.claimId;
		this.#holders.set(leaseToken, holder);
		if (holder !== request.claimId) {
			this.violated(`P3 ${object.name} gives one lease to two consumers`);
		}
		return answer;
	}

	/** P3: exactly those results are heard whose task runs under the report's own lease. */
	async report(
		object: SimulatedObject<Coordinator>,
		report: Report,
		call: () => Promise<ReportAnswer>,
	): Promise<ReportAnswer> {
		const ids = JSON.stringify(report.results.map(({ taskId }) => taskId));
		const rows = object.storage.isEmpty
			? []
			: object.storage.database.rows<{ hearable: number }>(
					`SELECT count(*) AS hearable FROM tasks WHERE state = 'running' AND lease_token = ?1
					AND task_id IN (SELECT value FROM json_each(?2)) AND (SELECT state FROM run) = 'running'`,
					report.leaseToken,
					ids,
				);
		const answer = await call();
		if (answer.kind !== "heard") return answer;
		const hearable = rows[0]?.hearable ?? 0;
		if (answer.accepted !== hearable) {
			this.violated(
				`P3 ${object.name} hears ${answer.accepted} results where ${hearable} hold a lease`,
			);
		}
		return answer;
	}
}

/** A database that is used again has them. */
function putOnce(database: PreparedDatabase, triggers: string): void {
	const known = database.rows("SELECT 1 FROM sqlite_master WHERE type = 'trigger' LIMIT 1");
	if (known.length === 0) database.sqlite.exec(triggers);
}
