import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** README.ja.md says what README.md says: all that is not a sentence is the same in both. */
const root = new URL("../../", import.meta.url).pathname;
const fence = /^```[\s\S]*?^```$/gm;
const english = parse("README.md", "English | [日本語](README.ja.md)");
const japanese = parse("README.ja.md", "[English](README.md) | 日本語");

/** @param languages the line under the title that leads to the other file */
function parse(file: string, languages: string) {
	const whole = readFileSync(root + file, "utf8");
	const text = whole.replace(fence, "").replace(languages, "");
	const tables = [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => table.trim().split("\n"));
	return {
		languages: { expected: languages, found: whole.split("\n")[2] },
		headingLevels: [...text.matchAll(/^(#+) /gm)].map(([, marks = ""]) => marks.length),
		code: whole.match(fence) ?? [],
		rows: tables.map((rows) => rows.length),
		links: [...text.matchAll(/\]\(([^)#]+)/g)].map(([, target]) => target),
		names: tables.flatMap((rows) =>
			rows.map((row) => {
				const [, first = ""] = row.split("|");
				return first.match(/`[^`]+`/g) ?? [];
			}),
		),
	};
}

describe("README.ja.md and README.md", () => {
	it.each([english, japanese])("lead to each other: $languages.expected", ({ languages }) => {
		expect(languages.found).toBe(languages.expected);
	});

	it.each([
		["headings of the same levels in the same order", "headingLevels"],
		["the same code, comments and all", "code"],
		["tables of as many rows", "rows"],
		["the same names in the first column of each row", "names"],
	] as const)("have %s", (_, part) => {
		expect(english[part].length).toBeGreaterThan(0);
		expect(japanese[part]).toEqual(english[part]);
	});

	// Words stand in another order in Japanese, and so may links.
	it("have the same links and pictures", () => {
		expect(english.links.length).toBeGreaterThan(0);
		expect(japanese.links.toSorted()).toEqual(english.links.toSorted());
	});
});
