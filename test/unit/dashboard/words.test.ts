import { describe, expect, it } from "vitest";
import type { Incident } from "../../../src/dashboard/api/shapes.ts";
import { tellIncident } from "../../../src/dashboard/parts/told-incident.ts";
import { tellRun } from "../../../src/dashboard/parts/told-run.ts";
import { chooseLanguage, languages, wordsOf } from "../../../src/dashboard/words/words.ts";
import { runStates, verdicts } from "../../../src/domain/run.ts";
import { aSummary } from "./a-summary.ts";

describe("the words of a language", () => {
	const leaves = (value: unknown, path = ""): string[] =>
		typeof value === "object" && value !== null
			? Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${path}.${name}`))
			: [`${path}:${typeof value}`];
	const own = /incident(Title|What|ToDo)/;

	it("are all there in each, and none is empty", () => {
		const english = leaves(wordsOf.en).filter((leaf) => !own.test(leaf));
		expect(leaves(wordsOf.ja).filter((leaf) => !own.test(leaf))).toEqual(english);
		expect(JSON.stringify(wordsOf)).not.toContain('""');
	});
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

	it("does not say that all succeeded when there was nothing", () => {
		const run = aSummary({ verdict: "succeeded", tasks: { ...tasks, planned: 0, succeeded: 0 } });
		expect(tellRun(run, wordsOf.en, "en")).toBe("There was nothing to do.");
	});
});

describe("an incident", () => {
	const incident = {
		kind: "slot_missed",
		title: "Missed",
		toDo: "Look.",
		what: "Nothing came.",
	} as Incident;

	it("is told in the API's own English, and in Japanese by its kind", () => {
		expect(tellIncident(incident, wordsOf.en).toDo).toBe("Look.");
		expect(tellIncident(incident, wordsOf.ja).title).toBe("予定の実行がありませんでした");
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
