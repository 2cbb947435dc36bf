import { describe, expect, it } from "vitest";
import type { Incident, Summary } from "../../../src/dashboard/api/shapes.ts";
import { tellFailure, tellSlotReason } from "../../../src/dashboard/parts/told-failure.ts";
import { tellIncident } from "../../../src/dashboard/parts/told-incident.ts";
import { tellCancelled, tellRun, whyNoTasks } from "../../../src/dashboard/parts/told-run.ts";
import { chooseLanguage, languages, wordsOf } from "../../../src/dashboard/words/words.ts";
import { runStates, verdicts } from "../../../src/domain/run.ts";
import { readSlotReason, writeSlotReason } from "../../../src/domain/slot-reason.ts";
import { runDeadline } from "../../../src/domain/task-failures.ts";
import { aSummary } from "./a-summary.ts";

describe("the words of a language", () => {
	const leaves = (value: unknown, path: readonly string[] = []): string[] =>
		typeof value === "object" && value !== null
			? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
			: [path.join(".")];

	it("are all there in each, and none is empty", () => {
		// What is optional is so in each; `blank` is what stands between sentences.
		expect(leaves(wordsOf.ja).sort()).toEqual(leaves(wordsOf.en).sort());
		const { blank, ...japanese } = wordsOf.ja;
		expect(JSON.stringify([wordsOf.en, japanese])).not.toContain('""');
	});
});

it("one thing is said as one, whatever is counted", () => {
	const said = (value: unknown): string[] => {
		if (typeof value === "function") return [[value(1, 1, 1, 1, 1)].flat().join("")];
		return typeof value === "object" && value !== null ? Object.values(value).flatMap(said) : [];
	};
	const sentences = said(wordsOf.en);
	expect(sentences).toContain("1 of 1 slot ended well");
	expect(sentences).toContain("1 of 1 task did not succeed: 1 failed, 1 lost.");
	const many =
		/\b1 (new |earlier |more )?(attempts|clips|days|hours|incidents|runs|slots|tasks|times)\b/;
	expect(sentences.filter((sentence) => many.test(sentence))).toEqual([]);
});

describe("a run in one sentence", () => {
	const tasks = aSummary().tasks;
	it.each(languages)("in %s: a different one for every verdict and state", (language) => {
		const told = [
			...verdicts.map((verdict) => aSummary({ verdict })),
			...runStates
				.filter((state) => state !== "sealed")
				.map((state) => aSummary({ verdict: null, state })),
		].map((run) => tellRun(run, wordsOf[language], language));
		expect(new Set(told).size).toBe(told.length);
		for (const sentence of told) expect(sentence).not.toMatch(/undefined|NaN|\[object/);
	});

	it("says how many are missing", () => {
		const tell = (succeeded: number) =>
			tellRun(aSummary({ verdict: "partial", tasks: { ...tasks, succeeded } }), wordsOf.en, "en");
		expect(tell(199)).toBe("1 of 200 tasks did not succeed.");
		expect(tell(193)).toBe("7 of 200 tasks did not succeed.");
	});

	it("says of a single task what it says of a single thing", () => {
		const tell = (parts: Partial<Summary>, succeeded: number) =>
			tellRun(
				aSummary({ ...parts, tasks: { ...tasks, planned: 1, succeeded, open: 1 - succeeded } }),
				wordsOf.en,
				"en",
			);
		expect(tell({ verdict: "succeeded" }, 1)).toBe("Its only task succeeded.");
		expect(tell({ verdict: "failed" }, 0)).toBe("Its only task did not succeed.");
		expect(tell({ verdict: "cancelled" }, 0)).toBe(
			"Stopped by an operator: 0 of 1 task had succeeded.",
		);
		expect(tell({ verdict: null, state: "running" }, 0)).toBe("Running: 0 of 1 task is done.");
		expect(tellCancelled(1, 0, wordsOf.en, "en")).toBe("1 task was stopped.");
		expect(tellCancelled(8, 1, wordsOf.en, "en")).toBe(
			"8 tasks were stopped. 1 under way finishes.",
		);
		expect(tellCancelled(8, 1, wordsOf.ja, "ja")).toBe("8件を止めました。実行中の1件は続きます。");
	});

	it("is run again for what failed, for what was lost, or for both, by their names", () => {
		expect(wordsOf.en.act.rerunFailed(1, 0, "1")).toBe("Re-run 1 failed task");
		expect(wordsOf.en.act.rerunFailed(0, 109, "109")).toBe("Re-run 109 lost tasks");
		expect(wordsOf.en.act.rerunFailed(2, 1, "3")).toBe("Re-run 3 failed or lost tasks");
		expect(wordsOf.ja.act.rerunFailed(0, 109, "109")).toBe("消失した109件を再実行");
	});

	it("does not say that all succeeded when there was nothing", () => {
		const run = aSummary({ verdict: "succeeded", tasks: { ...tasks, planned: 0, succeeded: 0 } });
		expect(tellRun(run, wordsOf.en, "en")).toBe("There was nothing to do.");
	});

	it("says why it has no tasks, and nothing while that is not known", () => {
		const none = { ...tasks, planned: 0 };
		const [error] = aSummary().errors;
		const why = (parts: Partial<Summary>) =>
			whyNoTasks(aSummary({ tasks: none, errors: [], ...parts }));
		expect(why({ verdict: "failed", errors: error === undefined ? [] : [error] })).toBe(
			"unplanned",
		);
		expect(why({ verdict: "cancelled" })).toBe("cancelled");
		expect(why({ verdict: "succeeded" })).toBe("succeeded");
		expect(why({ verdict: null, state: "sealing" })).toBeUndefined();
		const stopped = aSummary({ verdict: "cancelled", tasks: none });
		expect(tellRun(stopped, wordsOf.en, "en")).toBe(
			"Stopped by an operator before it was planned.",
		);
	});
});

describe("an incident", () => {
	const incident = {
		kind: "run_over_tolerance",
		job: "collect-clips",
		closedAt: null,
		title: "Too many",
		toDo: "POST /api/runs",
		what: "Since 2026-11-24 00:00 UTC.",
		evidence: {
			tasks: { planned: 200, succeeded: 188, failed: 11, lost: 1 },
			toleratedPercent: 5,
		},
	} as unknown as Incident;

	it("is told with its job, its figures and what to do, and without calls of the API", () => {
		expect(tellIncident(incident, wordsOf.en, "en")).toEqual({
			title: "Too many tasks of collect-clips failed",
			what: ["12 of 200 tasks did not succeed: 11 failed, 1 lost.", "Up to 5% is tolerated."],
			toDo: "Open the run, look at its causes, and re\u2011run what failed.",
			orElse: "If so many failures are normal here, raise TOLERATED_FAILURE_PERCENT.",
		});
		const told = tellIncident(incident, wordsOf.ja, "ja");
		expect(told.title).toBe("collect-clips の失敗が許容範囲を超えました");
		expect(told.orElse).toContain("TOLERATED_FAILURE_PERCENT");
	});

	it("that is over says why", () => {
		const over = { ...incident, closedAt: "2026-11-24T01:00:00Z" };
		expect(tellIncident(over, wordsOf.en, "en").what.at(-1)).toBe(
			"A later run stayed within what is tolerated.",
		);
	});

	it("of a run that could not be planned sends nobody to re-run what failed", () => {
		const tasks = { planned: 0, succeeded: 0, failed: 0, lost: 0 };
		const unplanned = { ...incident, kind: "run_failed", evidence: { tasks } } as Incident;
		const { what, toDo } = tellIncident(unplanned, wordsOf.en, "en");
		expect(what).toEqual(["It could not be planned, so it has no tasks."]);
		expect(toDo).toContain("start another run");
		expect(toDo).not.toMatch(/re.run/);
		expect(tellIncident(unplanned, wordsOf.ja, "ja").toDo).not.toContain("再実行");
	});

	it("of a kind that a newer version knows is told in its English", () => {
		const newer = { ...incident, kind: "sun_burnt_out" } as unknown as Incident;
		expect(tellIncident(newer, wordsOf.ja, "ja").toDo).toBe("POST /api/runs");
	});
});

describe("a failure", () => {
	const said = { code: "twitch_not_found", message: "Twitch answered 404: nobody" };

	it("is told by its code in either language, and what Twitch said stands beside it", () => {
		expect(tellFailure(said, wordsOf.en)).toEqual({
			told: "Twitch does not know this streamer.",
			said: "Twitch answered 404: nobody",
		});
		expect(tellFailure(said, wordsOf.ja).told).toBe("Twitchにこの配信者が見つかりません。");
	});

	it("whose code says all is said once; one that is not known says what it says", () => {
		expect(tellFailure(runDeadline, wordsOf.ja)).toEqual({
			told: "終わる前に実行の期限が来ました（RUN_DEADLINE_MINUTES）。",
			said: null,
		});
		expect(tellFailure({ code: "new_one", message: "Of tomorrow." }, wordsOf.ja)).toEqual({
			told: "Of tomorrow.",
			said: null,
		});
	});
});

describe("why a slot has no run", () => {
	const reasons = [
		writeSlotReason.still_open("collect-clips-20261123T1700Z"),
		writeSlotReason.not_asked("collect-clips-20261123T1700Z", "Error: gone\nfor good"),
		writeSlotReason.not_started("collect-clips-20261123T1700Z", "Error: no"),
		writeSlotReason.paused("D1 moves. Twice."),
		writeSlotReason.nobody_came(),
		writeSlotReason.schedule_changed("0 * * * *", "30 * * * *"),
	];

	it.each(reasons)("is read as it was written: %s", (line) => {
		const read = readSlotReason(line);
		if (read === undefined) throw new Error("it is not read");
		const write: (...said: string[]) => string = writeSlotReason[read.reason];
		expect(write(...read.said)).toBe(line);
	});

	it("is told in the reader's language; an error stays what it is", () => {
		expect(tellSlotReason(writeSlotReason.nobody_came(), wordsOf.ja)).toBe(
			"cronもアラームも時間内に来ませんでした",
		);
		expect(tellSlotReason(writeSlotReason.paused("D1を移しています"), wordsOf.en)).toBe(
			"D1を移しています",
		);
		expect(tellSlotReason("TypeError: fetch failed.", wordsOf.ja)).toBe("TypeError: fetch failed");
	});
});

describe("the language", () => {
	it.each([
		[null, ["ja-JP", "en"], "ja"],
		[null, ["de-DE", "en-US"], "en"],
		[null, ["de", "fr"], "en"],
		["en", ["ja"], "en"],
		["xx", ["ja"], "ja"],
	])("kept %s, browser %j → %s", (kept, preferred, language) => {
		expect(chooseLanguage(kept, preferred)).toBe(language);
	});
});
