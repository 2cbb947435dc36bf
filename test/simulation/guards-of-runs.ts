import type { Guard } from "./guards.ts";

/** What keeps one run's promises: its coordinator. What lies between it and its consumers is in guards-of-consumers.ts. */
const coordinator = "durable-objects/run-coordinator";

export const guardsOfRuns: readonly Guard[] = [
	{
		name: "unclaimed sweep",
		without: "what was lost in the queue is lost",
		breaks: ["had-time"],
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
		breaks: ["had-time"],
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
		breaks: ["open-behind-deadline"],
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
		name: "alarm re-arm",
		without: "nothing wakes the run after its alarm has rung",
		breaks: ["run-without-alarm"],
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
		breaks: ["unfinished"],
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
		breaks: ["lost-in-time", "too-many-alarms", "no-end"],
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
		breaks: ["unfinished"],
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
		breaks: ["not-followed"],
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
		breaks: ["in-flight"],
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
		breaks: ["too-many-attempts"],
		removals: [
			{
				file: "src/domain/task.ts",
				snippet: "if (policy.stopping || attemptsUsed(task) >= policy.maxAttempts) {",
				instead: "if (policy.stopping) {",
			},
		],
	},
	{
		name: "cancel",
		without: "a cancelled run tries its tasks again",
		breaks: ["begins-after-cancel"],
		removals: [
			{
				file: "src/domain/task.ts",
				snippet: "if (policy.stopping || attemptsUsed(task) >= policy.maxAttempts) {",
				instead: "if (attemptsUsed(task) >= policy.maxAttempts) {",
			},
			{
				file: "src/domain/task.ts",
				snippet: 'if (policy.stopping) return { ...task, state: "cancelled", closedAtMs: nowMs };',
				instead: "",
			},
			{
				file: "src/domain/task.ts",
				snippet: "if (policy.stopping) {\n\t\treturn ok",
				instead: "if (false) {\n\t\treturn ok",
			},
		],
	},
	{
		name: "kept for its time",
		without: "a run is gone as soon as its seal was told of",
		breaks: ["deleted-too-early"],
		removals: [
			{
				file: `${coordinator}/after-seal.ts`,
				snippet: "if (isSettled(run)) return ports.nowMs() >= forgetAtMs;",
				instead: "if (isSettled(run)) return true;",
			},
		],
	},
	{
		name: "sealed runs watched",
		without: "what comes after a seal dies with its alarm",
		breaks: ["unfinished", "not-followed"],
		removals: [
			{
				file: `${coordinator}/coordinator.ts`,
				snippet: "settled: isSettled(run)",
				instead: "settled: true",
			},
		],
	},
	{
		name: "planned once",
		without: "an alarm that comes twice plans a run that runs already",
		breaks: ["task-behind-plan", "run-goes-back", "plan-changes"],
		removals: [
			{
				file: `${coordinator}/planning.ts`,
				snippet: 'if (run?.state !== "planning") return;\n\t\tconst taskIds',
				instead: "if (run === undefined) return;\n\t\tconst taskIds",
			},
			{
				file: `${coordinator}/planning.ts`,
				snippet: 'state: moveRun(run.state, "running"),',
				instead: 'state: "running",',
			},
			{
				file: `${coordinator}/store.ts`,
				snippet: "INSERT INTO tasks (",
				instead: "INSERT OR IGNORE INTO tasks (",
			},
		],
	},
	{
		name: "plan read again",
		without: "a slow plan deletes a run that another alarm has closed",
		breaks: ["deleted-too-early"],
		removals: [
			{
				file: `${coordinator}/planning.ts`,
				snippet: 'return context.store.findRun()?.state !== "planning";',
				instead: "return false;",
			},
		],
	},
	{
		name: "run limits",
		without: "an alarm that goes round for ever is ended by nothing",
		breaks: ["too-many-alarms", "too-many-sends", "too-many-rows"],
		removals: [
			{
				file: `${coordinator}/task-policy.ts`,
				snippet: "return findReachedLimit(run.meters, limitRun(size));",
				instead: "return null;",
			},
			// Something that goes round: the alarm of a slow clock.
			{
				file: "durable-objects/object-alarm.ts",
				snippet: "nowMs() + pauseMs, notBeforeMs)",
				instead: "nowMs() + pauseMs)",
			},
		],
	},
];
