import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LeaseToken } from "../../../src/domain/ids.ts";
import { type Outcome, outcomeKinds } from "../../../src/domain/outcome.ts";
import type { Result } from "../../../src/domain/result.ts";
import {
	type Attempt,
	cancelTask,
	claimTask,
	closeTaskAtDeadline,
	endWait,
	expireLease,
	isOpen,
	type Moved,
	planTask,
	recoverTask,
	reportTask,
	type Task,
	type TaskRefusal,
	type TaskState,
	taskStates,
} from "../../../src/domain/task.ts";
import { drawnWays } from "../../support/readme.ts";
import { failure, taskIdOf } from "../../support/scripted-job.ts";

const policy = { maxAttempts: 4, maxDeferrals: 3, stopping: false };
const stopping = { ...policy, stopping: true };
const token = (name: string) => name as LeaseToken;
const nowMs = 1_000_000;

const outcomes: Record<(typeof outcomeKinds)[number], Outcome> = {
	succeeded: { kind: "succeeded" },
	retryable: { kind: "retryable", error: failure() },
	permanent: { kind: "permanent", error: failure() },
	deferred: { kind: "deferred", continuation: "page 2" },
};

function resultOf(outcome: Outcome) {
	return { taskId: "task", outcome, yield: { made: 1 }, meters: {}, warnings: [] };
}

function report(
	task: Task,
	lease: string,
	outcome: Outcome,
	by = policy,
): Result<Moved, TaskRefusal> {
	return reportTask(task, token(lease), resultOf(outcome), by, nowMs, 0.5);
}

/** One task in every state, as it really gets there. */
function taskIn(state: TaskState): Task {
	const planned = planTask(taskIdOf(1));
	const lease = { nowMs: 0, token: token("lease"), expiresAtMs: nowMs };
	const running = value(claimTask(planned, lease));
	switch (state) {
		case "planned":
			return planned;
		case "running":
			return running;
		case "waiting":
			return value(report(running, "lease", outcomes.retryable)).task;
		case "succeeded":
			return value(report(running, "lease", outcomes.succeeded)).task;
		case "failed":
			return value(report(running, "lease", outcomes.permanent)).task;
		case "lost":
			return value(closeTaskAtDeadline(planned, nowMs)).task;
		case "cancelled":
			return value(cancelTask(planned, nowMs));
	}
}

function value<T>(result: Result<T, unknown>): T {
	if (!result.ok) throw new Error(`refused: ${String(result.error)}`);
	return result.value;
}

describe("a task, in every state", () => {
	const moves: Record<string, (task: Task) => Result<Task | Moved, TaskRefusal>> = {
		claim: (task) => claimTask(task, { nowMs, token: token("new"), expiresAtMs: nowMs + 1 }),
		"report, lease held": (task) => report(task, "lease", outcomes.succeeded),
		"report, stale lease": (task) => report(task, "other", outcomes.succeeded),
		"lease runs out": (task) => expireLease(task, policy, nowMs),
		"message lost": (task) => recoverTask(task),
		"wait is over": (task) => endWait(task, nowMs),
		deadline: (task) => closeTaskAtDeadline(task, nowMs),
		cancel: (task) => cancelTask(task, nowMs),
		"retryable, run cancelled": (task) => report(task, "lease", outcomes.retryable, stopping),
		"deferred, run cancelled": (task) => report(task, "lease", outcomes.deferred, stopping),
		"lease runs out, run cancelled": (task) => expireLease(task, stopping, nowMs),
	};
	/** The next state, or why there is none. */
	const table: Record<TaskState, Record<string, TaskState | `!${TaskRefusal}`>> = {
		planned: {
			claim: "running",
			"report, lease held": "!stale_lease",
			"report, stale lease": "!stale_lease",
			"lease runs out": "!stale_lease",
			"message lost": "planned",
			"wait is over": "!leased",
			deadline: "lost",
			cancel: "cancelled",
			"retryable, run cancelled": "!stale_lease",
			"deferred, run cancelled": "!stale_lease",
			"lease runs out, run cancelled": "!stale_lease",
		},
		running: {
			claim: "!leased",
			"report, lease held": "succeeded",
			"report, stale lease": "!stale_lease",
			"lease runs out": "planned",
			"message lost": "!leased",
			"wait is over": "!leased",
			deadline: "lost",
			cancel: "!leased",
			"retryable, run cancelled": "failed",
			"deferred, run cancelled": "cancelled",
			"lease runs out, run cancelled": "cancelled",
		},
		waiting: {
			claim: "!not_due",
			"report, lease held": "!already_reported",
			"report, stale lease": "!stale_lease",
			"lease runs out": "!stale_lease",
			"message lost": "!not_due",
			"wait is over": "!not_due",
			deadline: "failed",
			cancel: "cancelled",
			"retryable, run cancelled": "!already_reported",
			"deferred, run cancelled": "!already_reported",
			"lease runs out, run cancelled": "!stale_lease",
		},
		succeeded: closed("!already_reported"),
		failed: closed("!already_reported"),
		lost: closed("!closed"),
		cancelled: closed("!closed"),
	};

	function closed(repeated: `!${TaskRefusal}`): Record<string, `!${TaskRefusal}`> {
		const refused = Object.fromEntries(
			Object.keys(moves).map((move) => [move, "!closed" as const]),
		);
		return {
			...refused,
			"report, lease held": repeated,
			"retryable, run cancelled": repeated,
			"deferred, run cancelled": repeated,
		};
	}

	const cases = taskStates.flatMap((state) =>
		Object.entries(table[state]).map(([move, expected]) => ({ state, move, expected })),
	);
	it("has a row for every state and move", () => {
		expect(cases).toHaveLength(taskStates.length * Object.keys(moves).length);
	});
	it.each(cases)("$state, $move: $expected", ({ state, move, expected }) => {
		const task = taskIn(state);
		const before = structuredClone(task);
		const result = moves[move]?.(task);
		if (result === undefined) throw new Error(`no move ${move}`);
		const next = result.ok ? ("task" in result.value ? result.value.task : result.value) : null;
		expect(next?.state ?? `!${result.ok ? "" : result.error}`).toBe(expected);
		expect(task, "the task that came in is left as it was").toEqual(before);
	});
});

describe("a task, whatever happens to it", () => {
	type Step =
		| { readonly do: "claim" | "expire" | "recover" | "endWait" | "deadline" | "again" | "cancel" }
		| {
				readonly do: "report";
				readonly kind: (typeof outcomeKinds)[number];
				readonly stale: boolean;
		  };
	const step: fc.Arbitrary<Step> = fc.oneof(
		{ weight: 4, arbitrary: fc.constant({ do: "claim" } as const) },
		{
			weight: 4,
			arbitrary: fc.record({
				do: fc.constant("report" as const),
				kind: fc.constantFrom(...outcomeKinds),
				stale: fc.boolean(),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.constantFrom<Step>({ do: "expire" }, { do: "endWait" }, { do: "again" }),
		},
		{
			weight: 1,
			arbitrary: fc.constantFrom<Step>({ do: "recover" }, { do: "deadline" }, { do: "cancel" }),
		},
	);

	interface Trace {
		readonly task: Task;
		readonly ended: Attempt[];
		readonly states: TaskState[];
	}

	function walk(steps: readonly Step[]): Trace {
		let task = planTask(taskIdOf(1));
		const ended: Attempt[] = [];
		const states: TaskState[] = [task.state];
		let clock = 0;
		let leases = 0;
		let by = policy;
		let last: Parameters<typeof reportTask> | null = null;
		for (const one of steps) {
			// Far enough for a lease to run out and a wait to be over.
			clock += 1_000_000;
			const result = ((): Result<Task | Moved, TaskRefusal> => {
				switch (one.do) {
					case "claim":
						leases += 1;
						return claimTask(task, {
							nowMs: clock,
							token: token(`lease-${leases}`),
							expiresAtMs: clock + 1,
						});
					case "report": {
						const lease = token(one.stale ? "lease-0" : `lease-${leases}`);
						last = [task, lease, resultOf(outcomes[one.kind]), by, clock, 0.5];
						return reportTask(...last);
					}
					case "again":
						return last === null
							? recoverTask(task)
							: reportTask(task, last[1], last[2], policy, clock, 0.5);
					case "expire":
						return expireLease(task, by, clock);
					case "recover":
						return recoverTask(task);
					case "endWait":
						return endWait(task, clock);
					case "deadline":
						return closeTaskAtDeadline(task, clock);
					case "cancel":
						by = stopping;
						return cancelTask(task, clock);
				}
			})();
			if (!result.ok) continue;
			if ("task" in result.value) {
				task = result.value.task;
				if (result.value.attempt !== null) ended.push(result.value.attempt);
			} else {
				task = result.value;
			}
			states.push(task.state);
		}
		return { task, ended, states };
	}

	const anySteps = fc.array(step, { maxLength: 60, size: "max" });
	const check = (property: (trace: Trace) => void) =>
		fc.assert(
			fc.property(anySteps, (steps) => property(walk(steps))),
			{ numRuns: 3_000 },
		);

	it("goes the ways that the README draws, and no others", () => {
		const drawn = drawnWays("planned");
		const gone = new Set<string>();
		for (const steps of fc.sample(anySteps, { numRuns: 5_000, seed: 1 })) {
			const { states } = walk(steps);
			states.slice(1).forEach((state, index) => {
				if (state !== states[index]) gone.add(`${states[index]} → ${state}`);
			});
		}
		expect([...gone].sort()).toEqual(drawn.sort());
	});

	it("has one final state, which nothing leaves", () =>
		check(({ states, task }) => {
			const final = states.findIndex((state) => !isOpen({ ...task, state }));
			if (final >= 0) expect(states.slice(final)).toEqual([states[final]]);
		}));

	it("has every attempt ended once, in order, and at most one running", () =>
		check(({ task, ended }) => {
			expect(ended.map((attempt) => attempt.attempt)).toEqual(
				Array.from({ length: ended.length }, (_, index) => index + 1),
			);
			expect(task.attempts).toBe(ended.length + (task.state === "running" ? 1 : 0));
		}));

	it("never uses more than its attempts, deferred ones not counted, and never defers for ever", () =>
		check(({ task }) => {
			expect(task.attempts - task.deferrals).toBeLessThanOrEqual(policy.maxAttempts);
			expect(task.deferrals).toBeLessThanOrEqual(policy.maxDeferrals);
		}));

	it("is lost only when its attempts were used up or the deadline came", () =>
		check(({ task }) => {
			if (task.state !== "lost") return;
			const used = task.attempts - task.deferrals >= policy.maxAttempts;
			expect(used || task.error?.code === "run_deadline").toBe(true);
		}));

	it("agrees with its attempts about what happened", () =>
		check(({ task, ended }) => {
			const count = (outcome: string) =>
				ended.filter((attempt) => attempt.outcome === outcome).length;
			expect(task.leasesExpired).toBe(count("lease_expired"));
			if (task.state === "succeeded") expect(count("succeeded")).toBe(1);
			if (task.state !== "succeeded") expect(count("succeeded")).toBe(0);
			expect(task.closedAtMs === null).toBe(isOpen(task));
			expect(task.leaseExpiresAtMs === null).toBe(task.state !== "running");
		}));

	it("that is given a fair chance is closed", () =>
		fc.assert(
			fc.property(anySteps, fc.infiniteStream(fc.constantFrom(...outcomeKinds)), (steps, kinds) => {
				let { task } = walk(steps);
				let clock = 1e9;
				for (let turn = 0; isOpen(task); turn += 1) {
					expect(turn).toBeLessThan(20);
					clock += 1_000_000;
					const expired = expireLease(task, policy, clock);
					if (expired.ok) task = expired.value.task;
					if (!isOpen(task)) break;
					const lease = token(`fair-${turn}`);
					task = value(claimTask(task, { nowMs: clock, token: lease, expiresAtMs: clock + 1 }));
					const kind: (typeof outcomeKinds)[number] = kinds.next().value ?? "succeeded";
					const outcome = outcomes[kind];
					task = value(reportTask(task, lease, resultOf(outcome), policy, clock, 0.5)).task;
				}
			}),
			{ numRuns: 1_000 },
		));
});
