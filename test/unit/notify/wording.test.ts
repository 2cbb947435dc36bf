import { describe, expect, test } from "vitest";
import { incidentKinds } from "../../../src/domain/incident.ts";
import { languages } from "../../../src/notify/notice.ts";
import {
	describeIncident,
	durationText,
	type IncidentText,
	percentText,
} from "../../../src/notify/wording.ts";
import { atMs, closedAtMs, incidentOf, openedAtMs } from "./incidents.ts";

const texts = (language: "en" | "ja", changes = {}): IncidentText[] =>
	incidentKinds.map((kind) => describeIncident(incidentOf(kind, changes), language, atMs));

describe("every kind, open and over", () => {
	for (const language of languages) {
		for (const closed of [null, closedAtMs]) {
			test(`has texts of its own in ${language}${closed === null ? "" : " when it is over"}`, () => {
				const all = texts(language, { closedAtMs: closed });
				expect(new Set(all.map(({ title }) => title)).size).toBe(incidentKinds.length);
				expect(new Set(all.map(({ what }) => what)).size).toBe(incidentKinds.length);
				for (const text of all.flatMap(({ title, what, toDo }) => [title, what, toDo])) {
					expect(text).toMatch(
						language === "ja" ? /[ぁ-んァ-ヶ一-龠]{2}/ : /^[A-Z][^ぁ-ん一-龠]+$/,
					);
					expect(text).not.toMatch(/undefined|null|NaN|\?(?!state)|\s{2}|\.\.|。。|\[object/);
				}
				for (const { what, toDo } of all) {
					for (const sentence of [what, toDo]) expect(sentence).toMatch(/[.。]$/);
				}
			});
		}
		test(`has texts in ${language} also when nothing else is known of it`, () => {
			const unknown = { evidence: {}, runId: null, slotAtMs: null };
			for (const closed of [null, closedAtMs]) {
				for (const { title, what, toDo } of texts(language, { ...unknown, closedAtMs: closed })) {
					expect([title, what, toDo].join()).not.toMatch(/undefined|null|NaN|\s{2}|\(\)|（）/);
				}
			}
		});
	}
	test("says when it is over that it is, how long it lasted and from when to when", () => {
		for (const { title, what } of texts("en", { closedAtMs })) {
			expect(title).toMatch(/^Over: /);
			expect(what).toMatch(
				/lasted 2 h 5 min, from 2026-11-23 20:00 UTC to 2026-11-23 22:05 UTC\.$/,
			);
		}
		for (const { title, what } of texts("ja", { closedAtMs })) {
			expect(title).toMatch(/^【復旧】/);
			expect(what).toContain("継続時間は2時間5分でした");
		}
	});
});

describe("what happened, with its figures", () => {
	test.each([
		["run_failed", /Run collect-clips-20261123T2000Z of the slot 2026-11-23 20:00 UTC failed/],
		["run_failed", /of 200 tasks none succeeded \(198 failed, 2 lost\)/],
		["run_timed_out", /of 200 tasks 167 succeeded, 31 failed and 2 were lost/],
		["run_over_tolerance", /missing 33 of 200 tasks, 16\.5 % \(.*\); up to 5 % is tolerated/],
		["run_stuck", /not sealed.*last sign of life was at 2026-11-23 20:01 UTC/],
		["slot_late", /started 12 min late \(collect-clips-20261123T2000Z\)/],
		["slot_missed", /slot 2026-11-23 20:00 UTC had no run: Neither the cron nor the alarm came\. /],
		["cron_dead", /did not come for the slot .*The cron last came at 2026-11-23 19:00 UTC/],
		["alarm_dead", /It last rang at 2026-11-23 19:59 UTC/],
	] as const)("%s: %s", (kind, words) => {
		expect(describeIncident(incidentOf(kind), "en", atMs).what).toMatch(words);
	});
	test.each([
		["run_failed", /タスク200件のうち、成功したものはありません（失敗198件、消失2件）/],
		["run_over_tolerance", /33件（16\.5 %）.*許容範囲は 5 % まで/],
		["slot_late", /12分遅れて/],
		["slot_missed", /理由: Neither the cron nor the alarm came。/],
		["cron_dead", /cron が最後に来たのは 2026-11-23 19:00 UTC/],
	] as const)("%s in Japanese: %s", (kind, words) => {
		expect(describeIncident(incidentOf(kind), "ja", atMs).what).toMatch(words);
	});
	test("a run that could not be planned has nothing to run again: a new one is started", () => {
		const evidence = { tasks: { planned: 0, succeeded: 0, failed: 0, lost: 0 } };
		for (const language of languages) {
			const { toDo } = describeIncident(incidentOf("run_failed", { evidence }), language, atMs);
			expect(toDo).toMatch(/start another run|開始してください/);
			expect(toDo).not.toMatch(/re-run|再実行/);
		}
	});
	test("a run of one task is told of one", () => {
		const tasks = { planned: 1, succeeded: 0, failed: 1, lost: 0 };
		const tell = (kind: "run_failed" | "run_timed_out" | "run_over_tolerance", end?: number) =>
			describeIncident(
				incidentOf(kind, { evidence: { tasks }, closedAtMs: end ?? null }),
				"en",
				atMs,
			);
		expect(tell("run_failed").what).toContain("its only task did not succeed (1 failed, 0 lost)");
		expect(tell("run_timed_out").what).toContain("with its only task open, which was closed");
		expect(tell("run_over_tolerance").what).toContain("is missing 1 of 1 task,");
		expect(tell("run_failed", closedAtMs).toDo).toContain("The task that failed then can");
		for (const kind of ["run_failed", "run_timed_out", "run_over_tolerance"] as const) {
			for (const end of [undefined, closedAtMs]) {
				const { title, what } = tell(kind, end);
				expect(`${title} ${what}`).not.toMatch(/\b1 (tasks|were)\b/);
			}
		}
	});
	test("what failed is re-run on the page of the run", () => {
		for (const kind of ["run_failed", "run_timed_out", "run_over_tolerance"] as const) {
			for (const language of languages) {
				const { toDo } = describeIncident(incidentOf(kind), language, atMs);
				expect(toDo).toMatch(/on the page of the run.*re-run|実行のページで.*再実行/);
			}
		}
	});
	test("nothing that is to be done names a call of the API: the page has a button for it", () => {
		for (const kind of incidentKinds) {
			for (const language of languages) {
				for (const end of [null, closedAtMs]) {
					const { toDo } = describeIncident(incidentOf(kind, { closedAtMs: end }), language, atMs);
					expect(toDo).not.toMatch(/\/api\/|POST|GET|scope/);
				}
			}
		}
	});
	test("thousands of tasks can be read, one is one", () => {
		const tasks = { planned: 20_000, succeeded: 18_999, failed: 1_000, lost: 1 };
		const evidence = { tasks, toleratedPercent: 5 };
		const timedOut = incidentOf("run_timed_out", { evidence });
		expect(describeIncident(timedOut, "en", atMs).what).toContain(
			"of 20,000 tasks 18,999 succeeded, 1,000 failed and 1 was lost.",
		);
		const over = incidentOf("run_over_tolerance", { evidence });
		expect(describeIncident(over, "en", atMs).what).toContain(
			"missing 1,001 of 20,000 tasks, 5.1 % (1,000 failed, 1 lost)",
		);
		expect(describeIncident(over, "ja", atMs).what).toContain("タスク20,000件のうち1,001件");
	});
	test("what is seen again and again says how often and for how long", () => {
		const seen = incidentOf("cron_dead", { occurrences: 3 });
		expect(describeIncident(seen, "en", atMs).what).toMatch(/lasted 30 min, .* seen 3 times\.$/);
		expect(describeIncident(seen, "ja", atMs).what).toMatch(/30分続いています。.*3回検知/);
	});
	test("what began just now has not lasted, and was not seen once", () => {
		expect(describeIncident(incidentOf("run_stuck"), "en", openedAtMs).what).not.toMatch(
			/lasted|seen/,
		);
	});
	test("a reason that ends like a sentence, and a line, gets no second full stop", () => {
		const evidence = { reason: "It did not come. \n" };
		const { what } = describeIncident(incidentOf("slot_missed", { evidence }), "en", openedAtMs);
		expect(what).toMatch(/: It did not come\.$/);
	});
	test("a reason of any length and with any characters is one line and cut", () => {
		const evidence = { reason: `\u202eno\n\n${"x".repeat(10_000)}` };
		const { what } = describeIncident(incidentOf("slot_missed", { evidence }), "en", openedAtMs);
		expect(what).toMatch(/: no x+….$/);
		expect(what.length).toBeLessThan(400);
	});
});

describe("durations and shares", () => {
	test.each([
		[0, "0 s", "0秒"],
		[999, "0 s", "0秒"],
		[45_000, "45 s", "45秒"],
		[90_000, "1 min 30 s", "1分30秒"],
		[3_600_000, "1 h", "1時間"],
		[7_500_000, "2 h 5 min", "2時間5分"],
		[7_559_999, "2 h 5 min", "2時間5分"],
		[86_400_000, "1 d", "1日"],
		[266_700_000, "3 d 2 h", "3日2時間"],
		[-5, "0 s", "0秒"],
	])("%i ms is %s", (durationMs, english, japanese) => {
		expect(durationText(durationMs, "en")).toBe(english);
		expect(durationText(durationMs, "ja")).toBe(japanese);
	});
	test("a share just over the limit does not look as if it were at the limit", () => {
		expect(percentText(1_001, 20_000)).toBe("5.1 %");
		expect(percentText(10, 200)).toBe("5 %");
		expect(percentText(0, 0)).toBe("0 %");
	});
});
