import type { Removal } from "./hooks.ts";

/**
 * What keeps the promises, each with what takes it out. Guards that back each other up are taken out together: one of
 * them alone would be missed by nobody.
 */
export interface Guard {
	readonly name: string;
	/** What is wrong without it. */
	readonly without: string;
	readonly removals: readonly Removal[];
}

const coordinator = "durable-objects/run-coordinator";
const scheduler = "durable-objects/run-scheduler";

export const guards: readonly Guard[] = [
	{
		name: "claim ids",
		without: "a message that comes twice gives one lease to two consumers",
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
		removals: [
			{
				file: `${coordinator}/claims.ts`,
				snippet: "if (again !== undefined) return grantAgain(context, run, again, nowMs);",
				instead: "",
			},
		],
	},
	{
		name: "lease check",
		without: "a consumer whose lease ran out is heard",
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
		removals: [
			{
				file: "src/jobs/collect-clips/upsert-clips.ts",
				snippet: "WHERE EXISTS (SELECT 1 FROM runs WHERE run_id = ?2 AND closed_at_ms IS NULL)",
				instead: "WHERE true",
			},
		],
	},
	{
		name: "fetched-at guard",
		without: "an older answer of Twitch overwrites a newer one",
		removals: [
			{
				file: "src/jobs/collect-clips/upsert-clips.ts",
				snippet: "WHERE excluded.fetched_at_ms > clips.fetched_at_ms AND (",
				instead: "WHERE (",
			},
		],
	},
	{
		name: "unclaimed sweep",
		without: "what was lost in the queue is lost",
		removals: [
			{
				file: `${coordinator}/sweep.ts`,
				snippet:
					"return message.sentAtMs !== null && missedAtMs(message, run, ports.config) <= nowMs;",
				instead: "return false;",
			},
			{
				file: `${coordinator}/in-flight.ts`,
				snippet: "else wakes.push(missedAtMs(message, run, config));",
				instead: "",
			},
		],
	},
	{
		name: "lease expiry",
		without: "tasks of a dead consumer stay with it",
		removals: [
			{
				file: `${coordinator}/sweep.ts`,
				snippet: "if (message.leaseExpiresAtMs !== null) return message.leaseExpiresAtMs <= nowMs;",
				instead: "if (message.leaseExpiresAtMs !== null) return false;",
			},
			{
				file: `${coordinator}/in-flight.ts`,
				snippet: "if (message.leaseExpiresAtMs !== null) wakes.push(message.leaseExpiresAtMs);",
				instead: "if (message.leaseExpiresAtMs !== null) continue;",
			},
		],
	},
	{
		name: "deadline",
		without: "a run goes on for ever",
		removals: [
			{
				file: `${coordinator}/sweep.ts`,
				snippet: "if (nowMs >= run.deadlineAtMs) {",
				instead: "if (false) {",
			},
			{
				file: `${coordinator}/in-flight.ts`,
				snippet: "const wakes = [run.deadlineAtMs];",
				instead: "const wakes = [nowMs + 900_000];",
			},
		],
	},
	{
		name: "slot uniqueness",
		without: "a cron that comes twice starts two runs",
		removals: [
			{
				file: "src/domain/ids.ts",
				// biome-ignore lint/suspicious/noTemplateCurlyInString: source that is looked for.
				snippet: "return toRunId(`${job}-${digits.slice(0, 13)}Z`);",
				instead: "return runIdForRequest(job, Date.now());",
			},
			{
				file: `${scheduler}/slot-starting.ts`,
				snippet: "if (!isUndecided(context, job, slotAtMs)) return undefined;",
				instead: "",
			},
			{
				file: `${scheduler}/slot-accounts.ts`,
				snippet: "if (!isUndecided(context, slot.job, slot.slotAtMs)) return;",
				instead: "",
			},
			{
				file: `${scheduler}/slot-keeping.ts`,
				snippet: "return isUndecided(context, job, cameForMs) ? cameForMs : null;",
				instead: "return cameForMs;",
			},
		],
	},
	{
		name: "alarm re-arm",
		without: "nothing wakes the run after its alarm has rung",
		removals: [
			{
				file: "durable-objects/object-alarm.ts",
				snippet: "this.#setFromRows(Number.POSITIVE_INFINITY, restMs, notBeforeMs);",
				instead: "",
			},
		],
	},
	{
		name: "dead alarm found",
		without: "a run whose alarm the platform gave up is never woken",
		removals: [
			{
				file: "durable-objects/object-alarm.ts",
				snippet: "if (setForMs !== null && setForMs >= this.#ports.nowMs() - deadAlarmMs) {",
				instead: "if (setForMs !== null) {",
			},
			{
				file: "durable-objects/object-alarm.ts",
				snippet: "if (setForMs === null || setForMs < this.#ports.nowMs() - deadAlarmMs) {",
				instead: "if (setForMs === null) {",
			},
		],
	},
	{
		name: "pause of an early alarm",
		without: "an alarm by a slow clock rings hundreds of times at once",
		removals: [
			{
				file: "durable-objects/object-alarm.ts",
				snippet: "nowMs() + pauseMs, notBeforeMs)",
				instead: "nowMs() + pauseMs)",
			},
		],
	},
	{
		name: "seal retry",
		without: "a seal that D1 did not take is never tried again",
		removals: [
			{
				file: `${coordinator}/sealing.ts`,
				snippet: "saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + pauseMs }, {});",
				instead: "saveRun(context, run, { failures, tryAgainAtMs: ports.nowMs() + 1e12 }, {});",
			},
		],
	},
	{
		name: "after-start retry",
		without: "the run that comes after is not started when its first start fails",
		removals: [
			{
				file: `${coordinator}/after-seal.ts`,
				snippet: "store.updateRun({ failures, tryAgainAtMs: ports.nowMs() + pauseMs });",
				instead:
					"store.updateRun({ startsAfter: [], failures, tryAgainAtMs: ports.nowMs() + pauseMs });",
			},
		],
	},
	{
		name: "in-flight window",
		without: "all messages are in the queue at once",
		removals: [
			{
				file: `${coordinator}/fan-out.ts`,
				snippet: "freePlaces(store.messages().length, ports.config) * tasksPerMessage",
				instead: "1_000 * tasksPerMessage",
			},
		],
	},
	{
		name: "attempts",
		without: "a task is tried for ever",
		removals: [
			{
				file: "src/domain/task.ts",
				snippet: "if (policy.stopping || attemptsUsed(task) >= policy.maxAttempts) {",
				instead: "if (policy.stopping) {",
			},
		],
	},
	{
		name: "told once",
		without: "what a receiver took is told again",
		removals: [
			{
				file: `${scheduler}/outbox.ts`,
				snippet: "if (current === undefined || current.nextAttemptAtMs === null) return;",
				instead: "",
			},
		],
	},
	{
		name: "slot start retry",
		without: "a slot's run is not started when its first start fails",
		removals: [
			{
				file: `${scheduler}/scheduler.ts`,
				snippet: "await confirmStarts(this.#context);",
				instead: "",
			},
		],
	},
	{
		name: "sealed runs watched",
		without: "what comes after a seal dies with its alarm",
		removals: [
			{
				file: `${coordinator}/coordinator.ts`,
				snippet: "settled: isSettled(run)",
				instead: "settled: true",
			},
		],
	},
	{
		name: "ledger since last asked",
		without: "a run that began while the scheduler was dead is never found",
		removals: [
			{
				file: `${scheduler}/run-watch.ts`,
				snippet: '(store.findProof("ledger") ?? ports.nowMs()) - unknownForMs',
				instead: "ports.nowMs() - unknownForMs",
			},
			{
				file: "src/ledger/open-runs.ts",
				snippet: "AND sealed_at_ms IS NOT NULL ORDER BY",
				instead: "AND false ORDER BY",
			},
		],
	},
	{
		name: "stuck read again",
		without: "an incident is opened for a run that has just sealed, and stays open",
		removals: [
			{
				file: `${scheduler}/run-watch.ts`,
				snippet: "if (isSealed) return;",
				instead: "",
			},
		],
	},
];
