import { en } from "./en.ts";
import { ja } from "./ja.ts";

/** What the page says. `en` decides what there is to say; a language that lacks a part of it does not compile. */
export type Words = typeof en;

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

export const wordsOf: Readonly<Record<Language, Words>> = { en, ja };

/** @param preferred the browser's languages, best first */
export function chooseLanguage(kept: string | null, preferred: readonly string[]): Language {
	const known = (tag: string) => languages.find((language) => language === tag.slice(0, 2));
	for (const tag of kept === null ? preferred : [kept, ...preferred]) {
		const language = known(tag.toLowerCase());
		if (language !== undefined) return language;
	}
	return "en";
}
