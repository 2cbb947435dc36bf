import { describe, expect, it } from "vitest";
import type { Attempt, AttemptOutcome, Verdict } from "../../../src/dashboard/api/shapes.ts";
import { signOfAttempt } from "../../../src/dashboard/pages/task/attempt-sign.ts";
import { readAttemptTimes } from "../../../src/dashboard/pages/task/attempt-times.ts";
import { tellOutcome } from "../../../src/dashboard/pages/task/told-outcome.ts";
import { languages, wordsOf } from "../../../src/dashboard/words/words.ts";
import { attemptOutcomes } from "../../../src/domain/task.ts";

const startedAt = "2026-11-23T10:00:00Z";
const endedAt = "2026-11-23T10:00:03Z";
const later = "2026-11-23T10:50:00Z";
const nowMs = Date.parse("2026-11-23T11:00:00Z");

/** Of a task whose two attempts ended alike. */
function tell(
	outcome: AttemptOutcome | null,
	closedAt: string | null,
	verdict: Verdict | null,
	words = wordsOf.en,
): string[] {
	const attempts = [1, 2].map(
		(attempt) => ({ attempt, claimedAt: startedAt, endedAt, outcome }) as Attempt,
	);
	const times = readAttemptTimes({ attempts, closedAt }, { startedAt, verdict }, nowMs);
	return times.map((one) => tellOutcome(one, words));
}

it("a task that was stopped between attempts is not said to have been stopped before them", () => {
	expect(wordsOf.en.taskStateTold.cancelled).toMatch(/begun, or begun again/);
	expect(wordsOf.ja.taskStateTold.cancelled).toMatch(/再び始まる前/);
});

describe("how the last attempt of a task ended", () => {
	const again = "failed, to be tried again";
	const usedUp = "failed; no attempt is left";
	const notAgain = "failed; not tried again";

	it.each([
		["while it waits for the next", null, null, again],
		["when it was the last that it had", endedAt, "partial", usedUp],
		["when the deadline closed it while it waited", later, "timed_out", notAgain],
		["when a cancel closed it while it waited", later, "cancelled", notAgain],
		["when a cancel let it finish, and no more", endedAt, "cancelled", notAgain],
		["while the run is open, and may be stopping", endedAt, null, notAgain],
	] as const)("in a failure, %s", (_when, closedAt, verdict, told) => {
		expect(tell("retryable", closedAt, verdict)).toEqual([again, told]);
	});

	it("given back, is not gone on with once the task is closed", () => {
		const gone = "given back, to be gone on with";
		expect(tell("deferred", null, null)).toEqual([gone, gone]);
		expect(tell("deferred", later, "cancelled")).toEqual([gone, "given back; not gone on with"]);
	});

	it.each(languages)("of a closed task promises nothing more, in %s", (language) => {
		const words = wordsOf[language];
		const promises = [words.outcome.retryable, words.outcome.deferred, words.task.underWay];
		for (const outcome of attemptOutcomes) {
			for (const verdict of ["partial", "timed_out", "cancelled", null] as const) {
				expect(promises).not.toContain(tell(outcome, later, verdict, words)[1]);
			}
		}
	});

	it("has the mark of what it is", () => {
		const failed = { outcome: "retryable" } as Attempt;
		expect(signOfAttempt(failed, false).tone).toBe("warn");
		expect(signOfAttempt(failed, true).tone).toBe("bad");
	});
});
