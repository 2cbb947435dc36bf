import type { Guard } from "./guards.ts";

/** What keeps the promises of many consumers at once: claims, leases and reports, and what they write and send. */
const coordinator = "durable-objects/run-coordinator";

export const guardsOfConsumers: readonly Guard[] = [
	{
		name: "claim ids",
		without: "a message that comes twice gives one lease to two consumers",
		breaks: ["two-holders"],
		removals: [
			{
				file: `${coordinator}/claims.ts`,
				snippet: "unclaimed ? undefined : store.findLease(request.claimId)",
				instead: "unclaimed ? undefined : message",
			},
		],
	},
	{
		name: "claim answered again",
		without: "a claim whose answer was lost is granted nothing when it is repeated",
		breaks: ["not-granted-again"],
		removals: [
			{
				file: `${coordinator}/claims.ts`,
				snippet: "if (again !== undefined) return grantAgain(context, run, again, nowMs);",
				instead: "",
			},
		],
	},
	{
		name: "claim reported once",
		without: "a call of a claim that comes after its report leases tasks to nobody",
		breaks: ["granted-after-report"],
		removals: [
			{
				file: "src/domain/task.ts",
				snippet: 'if (task.leaseToken === lease.token) return err("already_reported");',
				instead: "",
			},
		],
	},
	{
		name: "lease check",
		without: "a consumer whose lease ran out is heard",
		breaks: ["heard-without-lease"],
		removals: [
			{
				file: "src/domain/task.ts",
				snippet:
					'if (task.leaseToken !== leaseToken) return err(isOpen(task) ? "stale_lease" : "closed");',
				instead: "",
			},
		],
	},
	{
		name: "report dedupe",
		without: "a report that comes twice counts twice",
		breaks: ["closed-task-changes", "heard-without-lease"],
		removals: [
			{
				file: "src/domain/task.ts",
				snippet: 'if (task.state !== "running") return err("already_reported");',
				instead: "",
			},
			{
				file: `${coordinator}/store.ts`,
				snippet: "INSERT INTO attempts",
				instead: "INSERT OR IGNORE INTO attempts",
			},
		],
	},
	{
		name: "D1 gate at seal",
		without: "clips are written after they were counted",
		breaks: ["closed-run-inserts", "closed-run-changes"],
		removals: [
			{
				file: "src/jobs/collect-clips/upsert-clips.ts",
				snippet: "WHERE EXISTS (SELECT 1 FROM runs WHERE run_id = ?2 AND closed_at_ms IS NULL)",
				instead: "WHERE true",
			},
		],
	},
	{
		name: "write confirmed",
		without: "a consumer whose clips D1 did not take says that all is done",
		breaks: ["clip-not-stored"],
		removals: [
			{
				file: "src/jobs/collect-clips/collect-message.ts",
				snippet: "if (!written.ok) return describeTask(taskId, one, written, d1Ms);",
				instead: "if (!written.ok) return describeTask(taskId, one, ok(nothingWritten), d1Ms);",
			},
		],
	},
	{
		name: "request budget",
		without: "a consumer sends more requests than its plan allows",
		breaks: ["too-many-requests"],
		removals: [
			{
				file: "src/queue/external-requests.ts",
				snippet: "if (this.#sent >= this.#budget) {",
				instead: "if (false) {",
			},
		],
	},
	{
		name: "fetched-at guard",
		without: "an older answer of Twitch overwrites a newer one",
		breaks: ["older-fetch"],
		removals: [
			{
				file: "src/jobs/collect-clips/upsert-clips.ts",
				snippet: "WHERE excluded.fetched_at_ms > clips.fetched_at_ms AND (",
				instead: "WHERE (",
			},
		],
	},
];
