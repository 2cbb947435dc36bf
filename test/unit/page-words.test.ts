import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { languages, wordsOf } from "../../src/dashboard/words/words.ts";
import { leaseExpired, runDeadline, tooManyDeferrals } from "../../src/domain/task-failures.ts";
import { clipRejections } from "../../src/twitch/clip.ts";
import { twitchFailureKinds as twitchKinds } from "../../src/twitch/failure.ts";

/** Words that the page never says are in nobody's way until somebody translates them. */
describe("the words of the page", () => {
	const leaves = (value: unknown, path: readonly string[] = []): string[] =>
		typeof value === "object" && value !== null
			? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
			: [path.join(".")];

	it("are all said somewhere: by name, or as one of a group", () => {
		const sources = globSync("src/dashboard/**/*.{ts,tsx}")
			.filter((path) => !path.includes("/words/"))
			.map((path) => readFileSync(path, "utf8"));
		// That a group is asked by a code proves nothing of refusals: dashboard/refusals.test.ts asks for each.
		const { refusal: _elsewhere, ...words } = wordsOf.en;
		expect(leaves(words).filter((leaf) => !sources.some((text) => says(text, leaf)))).toEqual([]);
	});

	/** Whether a source names the word, directly, by a short name of its group, or asks the group by a key. */
	function says(source: string, leaf: string): boolean {
		const [group = "", name] = leaf.split(".");
		if (name === undefined)
			return source.includes(`words.${group}`) || source.includes("words[name]");
		const aliases = [...source.matchAll(new RegExp(`(\\w+) = words\\.${group};`, "g"))].map(
			([, alias]) => alias,
		);
		return [`words\\.${group}`, ...aliases].some((place) =>
			new RegExp(`\\b${place}(\\??\\.${name}\\b|\\[)`).test(source),
		);
	}
});

describe("a failure", () => {
	it("of Twitch and of the engine has words for each code, and so has each rejected clip", () => {
		const codes = [
			...twitchKinds.map((kind) => `twitch_${kind}`),
			...[leaseExpired, runDeadline, tooManyDeferrals].map(({ code }) => code),
			...Object.keys(clipRejections).map((reason) => `clip_rejected_${reason}`),
		];
		for (const language of languages) {
			expect(codes.filter((code) => !(code in wordsOf[language].failure))).toEqual([]);
		}
	});
});
