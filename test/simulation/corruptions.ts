import type { ClaimAnswer, ReportAnswer } from "../../durable-objects/run-coordinator/api.ts";
import type { RunId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import type { Evidence } from "./checker.ts";
import type { ClauseId } from "./clauses.ts";
import { hearAnswer } from "./outside.ts";
import { liveUntilFinished } from "./simulate.ts";
import type { Watched } from "./watch.ts";
import type { World } from "./world.ts";

/**
 * For each clause something that no run does, made to a world at its end. A clause that nobody looks at, or that cannot be
 * broken, is found by the test of these.
 */
export type Corruption =
	/** A write that a trigger sees at once. */
	| { readonly writes: string; readonly to: Place }
	/** Rows as no run leaves them, for the checker. */
	| { readonly leaves: string; readonly in: Place }
	/** Something that happens in the world itself. */
	| { readonly happens: (world: World, evidence: Evidence) => unknown };
type Place = "d1" | "run" | "schedule";

const summary = (path: string, value: string) =>
	`UPDATE runs SET summary = json_set(summary, '$.${path}', ${value}) WHERE job = 'collect-clips'`;
const oneTask = "(SELECT run_id, task_id FROM run_tasks WHERE state = 'succeeded' LIMIT 1)";
const slots = (change: string) => `UPDATE slots SET ${change} WHERE job = 'collect-clips'`;
const later = (ms: number) => `slot_at_ms + ${ms}`;
const hourMs = 3_600_000;

/** A run of the world, with some of its calls answered by hand. */
function firstRun(world: World) {
	for (const object of world.coordinators.values()) if (!object.storage.isEmpty) return object;
	throw new Error("every run is forgotten");
}

const lease = { leaseToken: "lease-x", tasks: [{ taskId: "1" }] };
const granted = { kind: "granted", ...lease } as unknown as ClaimAnswer;

export const corruptions: Readonly<Record<ClauseId, Corruption>> = {
	"run-without-alarm": {
		happens: (world) => {
			const run = firstRun(world);
			run.deleteAlarm();
			run.touched = true;
			world.watch.afterEvent(run);
		},
	},
	"open-behind-deadline": {
		happens: (world) => {
			const run = firstRun(world);
			run.storage.database.sqlite.exec("UPDATE run SET state = 'running', deadline_at_ms = 1");
			world.watch.afterRing(run, 2);
		},
	},
	"run-goes-back": { writes: "UPDATE run SET state = 'running'", to: "run" },
	"seal-changes": { writes: "UPDATE run SET sealed_at_ms = sealed_at_ms + 1", to: "run" },
	"sealed-run-changes": { writes: "UPDATE runs SET verdict = 'cancelled'", to: "d1" },
	unfinished: {
		happens: (world) => {
			const { database } = firstRun(world).storage;
			database.sqlite.exec(`UPDATE run SET starts_after = '["follow"]'`);
			return liveUntilFinished(world, world.kernel.nowMs - 100 * hourMs);
		},
	},
	unsealed: { leaves: "UPDATE runs SET state = 'sealing'", in: "d1" },
	"seal-before-start": { leaves: "UPDATE runs SET sealed_at_ms = started_at_ms - 1", in: "d1" },
	"seal-too-late": { leaves: "UPDATE runs SET sealed_at_ms = sealed_at_ms + 36000000", in: "d1" },
	"deleted-too-early": { happens: (world) => world.watch.beforeDestroy(firstRun(world), 0) },
	"object-differs": { leaves: "UPDATE run SET summary = '{}'", in: "run" },
	"next-slot": { leaves: slots("account = 'late'"), in: "schedule" },
	"closed-task-changes": { writes: "UPDATE tasks SET attempts = attempts + 1", to: "run" },
	"lost-in-time": {
		writes: "UPDATE tasks SET state = 'lost', attempts = 0, closed_at_ms = 1 WHERE state <> 'lost'",
		to: "run",
	},
	"lost-with-attempts": {
		leaves:
			"UPDATE run_tasks SET state = 'lost', attempts = '[]', closed_at = '2026-11-01T00:00:00Z'",
		in: "d1",
	},
	"had-time": { leaves: "UPDATE runs SET verdict = 'timed_out'", in: "d1" },
	"failed-with-attempts": {
		leaves: `UPDATE run_tasks SET state = 'failed', attempts = '[{"outcome":"retryable"}]', closed_at = '2026-11-01T00:00:00Z'`,
		in: "d1",
	},
	"begins-after-cancel": {
		writes: "UPDATE run SET cancelled_at_ms = 1; UPDATE tasks SET state = 'running'",
		to: "run",
	},
	"wrong-verdict": { leaves: "UPDATE runs SET verdict = 'partial'", in: "d1" },
	"task-deleted": { writes: "DELETE FROM tasks", to: "run" },
	"task-behind-plan": {
		writes: `INSERT INTO tasks (task_id, state, attempts, deferrals, retries, leases_expired, recoveries, warnings)
			VALUES ('new', 'planned', 0, 0, 0, 0, 0, '[]')`,
		to: "run",
	},
	"plan-changes": { writes: "UPDATE run SET planned_tasks = planned_tasks + 1", to: "run" },
	"attempt-changes": { writes: "UPDATE attempts SET ended_at_ms = 1", to: "run" },
	"attempt-deleted": { writes: "DELETE FROM attempts", to: "run" },
	"sealed-task-changes": { writes: "UPDATE run_tasks SET recovered = 1", to: "d1" },
	"task-behind-seal": {
		writes: `INSERT INTO run_tasks SELECT run_id, 'new', state, recovered, closed_at, yield, meters, error, warnings, attempts
			FROM run_tasks LIMIT 1`,
		to: "d1",
	},
	unbalanced: { leaves: summary("balanced", "json('false')"), in: "d1" },
	"tasks-miscounted": {
		leaves: summary(
			"tasks",
			`json('{"planned":99,"succeeded":99,"failed":0,"lost":0,"cancelled":0,"open":0}')`,
		),
		in: "d1",
	},
	"open-task": { leaves: "UPDATE run_tasks SET state = 'waiting'", in: "d1" },
	"task-of-no-run": { leaves: "DELETE FROM runs", in: "d1" },
	"other-tasks": { leaves: "UPDATE tasks SET state = 'failed'", in: "run" },
	"clip-changes-owner": { writes: "UPDATE clips SET first_run_id = 'another'", to: "d1" },
	"closed-run-inserts": {
		writes: `CREATE TEMP TABLE twin AS SELECT * FROM clips LIMIT 1; UPDATE twin SET clip_id = 'new';
			INSERT INTO clips SELECT * FROM twin; DROP TABLE twin`,
		to: "d1",
	},
	"closed-run-changes": {
		happens: (_, { database }) => {
			const [clip] = database.rows<{ first_run_id: string }>("SELECT first_run_id FROM clips");
			database.writer = clip?.first_run_id ?? "";
			database.sqlite.exec("UPDATE clips SET fetched_at_ms = fetched_at_ms + 1");
		},
	},
	"clip-deleted": { writes: "DELETE FROM clips", to: "d1" },
	"closed-run-opens": { writes: "UPDATE runs SET closed_at_ms = NULL", to: "d1" },
	"leased-twice": {
		writes:
			"UPDATE tasks SET state = 'running', lease_token = 'a'; UPDATE tasks SET lease_token = 'b'",
		to: "run",
	},
	"not-granted-again": {
		happens: async (world) => {
			const run = firstRun(world);
			const { database } = run.storage;
			database.sqlite.exec(`UPDATE tasks SET state = 'running', lease_token = 'held';
				INSERT INTO messages (message_no, task_ids, sends, visible_at_ms, claim_id, lease_token) VALUES (999, '[]', 1, 0, 'claim-x', 'held')`);
			const request = { claimId: "claim-x" } as Parameters<typeof world.watch.claim>[1];
			await world.watch.claim(run, request, async () => ({ ...granted, tasks: [] }) as ClaimAnswer);
		},
	},
	"two-holders": {
		happens: async (world) => {
			for (const claimId of ["claim-x", "claim-y"]) {
				const request = { claimId } as Parameters<typeof world.watch.claim>[1];
				await world.watch.claim(firstRun(world), request, async () => granted);
			}
		},
	},
	"granted-after-report": {
		happens: async (world) => {
			const run = firstRun(world);
			run.storage.database.sqlite.exec(
				"UPDATE run SET state = 'running'; UPDATE tasks SET state = 'running', lease_token = 'lease-x'",
			);
			const request = { claimId: "claim-x" } as Parameters<typeof world.watch.claim>[1];
			await world.watch.claim(run, request, async () => granted);
			const [task] = run.storage.database.rows<{ task_id: string }>("SELECT task_id FROM tasks");
			const taskId = task?.task_id ?? "";
			const results = [{ taskId, outcome: { kind: "deferred" } }];
			const report = { leaseToken: "lease-x", results } as unknown as Parameters<
				typeof world.watch.report
			>[1];
			const heard = { kind: "heard", accepted: 1 } as ReportAnswer;
			await world.watch.report(run, report, "consumer", async () => heard);
			const again = { kind: "granted", ...lease, tasks: [{ taskId }] } as unknown as ClaimAnswer;
			await world.watch.claim(run, request, async () => again);
		},
	},
	"heard-without-lease": {
		happens: async (world) => {
			const report = { leaseToken: "none", results: [] } as unknown as Parameters<
				typeof world.watch.report
			>[1];
			const answer = { kind: "heard", accepted: 1 } as ReportAnswer;
			await world.watch.report(firstRun(world), report, "consumer", async () => answer);
		},
	},
	"clips-new-sum": { leaves: "DELETE FROM clips", in: "d1" },
	"clips-new": { leaves: "UPDATE watch_clip_writes SET run_id = 'another'", in: "d1" },
	"clips-changed": {
		leaves:
			"UPDATE watch_clip_writes SET kind = 'changed', run_id = 'collect-clips-' || run_id; UPDATE runs SET run_id = 'collect-clips-' || run_id",
		in: "d1",
	},
	"yield-of-tasks": { leaves: `UPDATE run_tasks SET yield = '{"clipsNew":77}'`, in: "d1" },
	"yield-adds-up": { leaves: summary("yield.clipsSeen", "99"), in: "d1" },
	"clip-not-stored": { leaves: "DELETE FROM clips", in: "d1" },
	"older-fetch": { writes: "UPDATE clips SET fetched_at_ms = fetched_at_ms - 1", to: "d1" },
	"never-told": { leaves: "UPDATE clips SET view_count = view_count + 1", in: "d1" },
	"stale-clip": { leaves: "UPDATE clips SET fetched_at_ms = 1, view_count = -1", in: "d1" },
	"account-changes": { writes: slots("account = 'overlap'"), to: "schedule" },
	"expected-since-changes": {
		writes: "UPDATE schedules SET expected_since_ms = expected_since_ms + 1",
		to: "schedule",
	},
	"two-runs": {
		leaves: `INSERT INTO runs SELECT run_id || '-x', job, "trigger", slot_at_ms, rerun_of, state, verdict, window_from_ms,
			window_to_ms, started_at_ms, closed_at_ms, sealed_at_ms, summary, tasks_forgotten_at_ms FROM runs WHERE slot_at_ms IS NOT NULL`,
		in: "d1",
	},
	"no-account": { leaves: "DELETE FROM slots", in: "schedule" },
	"account-without-run": { leaves: slots("run_id = NULL, account = 'run'"), in: "schedule" },
	"slot-lost-run": { leaves: slots("run_id = 'another', account = 'run'"), in: "schedule" },
	"run-of-no-slot": { leaves: "DELETE FROM slots", in: "schedule" },
	"paused-for-nothing": {
		happens: (world) => {
			world.chronicle.pauses.length = 0;
			world.scheduler.storage.database.violated = () => undefined;
			world.scheduler.storage.database.sqlite.exec(slots("account = 'paused', run_id = NULL"));
		},
	},
	"not-paused": {
		writes: `UPDATE schedules SET paused_at_ms = 0, paused_until_ms = 9e15; ${slots("account = 'due'")}; ${slots("account = 'run'")}`,
		to: "schedule",
	},
	"overlap-for-nothing": {
		leaves: slots(`account = 'overlap', run_id = NULL, decided_at_ms = ${later(30 * hourMs)}`),
		in: "schedule",
	},
	"runs-overlap": {
		happens: ({ watch, coordinators, scheduler }) => {
			const { database } = scheduler.storage;
			const [last, before] = database.rows<{ run_id: RunId; slot_at_ms: number }>(
				"SELECT run_id, slot_at_ms FROM slots WHERE run_id IS NOT NULL ORDER BY slot_at_ms DESC",
			);
			const other = before === undefined ? undefined : coordinators.get(before.run_id);
			if (last === undefined || other === undefined) throw new Error("no two slots have runs");
			database.sqlite.exec(`UPDATE slots SET decided_at_ms = ${last.slot_at_ms}`);
			other.storage.database.sqlite.exec("UPDATE run SET state = 'running', started_at_ms = 0");
			const empty = { storage: { isEmpty: true } } as unknown as Watched;
			const request = { runId: last.run_id, job: "collect-clips", slotAtMs: last.slot_at_ms };
			watch.beforeStart(empty, request as RunRequest, () => other);
		},
	},
	"missed-too-early": {
		leaves: slots("account = 'missed', run_id = NULL, decided_at_ms = slot_at_ms"),
		in: "schedule",
	},
	"started-too-late": {
		leaves: "UPDATE runs SET started_at_ms = started_at_ms + 3600000",
		in: "d1",
	},
	"key-reused": {
		happens: (world) => {
			hearAnswer(world, "key", "a run");
			hearAnswer(world, "key", "another run");
		},
	},
	"not-followed": { leaves: "DELETE FROM runs WHERE job = 'follow'", in: "d1" },
	"unheard-verdict": { leaves: "UPDATE runs SET verdict = NULL", in: "schedule" },
	"closed-incident-changes": {
		writes: "UPDATE incidents SET closed_at_ms = closed_at_ms + 1",
		to: "schedule",
	},
	"incident-open": {
		leaves:
			"UPDATE incidents SET closed_at_ms = NULL WHERE incident_id = (SELECT min(incident_id) FROM incidents)",
		in: "schedule",
	},
	"incident-untold": {
		leaves: "UPDATE incidents SET incident_id = incident_id || 'x'",
		in: "schedule",
	},
	"incident-missing": { leaves: "UPDATE runs SET verdict = 'failed', job = 'another'", in: "d1" },
	"told-in-order": { happens: (world) => void world.chronicle.taken.reverse() },
	"told-again": {
		writes: "UPDATE deliveries SET next_attempt_at_ms = 1",
		to: "schedule",
	},
	"told-of-nothing": {
		happens: (world) =>
			void world.chronicle.taken.push({ channel: "discord", messageId: "nothing-opened" }),
	},
	"too-many-attempts": {
		writes: "UPDATE tasks SET state = 'waiting', attempts = 99",
		to: "run",
	},
	"attempts-at-end": {
		leaves: `UPDATE run_tasks SET attempts = (SELECT json_group_array(json('{"outcome":"retryable"}')) FROM json_each('[1,2,3,4,5]'))
			WHERE (run_id, task_id) IN ${oneTask}`,
		in: "d1",
	},
	"begins-too-early": {
		writes: `UPDATE tasks SET state = 'waiting', not_before_ms = 2;
			UPDATE tasks SET state = 'running', claimed_at_ms = 1`,
		to: "run",
	},
	"too-many-requests": {
		happens: (world) => {
			const fetch = world.twitch.fetchFor(world.createProcess("consumer"));
			const init = { headers: {}, signal: { timeoutMs: 1 } } as unknown as RequestInit;
			for (let request = 0; request < 7; request += 1) {
				fetch("https://twitch.example/helix/clips", init).catch(() => undefined);
			}
		},
	},
	"in-flight": {
		writes: `INSERT INTO messages (message_no, task_ids, sends, visible_at_ms)
			WITH RECURSIVE n(no) AS (SELECT 1000 UNION ALL SELECT no + 1 FROM n WHERE no < 1600) SELECT no, '[' || no || ']', 1, 0 FROM n`,
		to: "run",
	},
	"too-many-sends": { happens: ({ chronicle }) => raise(chronicle.sends) },
	"too-many-alarms": { happens: ({ chronicle }) => raise(chronicle.alarms) },
	"too-many-rows": {
		happens: (_, { ledgers }) => {
			for (const ledger of ledgers) Object.assign(ledger, { rowsBefore: ledger.rowsBefore - 1e6 });
		},
	},
	"no-end": {
		happens: async (world) => {
			const { kernel } = world;
			const again = () => kernel.after(1, "again", again);
			again();
			await liveUntilFinished(world, kernel.nowMs + hourMs);
		},
	},
	logged: { happens: (world) => world.log("error", "run_unbalanced", {}) },
	threw: {
		happens: async (world) => {
			const process = world.createProcess("consumer");
			const { name } = firstRun(world);
			const claim = world
				.coordinatorsFor(process)(name as never)
				.claim(null as never);
			claim.catch(() => undefined);
			for (let steps = 0; steps < 50; steps += 1) await world.kernel.step();
		},
	},
	"bug-in-job": {
		leaves: `UPDATE run_tasks SET error = '{"code":"collect_clips_bug"}'`,
		in: "d1",
	},
};

function raise(counts: Map<string, number>): void {
	for (const name of counts.keys()) counts.set(name, 1e6);
}
